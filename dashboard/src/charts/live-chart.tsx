import { useState } from "preact/hooks";
import type { Api } from "../api";
import { t } from "../words/charts";
import { Chart } from "./chart";
import { FiguresTable } from "./figures-table";
import { METRICS, type Metric, type Row } from "./rows";
import { useStored } from "./use-stored";
import { windowOf } from "./words";
import "../styles/charts.css";

interface LiveChartProps {
  readonly api: Api;
  readonly streamId: string;
  /** ms, by the server's clock */
  readonly start: number;
  readonly durationMs: number;
  /** What the page has measured. */
  readonly live: readonly Row[];
  /** Changes when something happens to the stream that its timeline has. */
  readonly happened: string;
  readonly isConnected: boolean;
}

const HEIGHT_PX = 176;

/** The running broadcast from its start, one metric at a time. */
export function LiveChart({ api, streamId, start, durationMs, live, happened, isConnected }: LiveChartProps) {
  const [metric, setMetric] = useState<Metric>("bitrate_kbps");
  const stored = useStored(api, { streamId, durationMs, live, happened, isConnected, metric });
  const broadcast = { ...stored, start, durationMs };
  return (
    <figure class="charts" data-testid="chart">
      <div class="charts-head">
        <div class="choices" role="radiogroup" aria-label={t.choose}>
          {METRICS.map((each) => (
            <label key={each} class="choice">
              <input
                type="radio"
                name="metric"
                value={each}
                checked={each === metric}
                onChange={() => setMetric(each)}
              />
              <span>{t.metrics[each].name}</span>
            </label>
          ))}
        </div>
        <p class="charts-window">{windowOf(stored.rowMs)}</p>
      </div>
      <Chart key={metric} metric={metric} height={HEIGHT_PX} {...broadcast} />
      <FiguresTable broadcast={broadcast} />
    </figure>
  );
}
