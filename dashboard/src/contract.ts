// Generated from the OpenAPI document by `make api-docs`; not to be edited.

/** The request was accepted; the stream ends within 2 s. */
export interface Accepted {
  readonly stream_id: string;
}

/** How far the deletion is. */
export interface AccountDeletion {
  /** False if there is more to delete: repeat the request */
  readonly finished: boolean;
}

/** The details of a channel that everyone can see. */
export interface ChannelDetails {
  readonly title: string;
  readonly description: string;
  readonly category: string;
  readonly tags: readonly string[];
  readonly channel_id: string;
  /** Increases with every change of the details or the key: the highest is the newest */
  readonly version: number;
}

/** Fields that are left out stay as they are. */
export interface ChannelEdit {
  readonly title?: string | null;
  readonly display_name?: string | null;
  readonly description?: string | null;
  readonly category?: string | null;
  readonly tags?: readonly string[] | null;
  readonly visibility?: Visibility | null;
  readonly recording?: boolean | null;
}

/** The channel's details or key have changed. */
export interface ChannelMessage {
  readonly type: "channel";
  readonly at: string;
  readonly channel: OwnChannelDetails;
}

/** A past stream of a channel that can be watched. `id` is the id of the stream. */
export interface ChannelRecording {
  readonly id: string;
  readonly channel_id: string;
  readonly title: string;
  readonly category: string;
  readonly started_at: string | null;
  readonly ended_at: string | null;
  readonly recording: Recording;
}

export type ChannelStatus = "LIVE" | "RECONNECTING" | "OFFLINE";

/** The stream was ended by its owner or an administrator: encoders are refused for now. */
export interface Closed {
  /** If none tries until then; each attempt extends it */
  readonly until: string;
  readonly reason: EndReason;
  readonly reason_text: string;
}

/** Why the server closes a WebSocket: the `code` of its last message. */
export type Closing = "token_expired" | "too_many_messages" | "channel_not_found" | "access_revoked";

/** The last message before the server closes the connection. */
export interface ClosingMessage {
  readonly type: "closing";
  readonly code: Closing;
  readonly reason: string;
  readonly action: string;
}

/** The ingest URL and the stream key, masked. */
export interface Credentials {
  readonly ingest_url: string;
  readonly key_id: string;
  readonly stream_key_masked: string;
  readonly expires_at: string | null;
}

/** Why a stream ended. */
export type EndReason = "clean_stop" | "unpublished" | "grace_over" | "no_media" | "key_reset" | "key_revoked" | "key_expired" | "stopped" | "admin_stopped" | "blocked" | "lease_lost" | "test_replaced" | "node_drained" | "node_lost" | "protocol_error";

/** A message from the client was invalid, or one too many. */
export interface ErrorMessage {
  readonly type: "error";
  readonly code: string;
  readonly reason: string;
  readonly action: string;
}

/** What may be found. */
export type FindingCode = "gopSizeLong" | "gopSizeShort" | "gopSizeIrregular" | "videoIngestionStarved" | "videoIngestionFasterThanRealtime" | "timestampJump" | "bitrateLow" | "bitrateHigh" | "bitrateUnstable" | "frameRateLow" | "noAudioStream" | "noVideoStream" | "audioCodec" | "audioSampleRate" | "audioTooManyChannels" | "audioBitrateLow" | "audioBitrateHigh" | "videoResolutionChanged" | "metadataMismatch" | "videoProfileUnsupported";

/** How often one kind of finding was raised on a stream. */
export interface FindingCount {
  readonly code: FindingCode;
  readonly title: string;
  /** The worst */
  readonly severity: Severity;
  readonly count: number;
}

/** A generated key and its stream. No later response contains the key. */
export interface GeneratedStream {
  readonly id: string;
  readonly status: string;
  readonly created_at: string;
  readonly expires_at: string | null;
  /** Server URL for the encoder, in the channel's region and without the key; not for playback */
  readonly rtmp_url: string;
  /** Playlist for viewers */
  readonly hls_url: string;
  readonly stream_key: string;
}

export interface GeneratedStreamAnswer {
  readonly stream: GeneratedStream;
}

/** `degraded` means that running streams continue, but no ingest node accepts new ones; `ingest` says why: `full`, `draining` or `none`. */
export interface Health {
  readonly status: "ok" | "degraded" | "unavailable";
  readonly database: "ok" | "unreachable";
  readonly ingest: Readiness | null;
  readonly stage: string;
  readonly detail: string | null;
}

/** One thing that is wrong with a running stream. */
export interface HealthFinding {
  readonly code: FindingCode;
  readonly severity: Severity;
  readonly title: string;
  readonly measured: string;
  readonly expected: string;
  readonly since: string;
  /** What to do about it, in the encoder's own words where it is known */
  readonly action: string;
}

/** A server that encoders can publish to. */
export interface IngestEndpoint {
  readonly region: string;
  /** RTMPS where the deployment has a certificate */
  readonly url: string;
  /** The same server without encryption; null if `url` is not encrypted */
  readonly plain_url: string | null;
}

/** A new key. No later response contains `stream_key`. */
export interface IssuedKey {
  readonly key_id: string;
  readonly broadcaster_id: string;
  readonly label: string;
  readonly hint: string;
  readonly status: KeyReading;
  readonly created_at: string;
  readonly not_before: string | null;
  readonly expires_at: string | null;
  readonly one_time: boolean;
  readonly allow_list: readonly string[];
  readonly uses: number;
  readonly last_used_at: string | null;
  readonly stream_id: string | null;
  readonly stream_key: string;
}

/** A stream key without its text: `hint` is its last characters. `stream_id` is set while a stream is using it. */
export interface Key {
  readonly key_id: string;
  readonly broadcaster_id: string;
  readonly label: string;
  readonly hint: string;
  readonly status: KeyReading;
  readonly created_at: string;
  readonly not_before: string | null;
  readonly expires_at: string | null;
  readonly one_time: boolean;
  readonly allow_list: readonly string[];
  readonly uses: number;
  readonly last_used_at: string | null;
  readonly stream_id: string | null;
}

export interface KeyHint {
  readonly key_id: string;
  readonly hint: string;
  readonly expires_at: string | null;
}

export interface KeyList {
  readonly keys: readonly Key[];
}

/** The current status of a key. `expired` includes one-time keys whose stream has ended. */
export type KeyReading = "active" | "revoked" | "expired" | "in-use";

/** How the channel's last stream ended. */
export interface LastEnd {
  readonly stream_id: string;
  /** Null if no video or audio was ever received */
  readonly started_at: string | null;
  /** Null if the ingest node failed and the end is not recorded yet */
  readonly ended_at: string | null;
  readonly reason: EndReason | null;
  /** The reason as a sentence */
  readonly reason_text: string | null;
  /** What to do about it */
  readonly action: string | null;
}

/** The most recent refusal of a publisher with a key of this channel. */
export interface LastRefusal {
  readonly at: string;
  /** One of the codes in [why a publisher is refused](#why-a-publisher-is-refused) */
  readonly code: "at_capacity" | "broadcaster_blocked" | "channel_closed" | "key_expired" | "key_in_use" | "key_malformed" | "key_missing" | "key_not_allowed_here" | "key_not_yet_valid" | "key_revoked" | "key_unknown" | "key_used_up" | "node_draining" | "starts_limited" | "store_unavailable" | "wrong_application";
  /** The reason as a sentence */
  readonly reason: string | null;
  /** What to do about it */
  readonly action: string | null;
  readonly client_ip: string | null;
}

/** What the line of a test stream has carried so far. */
export interface LineMeasure {
  /** Without a break, until now */
  readonly seconds: number;
  /** Carried, on average of the last 60 s, in 1000 bit/s */
  readonly bitrate_kbps: number;
  /** How often the media came more than 0.5 s late, or the connection was lost */
  readonly breaks: number;
  /** Bitrate to stream at, sound included; null until 20 s are over */
  readonly recommended_kbps: number | null;
}

/** The running stream as its owner sees it. */
export interface Live {
  /** Browser tabs that play it now; an estimate if there are more than a thousand. Null once it has ended, and where they are not counted: on media servers */
  readonly viewers: number | null;
  /** At once */
  readonly peak_viewers: number | null;
  /** Over the time that it was carried */
  readonly average_viewers: number | null;
  /** Of all viewers together */
  readonly watched_minutes: number | null;
  /** Audio and video payload, in 1000 bit/s */
  readonly bitrate_kbps: number | null;
  /** Video only */
  readonly video_bitrate_kbps: number | null;
  /** Audio only */
  readonly audio_bitrate_kbps: number | null;
  readonly fps: number | null;
  /** Between the last two key frames */
  readonly keyframe_interval_s: number | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly video_codec: string | null;
  /** Named as in the codec's standard, e.g. "Main 10" */
  readonly video_profile: string | null;
  /** Named as in the codec's standard, e.g. "4.1" */
  readonly video_level: string | null;
  readonly audio_codec: string | null;
  /** Hz */
  readonly audio_sample_rate: number | null;
  readonly audio_channels: number | null;
  readonly encoder: string | null;
  readonly stream_id: string;
  readonly started_at: string;
  /** Null until it was measured, and on media servers */
  readonly health: StreamHealth | null;
  /** A test stream: nobody else can see it, and it is not recorded */
  readonly test: boolean;
  /** What the connection carries. Null unless it is a test, and on media servers */
  readonly line: LineMeasure | null;
}

export interface MetricsMessage {
  /** Browser tabs that play it now; an estimate if there are more than a thousand. Null once it has ended, and where they are not counted: on media servers */
  readonly viewers: number | null;
  /** At once */
  readonly peak_viewers: number | null;
  /** Over the time that it was carried */
  readonly average_viewers: number | null;
  /** Of all viewers together */
  readonly watched_minutes: number | null;
  readonly bitrate_kbps: number;
  /** Video only */
  readonly video_bitrate_kbps: number | null;
  /** Audio only */
  readonly audio_bitrate_kbps: number | null;
  readonly fps: number | null;
  /** Between the last two key frames */
  readonly keyframe_interval_s: number | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly video_codec: string | null;
  /** Named as in the codec's standard, e.g. "Main 10" */
  readonly video_profile: string | null;
  /** Named as in the codec's standard, e.g. "4.1" */
  readonly video_level: string | null;
  readonly audio_codec: string | null;
  /** Hz */
  readonly audio_sample_rate: number | null;
  readonly audio_channels: number | null;
  readonly encoder: string | null;
  readonly stream_id: string;
  readonly started_at: string;
  /** Null until it was measured, and on media servers */
  readonly health: StreamHealth | null;
  /** A test stream: nobody else can see it, and it is not recorded */
  readonly test: boolean;
  /** What the connection carries. Null unless it is a test, and on media servers */
  readonly line: LineMeasure | null;
  readonly type: "metrics";
  readonly seq: number;
  readonly at: string;
  readonly uptime_s: number;
}

/** Times are ISO 8601 with a zone. A `one_time` key is valid for one stream. `allow_list` holds the networks from which the key may be used; empty means any. */
export interface NewKey {
  readonly label?: string;
  readonly not_before?: string | null;
  readonly expires_at?: string | null;
  readonly one_time?: boolean;
  readonly allow_list?: readonly string[];
}

/** `ttl_seconds` is the lifetime of the token, from one minute to one day. `preview`: it plays test streams as well; keep it to yourself. */
export interface NewPlaybackToken {
  readonly ttl_seconds?: number;
  readonly preview?: boolean;
}

/** Of a stream: `fair` with a warning, `poor` with an error. */
export type Overall = "good" | "fair" | "poor";

/** A channel as its owner sees it. */
export interface OwnChannel {
  readonly title: string;
  readonly description: string;
  readonly category: string;
  readonly tags: readonly string[];
  readonly channel_id: string;
  /** Increases with every change of the details or the key: the highest is the newest */
  readonly version: number;
  /** Null while encoders are accepted */
  readonly closed: Closed | null;
  readonly visibility: Visibility;
  /** Whether streams are recorded; a change applies from the next stream */
  readonly recording: boolean;
  readonly region: string;
  /** Server URL for the encoder: scheme, host, port and application; no key */
  readonly ingest_url: string;
  /** Every server that accepts the channel's key; the first one has `ingest_url` */
  readonly ingest_endpoints: readonly IngestEndpoint[];
  readonly key: KeyHint | null;
  /** The broadcaster's name; may be empty */
  readonly display_name: string;
  readonly status: ChannelStatus;
  /** When RECONNECTING gives up; null otherwise */
  readonly status_until: string | null;
  readonly playback: Playback;
  /** The stream that runs; null while OFFLINE */
  readonly live: Live | null;
  /** Null while a stream is running, and before the first one */
  readonly last_end: LastEnd | null;
  /** Null if there was none in the last 90 days */
  readonly last_refusal: LastRefusal | null;
}

/** The details of a channel, including those that only its owner can see. */
export interface OwnChannelDetails {
  readonly title: string;
  readonly description: string;
  readonly category: string;
  readonly tags: readonly string[];
  readonly channel_id: string;
  /** Increases with every change of the details or the key: the highest is the newest */
  readonly version: number;
  /** Null while encoders are accepted */
  readonly closed: Closed | null;
  readonly visibility: Visibility;
  /** Whether streams are recorded; a change applies from the next stream */
  readonly recording: boolean;
  readonly region: string;
  /** Server URL for the encoder: scheme, host, port and application; no key */
  readonly ingest_url: string;
  /** Every server that accepts the channel's key; the first one has `ingest_url` */
  readonly ingest_endpoints: readonly IngestEndpoint[];
  readonly key: KeyHint | null;
}

/** The recording of one stream, with the reason if part of it is missing. */
export interface OwnRecording {
  readonly status: RecordingStatus;
  /** An HLS playlist; it grows while the stream is running. Null also while the server records nothing */
  readonly url: string | null;
  /** The whole recording as one MP4, once the stream has ended */
  readonly download_url: string | null;
  /** A JPEG; 404 if none was made */
  readonly poster_url: string | null;
  /** Null while the stream is running */
  readonly duration_ms: number | null;
  /** Null while the stream is running */
  readonly size_bytes: number | null;
  /** When it will be deleted; null while it is being recorded or kept */
  readonly expires_at: string | null;
  /** Whether the owner keeps it without an expiry */
  readonly kept: boolean;
  /** Whether it can be played only with a playback token in the path of its URLs */
  readonly private: boolean;
  /** Null if nothing is missing */
  readonly reason: RecordingReason | null;
  /** The reason as a sentence */
  readonly reason_text: string | null;
}

/** A stream of the caller. If `state` is null, it has not started yet: its key was generated but not used. */
export interface OwnStream {
  /** Browser tabs that play it now; an estimate if there are more than a thousand. Null once it has ended, and where they are not counted: on media servers */
  readonly viewers: number | null;
  /** At once */
  readonly peak_viewers: number | null;
  /** Over the time that it was carried */
  readonly average_viewers: number | null;
  /** Of all viewers together */
  readonly watched_minutes: number | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly fps: number | null;
  readonly video_codec: string | null;
  /** Named as in the codec's standard, e.g. "Main 10" */
  readonly video_profile: string | null;
  /** Named as in the codec's standard, e.g. "4.1" */
  readonly video_level: string | null;
  readonly audio_codec: string | null;
  /** Hz */
  readonly audio_sample_rate: number | null;
  readonly audio_channels: number | null;
  readonly encoder: string | null;
  readonly id: string;
  readonly channel_id: string;
  readonly status: string;
  readonly state: StreamState | null;
  readonly title: string;
  readonly created_at: string;
  readonly started_at: string | null;
  readonly ended_at: string | null;
  readonly duration_s: number | null;
  /** Server URL for the encoder, in the channel's region and without the key; not for playback */
  readonly rtmp_url: string;
  /** Playlist for viewers */
  readonly hls_url: string;
  /** A JPEG of the running stream, at most a minute old; 404 until there is one. Null if the media server that carries the stream provides none */
  readonly thumbnail_url: string | null;
  /** Null if nothing was recorded */
  readonly recording: OwnRecording | null;
  readonly key_id: string;
  readonly expires_at: string | null;
  readonly end_reason: EndReason | null;
  /** Received from the encoder, over all its connections */
  readonly bytes_in: number;
  /** A test stream, which nobody else could see */
  readonly test: boolean;
  /** Null before the first measures, and on media servers */
  readonly summary: StreamSummary | null;
}

/** A stream of the caller, with what was around it. */
export interface OwnStreamDetails {
  /** Browser tabs that play it now; an estimate if there are more than a thousand. Null once it has ended, and where they are not counted: on media servers */
  readonly viewers: number | null;
  /** At once */
  readonly peak_viewers: number | null;
  /** Over the time that it was carried */
  readonly average_viewers: number | null;
  /** Of all viewers together */
  readonly watched_minutes: number | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly fps: number | null;
  readonly video_codec: string | null;
  /** Named as in the codec's standard, e.g. "Main 10" */
  readonly video_profile: string | null;
  /** Named as in the codec's standard, e.g. "4.1" */
  readonly video_level: string | null;
  readonly audio_codec: string | null;
  /** Hz */
  readonly audio_sample_rate: number | null;
  readonly audio_channels: number | null;
  readonly encoder: string | null;
  readonly id: string;
  readonly channel_id: string;
  readonly status: string;
  readonly state: StreamState | null;
  readonly title: string;
  readonly created_at: string;
  readonly started_at: string | null;
  readonly ended_at: string | null;
  readonly duration_s: number | null;
  /** Server URL for the encoder, in the channel's region and without the key; not for playback */
  readonly rtmp_url: string;
  /** Playlist for viewers */
  readonly hls_url: string;
  /** A JPEG of the running stream, at most a minute old; 404 until there is one. Null if the media server that carries the stream provides none */
  readonly thumbnail_url: string | null;
  /** Null if nothing was recorded */
  readonly recording: OwnRecording | null;
  readonly key_id: string;
  readonly expires_at: string | null;
  readonly end_reason: EndReason | null;
  /** Received from the encoder, over all its connections */
  readonly bytes_in: number;
  /** A test stream, which nobody else could see */
  readonly test: boolean;
  /** Null before the first measures, and on media servers */
  readonly summary: StreamSummary | null;
  /** `ingest`, or the kind of media server that carried it */
  readonly source: string;
  /** The encoder's address when the stream started */
  readonly client_ip: string | null;
  /** The reason as a sentence */
  readonly end_reason_text: string | null;
  /** What to do about it; null if there is nothing to do */
  readonly end_reason_action: string | null;
  /** The stream before it that was live */
  readonly previous_stream_id: string | null;
  /** The stream after it that was live */
  readonly next_stream_id: string | null;
  /** Publishers refused from ten minutes before its start until ten minutes after its end, newest first */
  readonly refusals: readonly Refusal[];
}

/** A WebSocket message to a channel's owner */
export type OwnerMessage = SnapshotMessage | ChannelMessage | StatusMessage | MetricsMessage | RefusedMessage | WaitingMessage | ErrorMessage | ClosingMessage | PongMessage;

export interface Playback {
  readonly hls_url: string;
  /** A JPEG of the running stream, at most a minute old; 404 until there is one. Null if the media server that carries the stream provides none */
  readonly thumbnail_url: string | null;
}

/** A playback token, and two links that contain it. */
export interface PlaybackToken {
  readonly token: string;
  /** For players, with the token in the path */
  readonly hls_url: string;
  /** For people, with the token in the fragment */
  readonly watch_url: string;
  readonly expires_at: string;
}

/** The response to `ping`. */
export interface PongMessage {
  readonly type: "pong";
}

/** RFC 9457 problem details. `code` is stable; the other texts are for people and may change. */
export interface Problem {
  readonly type: "about:blank";
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: "account_deleted" | "action_not_allowed" | "admin_role_missing" | "admin_secret_invalid" | "broadcast_ended" | "broadcaster_blocked" | "broadcaster_exists" | "broadcaster_not_found" | "channel_not_found" | "delivery_not_found" | "hook_secret_invalid" | "idempotency_key_reused" | "identity_unavailable" | "internal_error" | "invalid_input" | "key_changed" | "key_expired" | "key_in_use" | "key_is_current" | "key_missing" | "key_not_allowed_here" | "key_not_found" | "key_not_yet_valid" | "key_revoked" | "key_unknown" | "key_used_up" | "method_not_allowed" | "node_not_found" | "not_live" | "payload_too_large" | "playback_tokens_unavailable" | "recording_not_found" | "recording_running" | "route_not_found" | "starts_limited" | "still_in_progress" | "store_unavailable" | "stream_not_found" | "token_expired" | "token_invalid" | "token_missing" | "too_many_keys" | "too_many_requests" | "too_many_webhooks" | "unsupported_media_type" | "webhook_not_found" | "webhook_url_refused" | "wrong_application";
  readonly action: string;
  /** The fields that are not valid */
  readonly errors?: readonly (Readonly<Record<string, unknown>>)[];
}

/** A channel as everyone can see it. */
export interface PublicChannel {
  readonly title: string;
  readonly description: string;
  readonly category: string;
  readonly tags: readonly string[];
  readonly channel_id: string;
  /** Increases with every change of the details or the key: the highest is the newest */
  readonly version: number;
  /** The broadcaster's name; may be empty */
  readonly display_name: string;
  readonly status: ChannelStatus;
  /** When RECONNECTING gives up; null otherwise */
  readonly status_until: string | null;
  readonly playback: Playback;
  /** The stream that runs; null while OFFLINE */
  readonly live: PublicLive | null;
}

/** The channel's details have changed. */
export interface PublicChannelMessage {
  readonly type: "channel";
  readonly at: string;
  readonly channel: ChannelDetails;
}

export interface PublicLive {
  /** Browser tabs that play it now; an estimate if there are more than a thousand. Null once it has ended, and where they are not counted: on media servers */
  readonly viewers: number | null;
  /** Audio and video payload, in 1000 bit/s */
  readonly bitrate_kbps: number | null;
  /** Video only */
  readonly video_bitrate_kbps: number | null;
  /** Audio only */
  readonly audio_bitrate_kbps: number | null;
  readonly fps: number | null;
  /** Between the last two key frames */
  readonly keyframe_interval_s: number | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly video_codec: string | null;
  /** Named as in the codec's standard, e.g. "Main 10" */
  readonly video_profile: string | null;
  /** Named as in the codec's standard, e.g. "4.1" */
  readonly video_level: string | null;
  readonly audio_codec: string | null;
  /** Hz */
  readonly audio_sample_rate: number | null;
  readonly audio_channels: number | null;
  readonly stream_id: string;
  readonly started_at: string;
}

/** A WebSocket message to a viewer */
export type PublicMessage = PublicSnapshotMessage | PublicChannelMessage | PublicStatusMessage | PublicMetricsMessage | ErrorMessage | ClosingMessage | PongMessage;

/** Measurements of the running stream: for its owner once a second, for viewers every five. */
export interface PublicMetricsMessage {
  /** Browser tabs that play it now; an estimate if there are more than a thousand. Null once it has ended, and where they are not counted: on media servers */
  readonly viewers: number | null;
  readonly bitrate_kbps: number;
  /** Video only */
  readonly video_bitrate_kbps: number | null;
  /** Audio only */
  readonly audio_bitrate_kbps: number | null;
  readonly fps: number | null;
  /** Between the last two key frames */
  readonly keyframe_interval_s: number | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly video_codec: string | null;
  /** Named as in the codec's standard, e.g. "Main 10" */
  readonly video_profile: string | null;
  /** Named as in the codec's standard, e.g. "4.1" */
  readonly video_level: string | null;
  readonly audio_codec: string | null;
  /** Hz */
  readonly audio_sample_rate: number | null;
  readonly audio_channels: number | null;
  readonly stream_id: string;
  readonly started_at: string;
  readonly type: "metrics";
  readonly seq: number;
  readonly at: string;
  readonly uptime_s: number;
}

/** The current state of the channel: the first message, and the response to `snapshot`. */
export interface PublicSnapshotMessage {
  readonly type: "snapshot";
  readonly seq: number;
  readonly at: string;
  readonly channel: PublicChannel;
}

/** The channel's status has changed. `reason`, `reason_text` and `action` are null for viewers. */
export interface PublicStatusMessage {
  readonly type: "status";
  readonly seq: number;
  readonly at: string;
  readonly status: ChannelStatus;
  readonly stream_id: string;
  readonly reason: string | null;
  readonly reason_text: string | null;
  /** What to do about it */
  readonly action: string | null;
  /** While RECONNECTING: when the grace period ends */
  readonly until: string | null;
  readonly live: PublicLive | null;
}

/** A public channel that is live, with its stream. `id` is the id of the stream. */
export interface PublicStream {
  /** Browser tabs that play it now; an estimate if there are more than a thousand. Null once it has ended, and where they are not counted: on media servers */
  readonly viewers: number | null;
  readonly title: string;
  readonly description: string;
  readonly category: string;
  readonly tags: readonly string[];
  readonly channel_id: string;
  /** Increases with every change of the details or the key: the highest is the newest */
  readonly version: number;
  /** The broadcaster's name; may be empty */
  readonly display_name: string;
  readonly status: ChannelStatus;
  /** When RECONNECTING gives up; null otherwise */
  readonly status_until: string | null;
  readonly playback: Playback;
  /** The stream that runs; null while OFFLINE */
  readonly live: PublicLive | null;
  readonly id: string;
  readonly created_at: string;
  readonly hls_url: string;
  /** A JPEG of the running stream, at most a minute old; 404 until there is one. Null if the media server that carries the stream provides none */
  readonly thumbnail_url: string | null;
}

/** `message` is a sentence to show if there are no streams, and null otherwise. */
export interface PublicStreamPage {
  readonly streams: readonly PublicStream[];
  readonly next_cursor: string | null;
  readonly message: string | null;
}

/** Whether an ingest node accepts new publishers. If none does: `full` if new ones wait for a place, `draining` if those that are running do not accept any, `none` if none is running. */
export type Readiness = "serving" | "full" | "draining" | "none";

/** The recording of one stream. URLs are null if they are not available. */
export interface Recording {
  readonly status: RecordingStatus;
  /** An HLS playlist; it grows while the stream is running. Null also while the server records nothing */
  readonly url: string | null;
  /** The whole recording as one MP4, once the stream has ended */
  readonly download_url: string | null;
  /** A JPEG; 404 if none was made */
  readonly poster_url: string | null;
  /** Null while the stream is running */
  readonly duration_ms: number | null;
  /** Null while the stream is running */
  readonly size_bytes: number | null;
  /** When it will be deleted; null while it is being recorded or kept */
  readonly expires_at: string | null;
  /** Whether the owner keeps it without an expiry */
  readonly kept: boolean;
}

/** A recording that is `kept` does not expire. */
export interface RecordingEdit {
  readonly kept: boolean;
}

/** Newest first. */
export interface RecordingPage {
  readonly recordings: readonly ChannelRecording[];
  readonly next_cursor: string | null;
}

/** Why a recording is incomplete or failed, permanently or for now. */
export type RecordingReason = "storage_unreachable" | "storage_refused" | "storage_full" | "storage_corrupt" | "storage_slow" | "too_long" | "packaging_stopped" | "node_lost" | "internal_error";

export type RecordingStatus = "recording" | "available" | "incomplete" | "failed" | "deleted";

/** `reason` is the code with which the publisher was refused, or its connection ended before it got a response. */
export interface Refusal {
  readonly at: string;
  readonly reason: string;
  readonly title: string | null;
  readonly action: string | null;
  readonly broadcaster_id: string | null;
  readonly key_id: string | null;
  readonly node_id: string | null;
  readonly client_ip: string | null;
}

/** Newest first. */
export interface RefusalPage {
  readonly refusals: readonly Refusal[];
  readonly next_cursor: string | null;
}

/** A publisher with a key of this channel was refused. */
export interface RefusedMessage {
  readonly at: string;
  /** One of the codes in [why a publisher is refused](#why-a-publisher-is-refused) */
  readonly code: "at_capacity" | "broadcaster_blocked" | "channel_closed" | "key_expired" | "key_in_use" | "key_malformed" | "key_missing" | "key_not_allowed_here" | "key_not_yet_valid" | "key_revoked" | "key_unknown" | "key_used_up" | "node_draining" | "starts_limited" | "store_unavailable" | "wrong_application";
  /** The reason as a sentence */
  readonly reason: string | null;
  /** What to do about it */
  readonly action: string | null;
  readonly client_ip: string | null;
  readonly type: "refused";
  readonly seq: number;
}

/** The ingest URL and the stream key in plain text. */
export interface RevealedCredentials {
  readonly ingest_url: string;
  readonly key_id: string;
  readonly stream_key_masked: string;
  readonly expires_at: string | null;
  readonly stream_key: string;
}

/** Of the values of a sample's time, one a second. */
export interface SampleSpread {
  readonly min: number;
  readonly average: number;
  readonly max: number;
}

/** `info` is worth knowing, `warning` harms the picture or may soon, `error` keeps viewers from watching. */
export type Severity = "info" | "warning" | "error";

export interface SnapshotMessage {
  readonly type: "snapshot";
  readonly seq: number;
  readonly at: string;
  readonly channel: OwnChannel;
}

export interface StatusMessage {
  readonly type: "status";
  readonly seq: number;
  readonly at: string;
  readonly status: ChannelStatus;
  readonly stream_id: string;
  readonly reason: string | null;
  readonly reason_text: string | null;
  /** What to do about it */
  readonly action: string | null;
  /** While RECONNECTING: when the grace period ends */
  readonly until: string | null;
  readonly live: Live | null;
}

/** A stream, running or ended, as everyone can see it. `duration_s` increases while the stream is running. */
export interface Stream {
  /** Browser tabs that play it now; an estimate if there are more than a thousand. Null once it has ended, and where they are not counted: on media servers */
  readonly viewers: number | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly fps: number | null;
  readonly video_codec: string | null;
  /** Named as in the codec's standard, e.g. "Main 10" */
  readonly video_profile: string | null;
  /** Named as in the codec's standard, e.g. "4.1" */
  readonly video_level: string | null;
  readonly audio_codec: string | null;
  /** Hz */
  readonly audio_sample_rate: number | null;
  readonly audio_channels: number | null;
  readonly id: string;
  readonly channel_id: string;
  readonly status: string;
  readonly state: StreamState | null;
  readonly title: string;
  readonly created_at: string;
  readonly started_at: string | null;
  readonly ended_at: string | null;
  readonly duration_s: number | null;
  /** Server URL for the encoder, in the channel's region and without the key; not for playback */
  readonly rtmp_url: string;
  /** Playlist for viewers */
  readonly hls_url: string;
  /** A JPEG of the running stream, at most a minute old; 404 until there is one. Null if the media server that carries the stream provides none */
  readonly thumbnail_url: string | null;
  /** Null if there is none that can be watched */
  readonly recording: Recording | null;
}

export interface StreamAnswer {
  readonly stream: Stream;
}

/** Everything stored about a stream of the caller. */
export interface StreamExport {
  readonly exported_at: string;
  /** False if there is more than fits into a response: the latest is missing */
  readonly complete: boolean;
  readonly stream: OwnStreamDetails;
  /** Seconds of a sample: 10, or more for a stream of half a day or longer */
  readonly bucket_s: number;
  readonly samples: readonly StreamSample[];
  readonly timeline: readonly TimelineEntry[];
}

/** Of a running stream, from the measures of the last half minute. */
export interface StreamHealth {
  readonly overall: Overall;
  /** The worst first */
  readonly findings: readonly HealthFinding[];
}

/** A stream as a client with its key sees it: running, or ready to be started with the key. */
export interface StreamOfKey {
  readonly id: string;
  readonly status: string;
  readonly created_at: string;
  readonly expires_at: string | null;
  /** Server URL for the encoder, in the channel's region and without the key; not for playback */
  readonly rtmp_url: string;
  /** Playlist for viewers */
  readonly hls_url: string;
}

export interface StreamOfKeyAnswer {
  readonly stream: StreamOfKey;
}

/** The caller's streams, newest first; `next_cursor` is null on the last page. */
export interface StreamPage {
  readonly streams: readonly OwnStream[];
  readonly next_cursor: string | null;
}

/** The measures of `bucket_s` seconds from `at` on. Null: nothing was measured in that time. */
export interface StreamSample {
  readonly at: string;
  /** Audio and video, each value over six seconds */
  readonly bitrate_kbps: SampleSpread | null;
  /** Frames a second, each value over six seconds */
  readonly video_fps: SampleSpread | null;
  /** Seconds between key frames */
  readonly keyframe_interval_s: SampleSpread | null;
  readonly viewers: SampleSpread | null;
  readonly video_bitrate_kbps: SampleSpread | null;
  readonly audio_bitrate_kbps: SampleSpread | null;
}

/** Samples in the order of time. There is none for a time in which the stream was interrupted. */
export interface StreamSamples {
  readonly stream_id: string;
  readonly bucket_s: number;
  readonly started_at: string | null;
  readonly samples: readonly StreamSample[];
  readonly next_cursor: string | null;
}

export type StreamState = "CONNECTING" | "LIVE" | "RECONNECTING" | "ENDED";

/** What a stream was on the whole, so far or until its end. */
export interface StreamSummary {
  /** Seconds in which it was live and measured */
  readonly measured_s: number;
  /** Null before the first second */
  readonly average_bitrate_kbps: number | null;
  /** Over six seconds; null before the first second */
  readonly peak_bitrate_kbps: number | null;
  readonly interruptions: number;
  /** Its health when it was worst */
  readonly worst: Overall;
  /** The most severe first */
  readonly findings: readonly FindingCount[];
}

/** `kind` is the name of a state change, or `connection` for the audit record of a connection; `facts` has its details. */
export interface TimelineEntry {
  readonly seq: number;
  readonly at: string;
  readonly kind: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** Entries in the order of `seq`. */
export interface TimelinePage {
  readonly stream_id: string;
  readonly entries: readonly TimelineEntry[];
  readonly next_cursor: string | null;
}

export type Visibility = "public" | "unlisted" | "private";

/** A publisher with a key of this channel waits for a place: all ingest servers are full. Repeated every 10 s. */
export interface WaitingMessage {
  readonly type: "waiting";
  readonly at: string;
  /** Its place in the queue, from 1; null: it waits no more */
  readonly place: number | null;
  /** When it is refused, if no place has become free */
  readonly until: string;
  readonly client_ip: string | null;
}

export const limits = {
  "ChannelEdit": {
    "title": {
      "maxLength": 140
    },
    "display_name": {
      "maxLength": 80
    },
    "description": {
      "maxLength": 2000
    },
    "category": {
      "maxLength": 60
    },
    "tags": {
      "maxItems": 10,
      "items": {
        "minLength": 1,
        "maxLength": 30
      }
    }
  },
  "NewKey": {
    "label": {
      "maxLength": 60
    },
    "allow_list": {
      "maxItems": 20,
      "items": {
        "maxLength": 50
      }
    }
  },
  "NewPlaybackToken": {},
  "RecordingEdit": {}
} as const;
