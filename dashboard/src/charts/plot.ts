/** uPlot, dressed in the page's colours. In a chunk of its own, which is loaded with the first chart. */

import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { Column, Columns } from "./columns";
import { type Mark, type MarkKind, TONES, type Tone } from "./marks";

export interface PlotData {
  readonly columns: Columns;
  /** Averages of another broadcast, at the same times. */
  readonly before: Column | null;
  readonly marks: readonly Mark[];
  /** ms: where the time axis begins. */
  readonly start: number;
  /** Seconds: where the time axis ends. */
  readonly end: number;
  readonly scaleEnd: number;
}

export interface PlotSpec {
  readonly height: number;
  readonly figure: (value: number) => string;
  readonly elapsed: (seconds: number) => string;
  /** The row under the pointer; null when it leaves. */
  readonly onRow: (index: number | null) => void;
}

// Seconds between the marks of the time axis.
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400];
const COLOURS: Readonly<Record<Tone, string>> = {
  good: "--good",
  wait: "--wait-ink",
  danger: "--danger",
  quiet: "--ink-soft",
};
const MARK_PX = 5;

export class Plot {
  private readonly plot: uPlot;
  private data: PlotData;

  constructor(target: HTMLElement, spec: PlotSpec, data: PlotData) {
    this.data = data;
    const axis = {
      stroke: () => colour("--ink-soft"),
      font: `12px ${getComputedStyle(target).fontFamily}`,
      ticks: { show: false },
    };
    const line = (stroke: string, width: number, dash: number[] = []): uPlot.Series => ({
      stroke: () => colour(stroke),
      width,
      dash,
      points: { show: (plot, _series, first, last) => last - first < 3 || plot.data[0].length < 3, size: 5 },
    });
    const edge: uPlot.Series = { width: 0, points: { show: false } };
    this.plot = new uPlot(
      {
        width: Math.max(target.clientWidth, 1),
        height: spec.height,
        padding: [3 * MARK_PX, 28, 0, 0],
        legend: { show: false },
        cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
        scales: { x: { time: false, range: () => [0, this.data.end] }, y: { range: () => [0, this.data.scaleEnd] } },
        axes: [
          {
            ...axis,
            grid: { show: false },
            incrs: STEPS,
            space: 64,
            size: 24,
            gap: 6,
            values: (_plot, at) => at.map(spec.elapsed),
          },
          {
            ...axis,
            grid: { stroke: () => colour("--line"), width: 1 },
            space: 24,
            size: 54,
            gap: 8,
            values: (_plot, at) => at.map(spec.figure),
          },
        ],
        series: [{}, edge, edge, line("--chart", 2), line("--ink-soft", 1.5, [4, 4])],
        bands: [{ series: [2, 1], fill: () => colour("--chart-band") }],
        hooks: {
          draw: [(plot) => this.drawMarks(plot)],
          setCursor: [(plot) => spec.onRow(plot.cursor.idx ?? null)],
        },
      },
      alignedOf(data),
      target,
    );
  }

  set(data: PlotData): void {
    this.data = data;
    this.plot.setData(alignedOf(data));
  }

  resize(width: number): void {
    if (width > 0 && width !== this.plot.width) this.plot.setSize({ width, height: this.plot.height });
  }

  /** Colours are read again. */
  repaint(): void {
    this.plot.redraw();
  }

  /** Shows where a row is. */
  point(index: number): void {
    const x = this.data.columns.x[index];
    if (x !== undefined) this.plot.setCursor({ left: this.plot.valToPos(x, "x"), top: 0 }, false);
  }

  destroy(): void {
    this.plot.destroy();
  }

  private drawMarks(plot: uPlot): void {
    const { ctx, bbox } = plot;
    const size = MARK_PX * uPlot.pxRatio;
    for (const { at, kind } of this.data.marks) {
      const seconds = (at - this.data.start) / 1000;
      if (seconds > this.data.end) continue;
      const x = Math.round(plot.valToPos(Math.max(0, seconds), "x", true));
      ctx.save();
      ctx.strokeStyle = ctx.fillStyle = colour(COLOURS[TONES[kind]]);
      ctx.lineWidth = 1.5 * uPlot.pxRatio;
      ctx.setLineDash([3 * uPlot.pxRatio, 3 * uPlot.pxRatio]);
      ctx.stroke(new Path2D(`M${x} ${bbox.top}V${bbox.top + bbox.height}`));
      ctx.setLineDash([]);
      ctx.translate(x, bbox.top - 1.3 * size);
      ctx.scale(size, size);
      ctx.lineWidth = 0.4;
      const shape = new Path2D(SHAPES[kind]);
      if (FILLED.has(kind)) ctx.fill(shape);
      else ctx.stroke(shape);
      ctx.restore();
    }
  }
}

// Told apart by their shape too, on a square from -1 to 1.
const SHAPES: Readonly<Record<MarkKind, string>> = {
  start: "M-.7-1L1 0L-.7 1Z",
  interrupted: "M-.8-.8L.8.8M.8-.8L-.8.8",
  resumed: "M-.7-1L1 0L-.7 1Z",
  end: "M-.8-.8H.8V.8H-.8Z",
  raised: "M0-1L1 .9H-1Z",
  cleared: "M-.9 .1L-.2 .8L.9-.7",
};
const FILLED: ReadonlySet<MarkKind> = new Set(["start", "resumed", "end", "raised"]);

function alignedOf({ columns, before }: PlotData): uPlot.AlignedData {
  return [columns.x, columns.min, columns.max, columns.average, before ?? columns.x.map(() => null)];
}

function colour(token: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(token).trim();
}
