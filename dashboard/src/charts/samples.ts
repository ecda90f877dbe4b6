/** The stored measurements as the server sends them. */

import type { SampleSpread, StreamSample } from "../contract";
import { METRICS, type Row, rowOf, type Span } from "./rows";

export interface Samples {
  readonly rows: readonly Row[];
  readonly rowMs: number;
}

/** `resolution` in seconds. Of a time in which only other series were measured there is no row. */
export function samplesOf(samples: readonly StreamSample[], resolution: number): Samples {
  const rows = samples.map((sample) => rowOf(Date.parse(sample.at), (metric) => weighted(sample[metric], resolution)));
  return { rows: rows.filter((row) => METRICS.some((metric) => row[metric] !== null)), rowMs: resolution * 1000 };
}

/** What is known, and what was read of it and after it; the newer one counts. */
export function updated(known: readonly Row[], newer: readonly Row[]): readonly Row[] {
  const first = newer[0];
  return first === undefined ? known : [...known.filter(({ at }) => at < first.at), ...newer];
}

/** One measurement a second. */
function weighted(span: SampleSpread | null, seconds: number): Span | null {
  return span && { ...span, count: seconds };
}
