/** A broadcast's figures, for a list, a summary and a comparison. What is not known is null. Pure. */

import { type Row, total } from "../charts/rows";
import { figures } from "../charts/words";
import type { OwnStream, OwnStreamDetails } from "../contract";
import { CHOICE } from "../i18n/language";
import { declaredText } from "../studio/declared";
import { size } from "../studio/recordings";
import { codecName, encoderName, rateAndChannels } from "../studio/status-words";
import { bitrate, frameRate, shortDuration } from "../ui/format";
import { endReason } from "../words/end-reasons";
import { t } from "../words/sessions";
import { t as studio } from "../words/studio";

export interface Fact {
  readonly name: string;
  readonly value: string;
}

export function isRunning(stream: OwnStream): boolean {
  return stream.state !== null && stream.state !== "ENDED";
}

/** Of a row in the list. */
export function briefFacts(stream: OwnStream): readonly Fact[] {
  return known([
    [t.duration, durationText(stream)],
    [t.averageBitrate, bitrateText(stream)],
    [t.peakViewers, whole(stream.peak_viewers)],
    [t.health, healthOf(stream)],
    [t.reason, endText(stream)],
  ]);
}

/** `rows` is empty where no measurements are stored. */
export function allFacts(stream: OwnStreamDetails, rows: readonly Row[]): readonly Fact[] {
  const averageOf = (metric: "video_fps" | "keyframe_interval_s") => {
    const span = total(rows, metric);
    return span && figures(metric, span);
  };
  const { summary } = stream;
  return known([
    [t.duration, durationText(stream)],
    [t.reason, endText(stream)],
    [t.interruptions, summary && whole(summary.interruptions)],
    [t.averageBitrate, bitrateText(stream)],
    [t.peakBitrate, rateText(summary?.peak_bitrate_kbps ?? null)],
    [t.averageFps, averageOf("video_fps")],
    [t.averageKeyframes, averageOf("keyframe_interval_s")],
    [t.peakViewers, whole(stream.peak_viewers)],
    [t.averageViewers, tenth(stream.average_viewers)],
    [t.watched, stream.watched_minutes === null ? null : t.minutes(whole(stream.watched_minutes) ?? "")],
    [t.health, healthOf(stream)],
    [t.video, pictureText(stream)],
    [t.audio, soundText(stream)],
    [t.encoder, stream.encoder === null ? null : encoderName(stream.encoder)],
    [t.key, stream.key_label],
    [t.declared, declaredText(stream.declared)],
    [t.received, stream.bytes_in > 0 ? size(stream.bytes_in) : null],
  ]);
}

/** Two broadcasts side by side, line by line; a figure that one of them lacks is a dash. */
export function compared(one: readonly Fact[], other: readonly Fact[]): readonly (readonly [string, string, string])[] {
  const valueIn = (facts: readonly Fact[], name: string) => facts.find((fact) => fact.name === name)?.value ?? "–";
  const names = new Set([...one, ...other].map(({ name }) => name));
  return [...names].map((name) => [name, valueIn(one, name), valueIn(other, name)] as const);
}

function known(facts: readonly (readonly [string, string | null])[]): readonly Fact[] {
  return facts.flatMap(([name, value]) => (value === null || value === "" ? [] : [{ name, value }]));
}

function durationText({ started_at, duration_s }: OwnStream): string | null {
  if (started_at === null) return t.neverLive;
  return duration_s === null ? null : shortDuration(duration_s * 1000);
}

function endText(stream: OwnStream): string | null {
  if (isRunning(stream)) return t.liveNow;
  return stream.end_reason === null ? null : endReason(stream.end_reason);
}

/** As measured while it was live; where that is not known, of all that was received over the whole time. */
function bitrateText({ summary, bytes_in, duration_s }: OwnStream): string | null {
  if (summary) return rateText(summary.average_bitrate_kbps);
  return duration_s && bytes_in > 0 ? rateText((bytes_in * 8) / 1000 / duration_s) : null;
}

function rateText(rate: number | null): string | null {
  return rate === null ? null : bitrate(rate);
}

/** When it was worst, and how much was found. */
function healthOf({ summary }: OwnStream): string | null {
  if (summary === null) return null;
  const overall = studio.overall[summary.worst];
  const count = summary.findings.reduce((sum, finding) => sum + finding.count, 0);
  return count === 0 ? overall : t.withFindings(overall, count);
}

function pictureText({ width, height, fps, video_codec }: OwnStream): string {
  return [
    width && height ? `${width} × ${height}` : "",
    fps ? `${frameRate(fps)} fps` : "",
    video_codec ? codecName(video_codec) : "",
  ]
    .filter(Boolean)
    .join(" · ");
}

function soundText(stream: OwnStream): string {
  return [stream.audio_codec ? codecName(stream.audio_codec) : "", rateAndChannels(stream)].filter(Boolean).join(" · ");
}

function whole(value: number | null): string | null {
  return value === null ? null : Math.round(value).toLocaleString(CHOICE.locale);
}

function tenth(value: number | null): string | null {
  return value === null ? null : value.toLocaleString(CHOICE.locale, { maximumFractionDigits: 1 });
}
