/** The entries of a timeline in words. */

import { findingTitle } from "../charts/words";
import type { TimelineEntry } from "../contract";
import { size } from "../studio/recordings";
import { bitrate, sentence, shortDuration } from "../ui/format";
import { endReason } from "../words/end-reasons";
import { measuredText } from "../words/phrases";
import { told } from "../words/server";
import { t } from "../words/sessions";

export interface EntryText {
  readonly title: string;
  readonly detail: string;
}

/** What happened, and what is known of it. */
export function entryText({ kind, facts }: TimelineEntry): EntryText {
  const title = (t.kinds as Readonly<Record<string, string>>)[kind] ?? kind;
  const code = text(facts.code);
  if (code !== null) {
    const [measured, expected] = [text(facts.measured), text(facts.expected)];
    return {
      title: `${title}: ${findingTitle(code)}`,
      detail: t.measured(measuredText(measured ?? t.unknown), measuredText(expected ?? t.unknown)),
    };
  }
  if (kind === "connection") return { title, detail: connectionText(facts) };
  const [reason, detail, address] = [text(facts.reason), text(facts.detail), text(facts.client_ip)];
  const known = [
    ...(reason === null ? [] : [endReason(reason)]),
    // Of an end it is the reason again, as a sentence.
    ...(detail === null || kind === "Stream End" ? [] : [told(detail)]),
    ...(kind === "Session Created" && address !== null ? [t.from(address)] : []),
  ];
  return { title, detail: known.map(sentence).join(" ") };
}

function connectionText(facts: TimelineEntry["facts"]): string {
  const address = text(facts.client_ip);
  const [seconds, bytes, rate] = [figure(facts.duration_s), figure(facts.bytes), figure(facts.mean_kbps)];
  return [
    ...(address === null ? [] : [t.from(address)]),
    ...(seconds === null ? [] : [shortDuration(seconds * 1000)]),
    ...(bytes === null ? [] : [size(bytes)]),
    ...(rate === null ? [] : [t.averageOf(bitrate(rate))]),
  ].join(" · ");
}

function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

function figure(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}
