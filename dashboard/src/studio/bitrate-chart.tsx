import type { Sample } from "../realtime/state";
import { kbps } from "../ui/format";
import { CHART_HEIGHT, CHART_WIDTH, chartPaths, scaleEnd } from "./chart-geometry";

/** The last 60 seconds of bitrate. The label says in words what the line shows. */
export function BitrateChart({ samples, now }: { samples: readonly Sample[]; now: number }) {
  const { line, area } = chartPaths(samples, now);
  return (
    <figure class="chart" data-testid="chart">
      <svg
        viewBox={`0 0 ${CHART_WIDTH} ${CHART_HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={inWords(samples)}
      >
        <g class="chart-grid">
          <path d={`M0 0.5H${CHART_WIDTH}`} />
          <path d={`M0 ${CHART_HEIGHT / 2}H${CHART_WIDTH}`} />
          <path d={`M0 ${CHART_HEIGHT - 0.5}H${CHART_WIDTH}`} />
        </g>
        <path class="chart-area" d={area} />
        <path class="chart-line" d={line} />
      </svg>
      <div class="chart-scale" aria-hidden="true">
        <span>{kbps(scaleEnd(samples))} kb/s</span>
        <span>0</span>
      </div>
      <figcaption class="chart-time" aria-hidden="true">
        <span>60 s ago</span>
        <span>now</span>
      </figcaption>
    </figure>
  );
}

function inWords(samples: readonly Sample[]): string {
  const last = samples.at(-1);
  if (!last) return "Bitrate over the last minute: no measurements yet.";
  const values = samples.map((sample) => sample.kbps);
  return (
    `Bitrate over the last minute: now ${kbps(last.kbps)}, ` +
    `lowest ${kbps(Math.min(...values))}, highest ${kbps(Math.max(...values))} kilobits per second.`
  );
}
