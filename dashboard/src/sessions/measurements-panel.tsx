import { useState } from "preact/hooks";
import type { Api } from "../api";
import { Chart } from "../charts/chart";
import { FiguresTable } from "../charts/figures-table";
import { METRICS, type Metric } from "../charts/rows";
import { windowOf } from "../charts/words";
import { sentence } from "../ui/format";
import { Moment } from "../ui/moment";
import { ScrollArea } from "../ui/scroll-area";
import { t as charts } from "../words/charts";
import { t } from "../words/sessions";
import { allFacts, compared } from "./facts";
import { type Recorded, useRecorded } from "./use-past-stream";

const HEIGHTS_PX: Readonly<Record<Metric, number>> = {
  bitrate_kbps: 200,
  video_fps: 120,
  keyframe_interval_s: 120,
  viewers: 120,
};

/** Charts of everything that was measured; the broadcast before as a dashed line, and side by side in figures. */
export function MeasurementsPanel({ api, recorded }: { api: Api; recorded: Recorded }) {
  const { stream, broadcast } = recorded;
  const [comparing, setComparing] = useState(false);
  const { recorded: before, problem } = useRecorded(api, comparing ? stream.previous_stream_id : null);
  const shown = METRICS.filter((metric) => broadcast.rows.some((row) => row[metric] !== null));
  return (
    <section class="card" aria-labelledby="measurements-heading" data-testid="measurements">
      <header class="card-head">
        <h2 id="measurements-heading">{t.measurements}</h2>
        {shown.length > 0 && <p class="muted">{windowOf(broadcast.rowMs)}</p>}
      </header>
      {stream.previous_stream_id !== null && (
        <label class="compare">
          <input
            type="checkbox"
            data-testid="compare"
            checked={comparing}
            onChange={(event) => setComparing(event.currentTarget.checked)}
          />
          <span>{t.compare}</span>
        </label>
      )}
      {problem !== null && (
        <p class="field-error" role="alert">
          {sentence(problem)}
        </p>
      )}
      {before && <Comparison one={recorded} other={before} />}
      {before && <p class="charts-window">{t.dashed}</p>}
      {shown.length === 0 && <p class="muted">{t.noSamples}</p>}
      {shown.map((metric) => (
        <figure key={metric} class="charts" data-testid="chart">
          <figcaption class="charts-title">
            {charts.metrics[metric].name}
            {charts.metrics[metric].unit && <span class="unit"> {charts.metrics[metric].unit}</span>}
          </figcaption>
          <Chart metric={metric} height={HEIGHTS_PX[metric]} before={before?.broadcast ?? null} {...broadcast} />
        </figure>
      ))}
      <FiguresTable broadcast={broadcast} />
    </section>
  );
}

function Comparison({ one, other }: { one: Recorded; other: Recorded }) {
  const factsOf = ({ stream, broadcast }: Recorded) => allFacts(stream, broadcast.rows);
  return (
    <ScrollArea label={t.compare}>
      <table class="figures" data-testid="comparison">
        <thead>
          <tr>
            <th scope="col">
              <span class="sr-only">{t.figure}</span>
            </th>
            <th scope="col">
              {t.thisOne}, <Moment at={one.broadcast.start} />
            </th>
            <th scope="col">
              {t.before}, <Moment at={other.broadcast.start} />
            </th>
          </tr>
        </thead>
        <tbody>
          {compared(factsOf(one), factsOf(other)).map(([name, value, otherValue]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{value}</td>
              <td>{otherValue}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollArea>
  );
}
