/** The last publisher that was turned away, as it is shown until it is dismissed or a broadcast begins. */

import type { LastRefusal, OwnChannel } from "../contract";

/** A refusal of before the page was loaded is shown for a day; what is older belongs into a history. */
export const SHOWN_MS = 24 * 3_600_000;

export interface Refusal {
  readonly code: string;
  readonly reason: string;
  readonly action: string | null;
  readonly clientIp: string | null;
  /** In ms, by the server's clock. */
  readonly at: number;
  /** The same as the server writes it, which tells one refusal from another. */
  readonly serverAt: string;
  /** How often in a row the same thing happened: an encoder may retry by itself. */
  readonly count: number;
}

/** What is shown, and the `serverAt` of the newest one that the person has dismissed. */
export interface RefusalState {
  readonly refusal: Refusal | null;
  readonly dismissed: string | null;
}

/** A repeated, a late and a dismissed refusal change nothing. */
export function nextRefusal(state: RefusalState, told: LastRefusal): Refusal | null {
  const known = state.refusal;
  if (told.at <= (known?.serverAt ?? "") || told.at <= (state.dismissed ?? "")) return known;
  return {
    code: told.code,
    reason: told.reason ?? told.code,
    action: told.action,
    clientIp: told.client_ip,
    at: Date.parse(told.at),
    serverAt: told.at,
    count: known && known.code === told.code ? known.count + 1 : 1,
  };
}

/** The same from the channel as read at server time `at`: what went wrong before a broadcast began is settled. */
export function refusalAsRead(state: RefusalState, channel: OwnChannel, at: number): Refusal | null {
  const told = channel.last_refusal;
  const isRecent = told !== null && at - Date.parse(told.at) <= SHOWN_MS;
  const refusal = isRecent ? nextRefusal(state, told) : state.refusal;
  const begun = (channel.live ?? channel.last_end)?.started_at ?? "";
  return refusal && refusal.serverAt < begun ? null : refusal;
}
