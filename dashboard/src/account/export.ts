/** What stream-sync stores of a person, put together in the browser from pages of the API: no request is long. */

import type { Api } from "../api";
import type { Session } from "../auth/session";
import type { Key, OwnChannel, PlannedBroadcast, StreamPage } from "../contract";

type Streams = StreamPage["streams"];

const PAGE = 200;
/** Streams; more than a person has who goes live ten times a day for two years. */
export const MOST_STREAMS = 10_000;

export interface Export {
  readonly exported_at: string;
  readonly account: { readonly email: string; readonly user_id: unknown; readonly time_zone: unknown };
  readonly channel: OwnChannel;
  /** Without the keys themselves: their hints. */
  readonly keys: readonly Key[];
  /** Planned broadcasts that have not ended. */
  readonly schedule: readonly PlannedBroadcast[];
  readonly streams: Streams;
  /** Whether there are older streams than these. */
  readonly incomplete: boolean;
}

export async function collect(
  api: Pick<Api, "channel" | "keys" | "schedule" | "streams">,
  session: Pick<Session, "email" | "claims">,
  now: Date,
): Promise<Export> {
  const [channel, keys, schedule] = [await api.channel(), await api.keys(), await api.schedule()];
  const streams: Streams[number][] = [];
  let cursor: string | null = null;
  do {
    const page: StreamPage = await api.streams(PAGE, cursor);
    streams.push(...page.streams);
    cursor = page.next_cursor;
  } while (cursor !== null && streams.length < MOST_STREAMS);
  return {
    exported_at: now.toISOString(),
    account: { email: session.email, user_id: session.claims.sub ?? null, time_zone: session.claims.zoneinfo ?? null },
    channel,
    keys: keys.keys,
    schedule,
    streams,
    incomplete: cursor !== null,
  };
}

/** Saves it as a file of this person's. */
export function save(name: string, document_: object): void {
  const url = URL.createObjectURL(new Blob([JSON.stringify(document_, null, 2)], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
