/** From rows to what the chart draws: columns of numbers, and where a scale ends. Pure. */

import type { Metric, Row } from "./rows";

export type Column = (number | null)[];

/** `x` is in seconds since the start, at the middle of each row. */
export interface Columns {
  readonly x: number[];
  readonly average: Column;
  readonly min: Column;
  readonly max: Column;
}

/**
 * `end` is in seconds. Where rows are missing, an empty one ends the line: an interruption is a gap and is not bridged.
 */
export function columnsOf(rows: readonly Row[], metric: Metric, start: number, rowMs: number, end: number): Columns {
  const columns = { x: [] as number[], average: [] as Column, min: [] as Column, max: [] as Column };
  // The first and the last row may be shorter than the others.
  const middle = (at: number) => Math.min(end, Math.max(0, (at + rowMs / 2 - start) / 1000));
  let before: number | null = null;
  for (const row of rows) {
    if (before !== null && row.at - before > 1.5 * rowMs) push(columns, middle(before + rowMs), null);
    push(columns, middle(row.at), row[metric]);
    before = row.at;
  }
  return columns;
}

function push(columns: Columns, x: number, span: Row[Metric]): void {
  columns.x.push(x);
  columns.average.push(span?.average ?? null);
  columns.min.push(span?.min ?? null);
  columns.max.push(span?.max ?? null);
}

/** The values of another broadcast at the times of this one; null where it had none within half a row. */
export function aligned(x: readonly number[], other: Columns, rowMs: number): Column {
  const values: Column = [];
  let at = 0;
  for (const wanted of x) {
    while (at + 1 < other.x.length && distance(other.x[at + 1], wanted) <= distance(other.x[at], wanted)) at += 1;
    values.push(distance(other.x[at], wanted) <= rowMs / 2000 ? (other.average[at] ?? null) : null);
  }
  return values;
}

function distance(one: number | undefined, other: number): number {
  return one === undefined ? Number.POSITIVE_INFINITY : Math.abs(one - other);
}

const LEAST_END: Readonly<Record<Metric, number>> = {
  bitrate_kbps: 100,
  video_fps: 10,
  keyframe_interval_s: 2,
  viewers: 4,
};
const STEPS = [1, 1.5, 2, 3, 4, 5, 6, 8, 10];

/** The end of a scale from 0: a round number that leaves some air above the highest value. */
export function scaleEnd(metric: Metric, highest: number | null): number {
  const wanted = Math.max(LEAST_END[metric], highest ?? 0) * 1.1;
  const magnitude = 10 ** Math.floor(Math.log10(wanted));
  return (STEPS.find((step) => step * magnitude >= wanted) ?? 10) * magnitude;
}
