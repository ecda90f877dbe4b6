/** The latest refusal of a publisher, shown until it is dismissed or a stream starts. */

import type { LastRefusal, OwnChannel } from "../contract";
import { told } from "../words/server";

/** A refusal from before the page was loaded is shown for a day. */
export const SHOWN_MS = 24 * 3_600_000;

export interface Refusal {
  readonly code: string;
  readonly reason: string;
  readonly action: string | null;
  readonly clientIp: string | null;
  /** What its owner calls the key that was presented. */
  readonly keyLabel: string | null;
  /** In ms, by the server's clock. */
  readonly at: number;
  /** The same as the server sent it; identifies a refusal. */
  readonly serverAt: string;
  /** How many times in a row the same refusal occurred: an encoder may retry by itself. */
  readonly count: number;
}

/** What is shown, and the `serverAt` of the newest one that the user has dismissed. */
export interface RefusalState {
  readonly refusal: Refusal | null;
  readonly dismissed: string | null;
}

/** Repeated, late and dismissed refusals change nothing. */
export function nextRefusal(state: RefusalState, received: LastRefusal): Refusal | null {
  const known = state.refusal;
  if (received.at <= (known?.serverAt ?? "") || received.at <= (state.dismissed ?? "")) return known;
  return {
    code: received.code,
    reason: told(received.reason ?? received.code),
    action: told(received.action),
    clientIp: received.client_ip,
    keyLabel: received.key_label,
    at: Date.parse(received.at),
    serverAt: received.at,
    count: known && known.code === received.code ? known.count + 1 : 1,
  };
}

/** The same from the channel as read at server time `at`. A refusal is settled once a later stream has started. */
export function refusalAsRead(state: RefusalState, channel: OwnChannel, at: number): Refusal | null {
  const received = channel.last_refusal;
  const isRecent = received !== null && at - Date.parse(received.at) <= SHOWN_MS;
  const refusal = isRecent ? nextRefusal(state, received) : state.refusal;
  const begun = (channel.live ?? channel.last_end)?.started_at ?? "";
  return refusal && refusal.serverAt < begun ? null : refusal;
}
