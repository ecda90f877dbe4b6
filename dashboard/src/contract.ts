/** The shapes that the API and the WebSocket speak. Times are ISO 8601 UTC, bitrates kb/s, stream ids ULIDs. */

export type Status = "LIVE" | "RECONNECTING" | "OFFLINE";
export type Visibility = "public" | "unlisted" | "private";

/** The running broadcast; a measure is null until the ingest node knows it. */
export interface Live {
  readonly stream_id: string;
  readonly started_at: string;
  readonly bitrate_kbps: number | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly fps: number | null;
  readonly video_codec: string | null;
  /** As the codec's specification names them: "High", "4.1". */
  readonly video_profile: string | null;
  readonly video_level: string | null;
  readonly audio_codec: string | null;
  /** Hz. */
  readonly audio_sample_rate: number | null;
  readonly audio_channels: number | null;
  readonly encoder: string | null;
}

/** What is known of a stream key without asking for it: `hint` is its last four characters. */
export interface KeyFacts {
  readonly key_id: string;
  readonly hint: string;
  readonly expires_at: string | null;
}

export interface Details {
  readonly title: string;
  readonly description: string;
  readonly category: string;
  readonly tags: readonly string[];
  readonly visibility: Visibility;
}

/** What changes only when somebody changes it. */
export interface OwnDetails extends Details {
  readonly channel_id: string;
  /** Grows with every change of these: of two answers the higher one is newer. */
  readonly edition: number;
  readonly region: string;
  readonly ingest_url: string;
  readonly key: KeyFacts | null;
}

/** How the last stream ended; `ended_at` is null while nobody has written the end of a stream whose node is lost. */
export interface LastEnd {
  readonly stream_id: string;
  readonly started_at: string | null;
  readonly ended_at: string | null;
  readonly reason: string | null;
  readonly reason_text: string | null;
  /** What to do about it. */
  readonly action: string | null;
}

export interface RefusalFacts {
  readonly at: string;
  readonly code: string;
  readonly reason: string | null;
  readonly action: string | null;
  readonly client_ip: string | null;
}

export interface Channel extends OwnDetails {
  readonly status: Status;
  /** When RECONNECTING gives up. */
  readonly status_until: string | null;
  readonly playback: { readonly hls_url: string } | null;
  readonly live: Live | null;
  readonly last_end: LastEnd | null;
  readonly last_refusal: RefusalFacts | null;
}

/** What tells a key from another; not the key. */
export interface Credentials {
  readonly ingest_url: string;
  readonly key_id: string;
  readonly stream_key_masked: string;
  readonly expires_at: string | null;
}

/** The answer to who asked for the key itself. */
export interface RevealedCredentials extends Credentials {
  readonly stream_key: string;
}

interface Message {
  /** Grows within a stream. */
  readonly seq: number;
  readonly at: string;
}

export interface SnapshotMessage extends Message {
  readonly type: "snapshot";
  readonly channel: Channel;
}

export interface StatusMessage extends Message {
  readonly type: "status";
  readonly status: Status;
  readonly stream_id: string;
  readonly reason: string | null;
  readonly reason_text: string | null;
  /** What to do about it. */
  readonly action: string | null;
  /** When RECONNECTING gives up. */
  readonly until: string | null;
  readonly live: Live | null;
}

export interface MetricsMessage extends Message, Live {
  readonly type: "metrics";
  readonly bitrate_kbps: number;
  readonly uptime_s: number;
}

export interface RefusedMessage extends Message, RefusalFacts {
  readonly type: "refused";
}

/** Details or key were changed, in this window or in another one. */
export interface ChannelMessage {
  readonly type: "channel";
  readonly at: string;
  readonly channel: OwnDetails;
}

/** A message of another type is a newer server's: it is passed over. */
export type ServerMessage = SnapshotMessage | StatusMessage | MetricsMessage | RefusedMessage | ChannelMessage;
