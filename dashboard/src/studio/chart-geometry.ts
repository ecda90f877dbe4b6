/** From samples to SVG paths, without a DOM. Coordinates: x grows to "now" on the right, y grows downwards. */

import { CHART_WINDOW_MS, type Sample } from "../realtime/state";

export const CHART_WIDTH = 600;
export const CHART_HEIGHT = 120;
/** Samples come every second; a longer silence is an interruption and is drawn as a hole, not bridged by a line. */
const GAP_MS = 3_000;

export interface ChartPaths {
  readonly line: string;
  readonly area: string;
}

/** The scale's end in kb/s: the first of 1, 1.5, 2, 3, 4, 5, 6, 8 x 10^n that leaves some air above the highest sample. */
export function scaleEnd(samples: readonly Sample[]): number {
  const wanted = Math.max(100, ...samples.map((sample) => sample.kbps)) * 1.1;
  const magnitude = 10 ** Math.floor(Math.log10(wanted));
  const step = [1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((each) => each * magnitude >= wanted) ?? 10;
  return step * magnitude;
}

export function chartPaths(samples: readonly Sample[], now: number): ChartPaths {
  const end = scaleEnd(samples);
  const runs = unbroken(samples.filter((sample) => now - sample.at <= CHART_WINDOW_MS));
  const drawn = runs.map((run) => {
    const points = run.map((sample) => {
      const x = CHART_WIDTH * (1 - (now - sample.at) / CHART_WINDOW_MS);
      const y = CHART_HEIGHT * (1 - sample.kbps / end);
      return [round(x), round(y)] as const;
    });
    // One sample alone is a line of no length, which its round caps turn into a dot.
    const line = `M${points.map(([x, y]) => `${x} ${y}`).join("L")}${points.length === 1 ? "h0" : ""}`;
    const [firstX] = points[0] ?? [0];
    const [lastX] = points.at(-1) ?? [0];
    return { line, area: `${line}L${lastX} ${CHART_HEIGHT}L${firstX} ${CHART_HEIGHT}Z` };
  });
  return { line: drawn.map((each) => each.line).join(""), area: drawn.map((each) => each.area).join("") };
}

function unbroken(samples: readonly Sample[]): Sample[][] {
  const runs: Sample[][] = [];
  for (const sample of samples) {
    const run = runs.at(-1);
    const previous = run?.at(-1);
    if (run && previous && sample.at - previous.at <= GAP_MS) run.push(sample);
    else runs.push([sample]);
  }
  return runs;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
