/** What happened during a broadcast, as marks on its charts and as a list. Pure. */

import type { TimelineEntry } from "../contract";

export type MarkKind = "start" | "interrupted" | "resumed" | "end" | "raised" | "cleared";

export interface Mark {
  /** ms, by the server's clock */
  readonly at: number;
  readonly kind: MarkKind;
  /** The code of the finding that was raised or cleared, or the reason of an interruption or an end. */
  readonly code: string | null;
}

const KINDS: Readonly<Record<string, MarkKind>> = {
  "Stream Start": "start",
  "Stream Interrupted": "interrupted",
  "Stream Resumed": "resumed",
  "Stream End": "end",
  "Health Finding Start": "raised",
  "Health Finding End": "cleared",
};

export function marksOf(entries: readonly TimelineEntry[]): readonly Mark[] {
  return entries
    .flatMap(({ at, kind, facts }) => {
      const known = KINDS[kind];
      if (known === undefined) return [];
      return [{ at: Date.parse(at), kind: known, code: textOf(facts.code) ?? textOf(facts.reason) }];
    })
    .sort((one, other) => one.at - other.at);
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

export type Tone = "good" | "wait" | "danger" | "quiet";

export const TONES: Readonly<Record<MarkKind, Tone>> = {
  start: "good",
  interrupted: "danger",
  resumed: "good",
  end: "quiet",
  raised: "wait",
  cleared: "quiet",
};
