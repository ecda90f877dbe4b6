import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { t } from "../words/charts";
import { aligned, columnsOf, scaleEnd } from "./columns";
import type { Mark } from "./marks";
import type { Plot, PlotData } from "./plot";
import type { Metric, Row, Span } from "./rows";
import { elapsed, figure, figures, markText, summary } from "./words";

/** Seconds: the shortest time axis. */
const LEAST_END_S = 20;

export interface Broadcast {
  readonly rows: readonly Row[];
  readonly rowMs: number;
  /** ms, by the server's clock */
  readonly start: number;
  readonly durationMs: number;
  readonly marks: readonly Mark[];
}

interface ChartProps extends Broadcast {
  readonly metric: Metric;
  readonly height: number;
  /** Drawn as a dashed line, from its own start. */
  readonly before?: Broadcast | null;
}

/** One metric over a whole broadcast. With the arrow keys, a reader goes from row to row. */
export function Chart({ metric, height, rows, rowMs, start, durationMs, marks, before = null }: ChartProps) {
  const target = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot | null>(null);
  const [broken, setBroken] = useState(false);
  const [index, setIndex] = useState<number | null>(null);
  const data = useMemo(
    () => plotData(metric, { rows, rowMs, start, durationMs, marks }, before),
    [metric, rows, rowMs, start, durationMs, marks, before],
  );
  const latest = useRef(data);
  latest.current = data;

  useEffect(() => {
    const element = target.current;
    if (!element) return;
    const spec = { height, figure: (value: number) => figure(metric, value), elapsed, onRow: setIndex };
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    const repaint = () => plot.current?.repaint();
    const resizing = new ResizeObserver(() => plot.current?.resize(element.clientWidth));
    let gone = false;
    import("./plot").then(
      ({ Plot }) => {
        if (gone) return;
        plot.current = new Plot(element, spec, latest.current);
        resizing.observe(element);
      },
      () => setBroken(true),
    );
    scheme.addEventListener("change", repaint);
    return () => {
      gone = true;
      scheme.removeEventListener("change", repaint);
      resizing.disconnect();
      plot.current?.destroy();
      plot.current = null;
    };
  }, [metric, height]);

  useEffect(() => plot.current?.set(data), [data]);

  const { x } = data.columns;
  const last = x.length - 1;
  const shown = index === null ? null : Math.min(index, last);
  const go = (to: number) => {
    const next = Math.max(0, Math.min(last, to));
    setIndex(next);
    plot.current?.point(next);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const steps: Readonly<Record<string, number>> = {
      ArrowLeft: (shown ?? last + 1) - 1,
      ArrowRight: (shown ?? -1) + 1,
      PageUp: (shown ?? 0) + 10,
      PageDown: (shown ?? last) - 10,
      Home: 0,
      End: last,
    };
    const to = steps[event.key];
    if (to === undefined || last < 0) return;
    event.preventDefault();
    go(to);
  };
  const said = summary(metric, rows, marks);
  const told = shown === null || shown < 0 ? null : readout(metric, data, shown);
  return (
    <div class="plot">
      <div
        class="plot-area"
        style={{ height: `${height}px` }}
        ref={target}
        role="slider"
        tabIndex={0}
        aria-label={t.metrics[metric].name}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, last)}
        aria-valuenow={Math.max(0, shown ?? last)}
        aria-valuetext={told ?? said}
        data-testid={`plot-${metric}`}
        data-rows={rows.filter((row) => row[metric] !== null).length}
        onKeyDown={onKeyDown}
      />
      <p class="plot-readout" aria-hidden="true" data-testid={`readout-${metric}`}>
        {broken ? t.broken : (told ?? said)}
      </p>
    </div>
  );
}

function plotData(metric: Metric, broadcast: Broadcast, before: Broadcast | null): PlotData {
  const { rows, rowMs, start, durationMs, marks } = broadcast;
  const end = Math.max(LEAST_END_S, durationMs / 1000);
  const columns = columnsOf(rows, metric, start, rowMs, end);
  const other = before && columnsOf(before.rows, metric, before.start, before.rowMs, before.durationMs / 1000);
  const overlay = other && before && aligned(columns.x, other, Math.max(rowMs, before.rowMs));
  const highest = [...columns.max, ...(overlay ?? [])].reduce<number | null>(
    (most, value) => (value === null ? most : Math.max(most ?? 0, value)),
    null,
  );
  return {
    columns,
    before: overlay,
    marks,
    start,
    end,
    scaleEnd: scaleEnd(metric, highest),
  };
}

/** "12:30: 4,500 kbit/s (4,100 to 4,800). Interrupted." */
function readout(metric: Metric, { columns, before, marks, start }: PlotData, index: number): string {
  const at = columns.x[index] ?? 0;
  const half = ((columns.x[index + 1] ?? at + 10) - at) / 2;
  const near = marks.filter((mark) => Math.abs((mark.at - start) / 1000 - at) <= half).map(markText);
  const [min, average, max] = [columns.min[index], columns.average[index], columns.max[index]];
  const span: Span | null = min == null || average == null || max == null ? null : { min, average, max, count: 1 };
  const earlier = before?.[index];
  const compared = earlier == null ? [] : [t.earlier(figure(metric, earlier))];
  return [`${elapsed(at)}: ${figures(metric, span)}`, ...compared, ...near].join(" · ");
}
