/** What the broadcaster asked to be told while looking elsewhere: the stream is lost, or an encoder was refused. */

import type { StudioState } from "../realtime/state";
import { sentence } from "../ui/format";
import { t } from "../words/alerts";
import { interruption, isWaitingForKeyFrame } from "./status-words";

export interface Alert {
  readonly title: string;
  readonly text: string;
}

/** Ends that somebody chose, here or at the encoder. */
const CHOSEN = new Set(["clean_stop", "unpublished", "stopped", "key_reset"]);

/** What has happened between two states of the page. Nothing counts that the page learns when it is loaded. */
export function alertBetween(before: StudioState, now: StudioState): Alert | null {
  if (before.channel === null) return null;
  const { status, reason, reasonText } = now.stream;
  const had = before.stream.status;
  if (status === "RECONNECTING" && had === "LIVE" && !isWaitingForKeyFrame(now.stream)) {
    return { title: t.lost, text: interruption(now.stream) };
  }
  if (status === "OFFLINE" && had !== "OFFLINE" && reason !== null && !CHOSEN.has(reason)) {
    return { title: t.ended, text: reasonText ?? t.endedText };
  }
  const refusal = now.refusal;
  if (
    refusal !== null &&
    refusal.serverAt > (before.refusal?.serverAt ?? "") &&
    refusal.code !== before.refusal?.code
  ) {
    return { title: t.refused, text: sentence(refusal.reason) };
  }
  return null;
}
