/**
 * What was measured of a broadcast, in rows of equal length: those that the server stored, and those that the page makes
 * of the live measurements. Pure; times in ms by the server's clock.
 */

export const METRICS = ["bitrate_kbps", "video_fps", "keyframe_interval_s", "viewers"] as const;
export type Metric = (typeof METRICS)[number];

/** Over the time of a row. `count` is the weight of `average` when rows are joined. */
export interface Span {
  readonly min: number;
  readonly average: number;
  readonly max: number;
  readonly count: number;
}

/** `at` is the beginning. Null: not measured then. */
export type Row = { readonly at: number } & { readonly [metric in Metric]: Span | null };

/** One live measurement. */
export type LiveSample = { readonly at: number } & { readonly [metric in Metric]: number | null };

/** Rows of the live measurements, before they are joined to longer ones. */
export const LIVE_ROW_MS = 10_000;
/** More than the longest broadcast of a day has. */
const MOST_LIVE_ROWS = 10_000;

const HOUR_MS = 3_600_000;

/** In seconds: no more rows than a chart has room for. */
export function resolutionFor(durationMs: number): 10 | 60 | 300 | 1800 {
  if (durationMs <= 2 * HOUR_MS) return 10;
  if (durationMs <= 12 * HOUR_MS) return 60;
  return durationMs <= 60 * HOUR_MS ? 300 : 1800;
}

export function withSample(rows: readonly Row[], sample: LiveSample): readonly Row[] {
  const at = Math.floor(sample.at / LIVE_ROW_MS) * LIVE_ROW_MS;
  const last = rows.at(-1);
  // Messages may arrive late.
  if (last && at < last.at) return rows;
  const measured = rowOf(at, (metric) => spanOf(sample[metric]));
  if (last?.at === at) return [...rows.slice(0, -1), joined(last, measured)];
  return [...rows, measured].slice(-MOST_LIVE_ROWS);
}

/** Rows of `rowMs`, from shorter ones in the order of time; one of them begins at `origin`. */
export function regrouped(rows: readonly Row[], rowMs: number, origin = 0): readonly Row[] {
  const longer: Row[] = [];
  for (const row of rows) {
    const at = Math.floor((row.at - origin) / rowMs) * rowMs + origin;
    const last = longer.at(-1);
    if (last?.at === at) longer[longer.length - 1] = joined(last, row);
    else longer.push({ ...row, at });
  }
  return longer;
}

/**
 * The whole broadcast: what was stored, and what the page has measured since. A stored row counts more than the page's of the
 * same time, which may have begun in the middle of it; the newest stored row may itself be incomplete, so both count.
 */
export function merged(stored: readonly Row[], live: readonly Row[], rowMs: number): readonly Row[] {
  const byTime = new Map(regrouped(live, rowMs, stored[0]?.at).map((row) => [row.at, row]));
  const newest = stored.at(-1)?.at;
  for (const row of stored) {
    const own = byTime.get(row.at);
    byTime.set(row.at, own && row.at === newest ? joined(row, own) : row);
  }
  return [...byTime.values()].sort((one, other) => one.at - other.at);
}

/** Whether nothing is known of some time between what was stored and what the page has measured. */
export function hasHole(stored: readonly Row[], live: readonly Row[], rowMs: number): boolean {
  const first = live[0];
  const last = stored.at(-1);
  return first !== undefined && (last === undefined || first.at - last.at > rowMs);
}

/** Over all rows; null if nothing was measured. */
export function total(rows: readonly Row[], metric: Metric): Span | null {
  return rows.reduce<Span | null>((sum, row) => joinedSpan(sum, row[metric]), null);
}

function joined(one: Row, other: Row): Row {
  return rowOf(one.at, (metric) => joinedSpan(one[metric], other[metric]));
}

export function rowOf(at: number, span: (metric: Metric) => Span | null): Row {
  return {
    at,
    bitrate_kbps: span("bitrate_kbps"),
    video_fps: span("video_fps"),
    keyframe_interval_s: span("keyframe_interval_s"),
    viewers: span("viewers"),
  };
}

function spanOf(value: number | null): Span | null {
  return value === null ? null : { min: value, average: value, max: value, count: 1 };
}

function joinedSpan(one: Span | null, other: Span | null): Span | null {
  if (one === null || other === null) return one ?? other;
  const count = one.count + other.count;
  return {
    min: Math.min(one.min, other.min),
    average: (one.average * one.count + other.average * other.count) / count,
    max: Math.max(one.max, other.max),
    count,
  };
}
