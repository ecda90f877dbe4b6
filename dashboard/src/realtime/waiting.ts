/** A publisher that waits for a place, as all ingest servers are full. */

import type { WaitingMessage } from "../contract";

/** The server repeats the message every 10 s; without it, the publisher's node may have died. */
export const FORGOTTEN_MS = 25_000;

export interface Waiting {
  /** Its place in the queue, from 1; null: it waits no more. */
  readonly place: number | null;
  /** When it is refused if no place has become free, in ms by this machine's clock. */
  readonly until: number;
  readonly clientIp: string | null;
  /** As the server sent it; identifies the message. */
  readonly serverAt: string;
  readonly heardAt: number;
}

/** Late messages change nothing. */
export function nextWaiting(known: Waiting | null, message: WaitingMessage, now: number): Waiting {
  if (known && message.at < known.serverAt) return known;
  return {
    place: message.place,
    until: now + Date.parse(message.until) - Date.parse(message.at),
    clientIp: message.client_ip,
    serverAt: message.at,
    heardAt: now,
  };
}

/** Whether there is something to show. */
export function isWaiting(waiting: Waiting | null, now: number): waiting is Waiting & { readonly place: number } {
  return waiting !== null && waiting.place !== null && now - waiting.heardAt < FORGOTTEN_MS;
}
