/** A chart's figures and events in words. */

import { CHOICE } from "../i18n/language";
import { duration, frameRate, kbps } from "../ui/format";
import { findingTitles, t } from "../words/charts";
import { told } from "../words/server";
import type { Mark } from "./marks";
import { type Metric, type Row, type Span, total } from "./rows";

const FIGURES: Readonly<Record<Metric, (value: number) => string>> = {
  bitrate_kbps: kbps,
  video_fps: frameRate,
  keyframe_interval_s: (value) => value.toLocaleString(CHOICE.locale, { maximumFractionDigits: 1 }),
  viewers: (value) => Math.round(value).toLocaleString(CHOICE.locale),
};

export function figure(metric: Metric, value: number): string {
  return FIGURES[metric](value);
}

/** "average of 10 s, with lowest and highest" */
export function windowOf(rowMs: number): string {
  return t.window(rowMs < 60_000 ? t.seconds(rowMs / 1000) : t.minutes(rowMs / 60_000));
}

/** "4,500 kbit/s (4,100 to 4,800)" */
export function figures(metric: Metric, span: Span | null): string {
  if (span === null) return t.notMeasured;
  const [min, average, max] = [span.min, span.average, span.max].map((value) => figure(metric, value));
  const { unit } = t.metrics[metric];
  const first = unit === "" ? `${average}` : `${average} ${unit}`;
  return min === max ? first : t.range(first, `${min}`, `${max}`);
}

/** The whole chart in a sentence. */
export function summary(metric: Metric, rows: readonly Row[], marks: readonly Mark[]): string {
  const { name } = t.metrics[metric];
  const span = total(rows, metric);
  if (span === null) return t.nothingYet(name);
  const interruptions = marks.filter((mark) => mark.kind === "interrupted").length;
  const findings = marks.filter((mark) => mark.kind === "raised").length;
  const parts = [
    t.overall(name, figures(metric, span)),
    ...(interruptions > 0 ? [t.interruptions(interruptions)] : []),
    ...(findings > 0 ? [t.findingCount(findings)] : []),
  ];
  return `${parts.join(", ")}.`;
}

/** "12:30" since the start, or "1:12:30". */
export function elapsed(seconds: number): string {
  const whole = duration(Math.round(seconds) * 1000);
  return whole.replace(/^00:0?/, "").replace(/^0(?=\d:)/, "");
}

export function markText({ kind, code }: Mark): string {
  const isFinding = kind === "raised" || kind === "cleared";
  return isFinding && code !== null ? `${t.marks[kind]}: ${findingTitle(code)}` : t.marks[kind];
}

/** A code that only a newer server has is shown as it is. */
export function findingTitle(code: string): string {
  return told((findingTitles as Readonly<Record<string, string>>)[code] ?? code);
}
