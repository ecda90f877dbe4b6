/** The broadcaster's REST calls. */

import { Client } from "./client";
import type {
  AccountDeletion,
  BroadcastEdit,
  ChannelEdit,
  IssuedKey,
  Key,
  KeyEdit,
  KeyList,
  NewBroadcast,
  NewKey,
  OwnChannel,
  OwnRecording,
  OwnStreamDetails,
  PlannedBroadcast,
  PlaybackToken,
  RefusalPage,
  RevealedCredentials,
  Schedule,
  StreamPage,
  StreamSample,
  StreamSamples,
  TimelineEntry,
  TimelinePage,
} from "./contract";
import { unreadable } from "./problem";

/** More pages than a list has that a reader looks at as a whole. */
const MOST_PAGES = 20;

/** Seconds: a day, the most that a playback token is valid for. */
export const PLAYBACK_TOKEN_S = 86_400;

export class Api extends Client {
  channel(): Promise<OwnChannel> {
    return this.call("GET", "/api/channel") as Promise<OwnChannel>;
  }

  saveDetails(changes: ChannelEdit): Promise<OwnChannel> {
    return this.call("PATCH", "/api/channel", changes) as Promise<OwnChannel>;
  }

  /** The stream key in full, and which one it is. Callers keep it only as long as they need it. */
  async revealKey(): Promise<RevealedCredentials> {
    const found = (await this.call("GET", "/api/channel/credentials?reveal=true")) as RevealedCredentials;
    if (!found.stream_key) throw unreadable();
    return found;
  }

  /** Creates a new key; the old one stops working at once, and a stream that uses it ends. */
  resetKey(): Promise<RevealedCredentials> {
    return this.call("POST", "/api/channel/credentials/reset") as Promise<RevealedCredentials>;
  }

  /** Encoders are accepted again after an end. */
  allowPublishing(): Promise<OwnChannel> {
    return this.call("POST", "/api/channel/allow") as Promise<OwnChannel>;
  }

  async stopStream(): Promise<void> {
    await this.call("POST", "/api/channel/stop");
  }

  /** The right to watch the channel, if it is private, for so many seconds. */
  playbackToken(): Promise<PlaybackToken> {
    return this.call("POST", "/api/channel/playback-tokens", {
      ttl_seconds: PLAYBACK_TOKEN_S,
    }) as Promise<PlaybackToken>;
  }

  /** The right to watch the channel's test streams as well, for the owner's own preview. */
  previewToken(): Promise<PlaybackToken> {
    return this.call("POST", "/api/channel/playback-tokens", {
      ttl_seconds: PLAYBACK_TOKEN_S,
      preview: true,
    }) as Promise<PlaybackToken>;
  }

  /** The channel's streams, newest first; `cursor` is the `next_cursor` of the page before. */
  streams(limit = 20, cursor: string | null = null): Promise<StreamPage> {
    const from = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    return this.call("GET", `/api/streams?limit=${limit}${from}`) as Promise<StreamPage>;
  }

  /** Without the keys themselves. */
  keys(): Promise<KeyList> {
    return this.call("GET", "/api/channel/keys") as Promise<KeyList>;
  }

  /** Deletes a part of what there is of the caller; to be repeated until it is `finished`. */
  deleteAccount(): Promise<AccountDeletion> {
    return this.call("DELETE", "/api/account") as Promise<AccountDeletion>;
  }

  /** Older than the stream with the id `cursor`, newest first. */
  streamsBefore(cursor: string | null, limit: number): Promise<StreamPage> {
    const query = new URLSearchParams({ limit: String(limit), ...(cursor === null ? {} : { cursor }) });
    return this.call("GET", `/api/streams?${query}`) as Promise<StreamPage>;
  }

  /** One of the channel's streams, with what was around it. */
  streamDetails(streamId: string): Promise<OwnStreamDetails> {
    return this.call("GET", `${streamPath(streamId)}/details`) as Promise<OwnStreamDetails>;
  }

  /** What happened to a stream, in order. */
  timeline(streamId: string): Promise<readonly TimelineEntry[]> {
    return this.pages<TimelinePage, TimelineEntry>(`${streamPath(streamId)}/timeline`, { limit: "100" }, "entries");
  }

  /** What was measured of a stream from `since` (ms) on; `resolution` in seconds. */
  samples(streamId: string, resolution: number, since: number | null = null): Promise<readonly StreamSample[]> {
    const query = {
      resolution: String(resolution),
      ...(since === null ? {} : { since: new Date(since).toISOString() }),
    };
    return this.pages<StreamSamples, StreamSample>(`${streamPath(streamId)}/samples`, query, "samples");
  }

  /** All that is known of a stream, as a file. */
  async export(streamId: string, format: "json" | "csv"): Promise<Blob> {
    const response = await this.answer("GET", `${streamPath(streamId)}/export?format=${format}`);
    return response.blob();
  }

  /** The answer holds the new key; no later one does. */
  createKey(wanted: NewKey): Promise<IssuedKey> {
    return this.call("POST", "/api/channel/keys", wanted) as Promise<IssuedKey>;
  }

  editKey(keyId: string, changes: KeyEdit): Promise<Key> {
    return this.call("PATCH", `/api/channel/keys/${encodeURIComponent(keyId)}`, changes) as Promise<Key>;
  }

  /** A new key in place of this one, which is valid for so many minutes more. The answer holds the new key. */
  rotateKey(keyId: string, overlapMinutes: number): Promise<IssuedKey> {
    return this.call("POST", `/api/channel/keys/${encodeURIComponent(keyId)}/rotate`, {
      overlap_minutes: overlapMinutes,
    }) as Promise<IssuedKey>;
  }

  /** A stream that uses it ends. */
  revokeKey(keyId: string): Promise<Key> {
    return this.call("DELETE", `/api/channel/keys/${encodeURIComponent(keyId)}`) as Promise<Key>;
  }

  /** Publishers of the channel that were refused, newest first. */
  refusals(): Promise<RefusalPage> {
    return this.call("GET", "/api/channel/refusals?limit=100") as Promise<RefusalPage>;
  }

  /** Keeps the recording of a stream without an expiry, or gives it one again. */
  keepRecording(streamId: string, kept: boolean): Promise<OwnRecording> {
    return this.call("PATCH", `${streamPath(streamId)}/recording`, { kept }) as Promise<OwnRecording>;
  }

  async deleteRecording(streamId: string): Promise<void> {
    await this.call("DELETE", `${streamPath(streamId)}/recording`);
  }

  /** Planned broadcasts that have not ended, the next one first. */
  async schedule(): Promise<readonly PlannedBroadcast[]> {
    return ((await this.call("GET", "/api/channel/schedule")) as Schedule).broadcasts;
  }

  planBroadcast(broadcast: NewBroadcast): Promise<PlannedBroadcast> {
    return this.call("POST", "/api/channel/schedule", broadcast) as Promise<PlannedBroadcast>;
  }

  editBroadcast(broadcastId: string, changes: BroadcastEdit): Promise<PlannedBroadcast> {
    return this.call("PATCH", `/api/channel/schedule/${broadcastId}`, changes) as Promise<PlannedBroadcast>;
  }

  async cancelBroadcast(broadcastId: string): Promise<void> {
    await this.answer("DELETE", `/api/channel/schedule/${broadcastId}`);
  }

  /** The items of a list, from all its pages. */
  private async pages<Page extends { readonly next_cursor: string | null }, Item>(
    path: string,
    query: Readonly<Record<string, string>>,
    items: keyof Page,
  ): Promise<readonly Item[]> {
    const found: Item[] = [];
    let cursor: string | null = null;
    for (let count = 0; count < MOST_PAGES; count++) {
      const asked = new URLSearchParams({ ...query, ...(cursor === null ? {} : { cursor }) });
      const page = (await this.call("GET", `${path}?${asked}`)) as Page;
      found.push(...(page[items] as readonly Item[]));
      cursor = page.next_cursor;
      if (cursor === null) break;
    }
    return found;
  }
}

function streamPath(streamId: string): string {
  return `/api/streams/${encodeURIComponent(streamId)}`;
}
