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

/** A running stream as administrators see it. */
export interface ActiveStream {
  /** Browser tabs that play it now; an estimate if there are more than a thousand. Null once it has ended, and where they are not counted: on media servers */
  readonly viewers: number | null;
  readonly title: string;
  readonly description: string;
  readonly category: string;
  readonly tags: readonly string[];
  readonly id: string;
  readonly channel_id: string;
  readonly visibility: Visibility;
  readonly broadcaster: BroadcasterOfStream;
  readonly key_id: string;
  readonly source: string;
  readonly node_id: string;
  readonly started_at: string | null;
  readonly duration_s: number | null;
  readonly playback: AllPlayback;
  readonly technical: Technical;
  /** A test stream, which only its owner can see */
  readonly test: boolean;
  /** Null until it was measured, once it has ended, and on media servers */
  readonly health: StreamHealth | null;
  readonly status: ChannelStatus;
  readonly status_until: string | null;
}

/** `message` is a sentence to show if there are no streams, and null otherwise. */
export interface ActiveStreamPage {
  readonly streams: readonly ActiveStream[];
  readonly next_cursor: string | null;
  readonly message: string | null;
}

/** One request of an administrator that was to change something. */
export interface AdminAction {
  readonly at: string;
  /** The user id in the token, or `shared secret` */
  readonly operator: string;
  /** The verified address in the token */
  readonly email: string | null;
  /** Whom a caller with the shared secret named */
  readonly by: string | null;
  /** The `operationId` of the request */
  readonly action: string;
  /** The ids in its path */
  readonly target: Readonly<Record<string, string>>;
  /** The reason that was given */
  readonly why: string | null;
  /** Where the request came from */
  readonly address: string;
  /** Of the answer; null if the request did not come to its end */
  readonly status: number | null;
}

/** Newest first. */
export interface AdminActionPage {
  readonly actions: readonly AdminAction[];
  readonly next_cursor: string | null;
}

/** Playback URLs of a stream; null if its server does not offer that protocol. */
export interface AllPlayback {
  readonly hls_url: string;
  readonly webrtc_url: string | null;
  readonly rtmp_url: string | null;
  /** A JPEG of the running stream; of a private stream or a test with a playback token in its path, which is valid for a few minutes */
  readonly thumbnail_url: string | null;
}

/** When, by whom and why a broadcaster was blocked. */
export interface Block {
  readonly at: string;
  readonly by: string;
  readonly why: string;
}

/** One entry of the history: a block, or its removal. */
export interface BlockEntry {
  readonly at: string;
  readonly by: string;
  readonly why: string;
  readonly kind: "blocked" | "unblocked";
}

/** `why` and the administrator's identity are recorded and shown to administrators only. A request with a token is recorded under the token's user; a request with the shared secret may say in `by` who made it. */
export interface Blocking {
  readonly by?: string | null;
  readonly why?: string;
}

/** Fields that are left out stay as they are. */
export interface BroadcastEdit {
  readonly title?: string | null;
  readonly starts_at?: string | null;
  readonly minutes?: number | null;
  readonly time_zone?: string | null;
}

/** `broadcaster_id` is also the id of their channel. */
export interface Broadcaster {
  readonly broadcaster_id: string;
  readonly user_id: string | null;
  readonly email: string | null;
  readonly display_name: string;
  readonly contact: string;
  readonly title: string;
  readonly visibility: Visibility;
  readonly region: string;
  readonly created_at: string;
  readonly blocked: Block | null;
}

/** `history` lists who blocked and unblocked them in the last 90 days, oldest first. */
export interface BroadcasterDetails {
  readonly broadcaster_id: string;
  readonly user_id: string | null;
  readonly email: string | null;
  readonly display_name: string;
  readonly contact: string;
  readonly title: string;
  readonly visibility: Visibility;
  readonly region: string;
  readonly created_at: string;
  readonly blocked: Block | null;
  readonly keys: readonly Key[];
  readonly history: readonly BlockEntry[];
}

/** Fields that are left out stay as they are. */
export interface BroadcasterEdit {
  readonly display_name?: string | null;
  readonly contact?: string | null;
}

export interface BroadcasterOfStream {
  readonly broadcaster_id: string;
  readonly display_name: string;
}

export interface BroadcasterPage {
  readonly broadcasters: readonly Broadcaster[];
  readonly next_cursor: string | null;
}

/** Their streams, newest first; `next_cursor` is null on the last page. */
export interface BroadcasterStreams {
  readonly streams: readonly OwnStream[];
  readonly next_cursor: string | null;
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
  readonly second_publisher?: SecondPublisher | null;
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

/** What the encoder says of its settings in `onMetaData`; null where it says nothing. */
export interface Declared {
  readonly width: number | null;
  readonly height: number | null;
  readonly fps: number | null;
  readonly video_bitrate_kbps: number | null;
  readonly audio_bitrate_kbps: number | null;
}

/** `attempts` counts the attempts since the event or since the last replay. */
export interface Delivery {
  readonly event_id: string;
  readonly event: string;
  readonly status: DeliveryStatus;
  readonly created_at: string;
  readonly next_attempt_at: string | null;
  readonly attempts: number;
  readonly last_status: number | null;
  readonly last_error: string | null;
}

/** `status` is null if there was no response; `error` says why. `response` is the first kilobyte of the response. */
export interface DeliveryAttempt {
  readonly at: string;
  readonly status: number | null;
  readonly error: string | null;
  readonly response: string;
  readonly duration_ms: number;
}

/** `payload` is the body that is sent; `log` has the latest attempts, also those before a replay, oldest first. */
export interface DeliveryDetails {
  readonly event_id: string;
  readonly event: string;
  readonly status: DeliveryStatus;
  readonly created_at: string;
  readonly next_attempt_at: string | null;
  readonly attempts: number;
  readonly last_status: number | null;
  readonly last_error: string | null;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly log: readonly DeliveryAttempt[];
}

export interface DeliveryPage {
  readonly deliveries: readonly Delivery[];
  readonly next_cursor: string | null;
}

export type DeliveryStatus = "pending" | "delivered" | "dead";

/** Without `within_seconds` running streams stay until they end. With it they are moved to other nodes one by one, spread over that time: each encoder reconnects within its stream's grace period, and the stream continues. */
export interface Drain {
  readonly within_seconds?: number | null;
}

/** Why a stream ended. */
export type EndReason = "clean_stop" | "unpublished" | "grace_over" | "no_media" | "key_reset" | "key_revoked" | "key_expired" | "stopped" | "admin_stopped" | "blocked" | "lease_lost" | "test_replaced" | "taken_over" | "node_drained" | "node_lost" | "protocol_error";

/** `why` is kept in the audit log, for administrators. The broadcaster is told that an administrator ended it. */
export interface EndedByAdministrator {
  readonly why?: string;
}

/** A message from the client was invalid, or one too many. */
export interface ErrorMessage {
  readonly type: "error";
  readonly code: string;
  readonly reason: string;
  readonly action: string;
}

/** What may be found. */
export type FindingCode = "gopSizeLong" | "gopSizeShort" | "gopSizeIrregular" | "openGop" | "bFrames" | "videoIngestionStarved" | "videoIngestionFasterThanRealtime" | "timestampJump" | "drift" | "bitrateLow" | "bitrateHigh" | "bitrateUnstable" | "frameRateLow" | "noAudioStream" | "noVideoStream" | "audioCodec" | "audioSampleRate" | "audioTooManyChannels" | "audioBitrateLow" | "audioBitrateHigh" | "videoResolutionChanged" | "metadataMismatch" | "videoProfileUnsupported" | "interlacedVideo";

/** How often one kind of finding was raised on a stream. */
export interface FindingCount {
  readonly code: FindingCode;
  readonly title: string;
  /** The worst */
  readonly severity: Severity;
  readonly count: number;
  /** What to do about it, in the encoder's own words where it is known */
  readonly action: string;
}

/** A stream, running or ended, that a search found. */
export interface FoundStream {
  readonly id: string;
  readonly broadcaster: BroadcasterOfStream;
  readonly title: string;
  readonly state: StreamState;
  readonly node_id: string;
  readonly client_ip: string | null;
  readonly created_at: string;
  readonly ended_at: string | null;
  readonly end_reason: EndReason | null;
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
  /** Whether `max_uses` is 1 */
  readonly one_time: boolean;
  readonly allow_list: readonly string[];
  /** Whether everything published with it is a test stream */
  readonly test_only: boolean;
  /** Its priority: `owner`, then `backup`, then `guest` */
  readonly role: KeyRole;
  /** How many streams it is valid for; null: any number */
  readonly max_uses: number | null;
  /** How many streams used it */
  readonly uses: number;
  /** Null: any number */
  readonly uses_left: number | null;
  /** The `key_id` of the key that a rotation put in its place */
  readonly replaced_by: string | null;
  /** The planned broadcast that its times follow */
  readonly broadcast_id: string | null;
  /** From where it was used last */
  readonly last_client_ip: string | null;
  /** What the encoder that used it last calls itself */
  readonly last_encoder: string | null;
  readonly last_used_at: string | null;
  readonly stream_id: string | null;
  readonly stream_key: string;
}

/** A webhook with its new secret. No later response contains `secret`. */
export interface IssuedWebhook {
  readonly webhook_id: string;
  readonly url: string;
  readonly description: string;
  readonly events: readonly string[];
  readonly enabled: boolean;
  readonly disabled_reason: string | null;
  readonly created_at: string;
  readonly secret_hint: string;
  readonly previous_secret_until: string | null;
  readonly failing_since: string | null;
  readonly secret: string;
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
  /** Whether `max_uses` is 1 */
  readonly one_time: boolean;
  readonly allow_list: readonly string[];
  /** Whether everything published with it is a test stream */
  readonly test_only: boolean;
  /** Its priority: `owner`, then `backup`, then `guest` */
  readonly role: KeyRole;
  /** How many streams it is valid for; null: any number */
  readonly max_uses: number | null;
  /** How many streams used it */
  readonly uses: number;
  /** Null: any number */
  readonly uses_left: number | null;
  /** The `key_id` of the key that a rotation put in its place */
  readonly replaced_by: string | null;
  /** The planned broadcast that its times follow */
  readonly broadcast_id: string | null;
  /** From where it was used last */
  readonly last_client_ip: string | null;
  /** What the encoder that used it last calls itself */
  readonly last_encoder: string | null;
  readonly last_used_at: string | null;
  readonly stream_id: string | null;
}

/** Fields that are left out stay as they are. A time that is null is removed: the key is valid from now on, or never expires. `allow_list` and `test_only` apply to the next connection. */
export interface KeyEdit {
  readonly label?: string | null;
  readonly not_before?: string | null;
  readonly expires_at?: string | null;
  readonly allow_list?: readonly string[] | null;
  readonly test_only?: boolean | null;
}

export interface KeyHint {
  readonly key_id: string;
  readonly hint: string;
  readonly expires_at: string | null;
}

export interface KeyList {
  readonly keys: readonly Key[];
}

export interface KeyPage {
  readonly keys: readonly Key[];
  readonly next_cursor: string | null;
}

/** The current status of a key. `expired` includes keys that have no uses left. */
export type KeyReading = "active" | "revoked" | "expired" | "in-use";

/** Whom a key is for. It has a priority, which counts where a channel lets one publisher take over from another. */
export type KeyRole = "owner" | "backup" | "guest";

/** For `overlap_minutes` both keys are valid; 0 ends the old one immediately. */
export interface KeyRotation {
  readonly overlap_minutes?: number;
}

/** The streams that used a key, newest first. */
export interface KeyUsage {
  readonly streams: readonly OwnStream[];
  readonly next_cursor: string | null;
}

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
  readonly code: "at_capacity" | "broadcaster_blocked" | "channel_closed" | "key_expired" | "key_in_use" | "key_malformed" | "key_missing" | "key_not_allowed_here" | "key_not_yet_valid" | "key_revoked" | "key_unknown" | "key_used_up" | "node_draining" | "starts_limited" | "store_unavailable" | "takeovers_limited" | "wrong_application";
  /** The reason as a sentence */
  readonly reason: string | null;
  /** What to do about it */
  readonly action: string | null;
  readonly client_ip: string | null;
  readonly key_id: string | null;
  /** The label of the key that the publisher had */
  readonly key_label: string | null;
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
  /** Whether frames may hold two fields of different times */
  readonly interlaced: boolean | null;
  readonly audio_codec: string | null;
  /** Hz */
  readonly audio_sample_rate: number | null;
  readonly audio_channels: number | null;
  readonly encoder: string | null;
  /** The encoder's settings as it declares them */
  readonly declared: Declared | null;
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
  /** Whether frames may hold two fields of different times */
  readonly interlaced: boolean | null;
  readonly audio_codec: string | null;
  /** Hz */
  readonly audio_sample_rate: number | null;
  readonly audio_channels: number | null;
  readonly encoder: string | null;
  /** The encoder's settings as it declares them */
  readonly declared: Declared | null;
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

/** `starts_at` is ISO 8601 with an offset, at most a year ahead. `time_zone` is the IANA name of the zone that it is planned in. */
export interface NewBroadcast {
  readonly title: string;
  readonly starts_at: string;
  readonly minutes: number;
  readonly time_zone: string;
}

/** `user_id` is the `sub` claim of the account that will own the channel; for tokens of the user service it is `user:<id>`. */
export interface NewBroadcaster {
  readonly display_name: string;
  readonly contact?: string;
  readonly user_id?: string | null;
}

/** Times are ISO 8601 with a zone. `max_uses` is the number of streams that the key is valid for, with their interruptions; `one_time` is the same as 1. `allow_list` holds the networks from which the key may be used; empty means any. Everything published with a `test_only` key is a test stream, as with `?test=1` behind the key. */
export interface NewKey {
  readonly label?: string;
  readonly not_before?: string | null;
  readonly expires_at?: string | null;
  readonly role?: KeyRole;
  readonly max_uses?: number | null;
  readonly one_time?: boolean;
  readonly allow_list?: readonly string[];
  readonly test_only?: boolean;
  readonly broadcast_id?: string | null;
}

/** A key for a broadcaster. */
export interface NewKeyFor {
  readonly label?: string;
  readonly not_before?: string | null;
  readonly expires_at?: string | null;
  readonly role?: KeyRole;
  readonly max_uses?: number | null;
  readonly one_time?: boolean;
  readonly allow_list?: readonly string[];
  readonly test_only?: boolean;
  readonly broadcast_id?: string | null;
  readonly broadcaster_id: string;
}

/** `ttl_seconds` is the lifetime of the token, from one minute to one day. `preview`: it plays test streams as well; keep it to yourself. */
export interface NewPlaybackToken {
  readonly ttl_seconds?: number;
  readonly preview?: boolean;
}

/** Empty or missing `events` subscribes to every event, including kinds that are added later. */
export interface NewWebhook {
  readonly url: string;
  readonly events?: readonly ("Session Created" | "Stream Waiting" | "Stream Start" | "Stream Interrupted" | "Stream Resumed" | "Stream Taken Over" | "Stream End" | "Stream Refused" | "Recording Start" | "Recording End" | "Recording Start Failure" | "Recording Deleted" | "Health Finding Start" | "Health Finding End" | "Ingest Node Change" | "Broadcast Reminder")[];
  readonly description?: string;
  readonly enabled?: boolean;
}

/** `status` is `gone` if the node has stopped renewing its session. `version` is what was deployed, on Fargate the task definition's revision; empty if it is not known. `drain_until` is when its streams have to be on other nodes, if the drain has a deadline. */
export interface Node {
  readonly node_id: string;
  readonly status: "serving" | "draining" | "gone";
  readonly address: string;
  readonly region: string;
  readonly version: string;
  readonly capacity: number;
  readonly active: number;
  /** How many more publishers it has room for, by number, bandwidth and lag together */
  readonly free: number;
  /** What its publishers send together */
  readonly incoming_kbps: number;
  /** How late its event loop runs timers: the 99th percentile of the last minute */
  readonly lag_ms: number;
  readonly started_at: string;
  readonly session_expires_at: string;
  readonly drain_until: string | null;
}

/** `ingest` is whether any node accepts new publishers, as in `GET /health`; `message` says it if none does. */
export interface NodeList {
  readonly nodes: readonly Node[];
  readonly ingest: Readiness;
  readonly message: string | null;
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
  /** What becomes of a second publisher: `refuse`, or `takeover` if its key has a higher priority */
  readonly second_publisher: SecondPublisher;
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
  /** What becomes of a second publisher: `refuse`, or `takeover` if its key has a higher priority */
  readonly second_publisher: SecondPublisher;
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
  /** Whether frames may hold two fields of different times */
  readonly interlaced: boolean | null;
  readonly audio_codec: string | null;
  /** Hz */
  readonly audio_sample_rate: number | null;
  readonly audio_channels: number | null;
  readonly encoder: string | null;
  /** The encoder's settings as it declares them */
  readonly declared: Declared | null;
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
  /** Null before the first measures, and where nothing is measured */
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
  /** Whether frames may hold two fields of different times */
  readonly interlaced: boolean | null;
  readonly audio_codec: string | null;
  /** Hz */
  readonly audio_sample_rate: number | null;
  readonly audio_channels: number | null;
  readonly encoder: string | null;
  /** The encoder's settings as it declares them */
  readonly declared: Declared | null;
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
  /** Null before the first measures, and where nothing is measured */
  readonly summary: StreamSummary | null;
  /** `ingest`, or the kind of media server that carried it */
  readonly source: string;
  /** The encoder's address when the stream started */
  readonly client_ip: string | null;
  /** The name of its stream key; null if the key has none, or is gone */
  readonly key_label: string | null;
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

/** A broadcast that is planned, or should be on now. */
export interface PlannedBroadcast {
  readonly broadcast_id: string;
  readonly title: string;
  readonly starts_at: string;
  readonly ends_at: string;
  /** Its planned length */
  readonly minutes: number;
  /** The IANA time zone that it was planned in */
  readonly time_zone: string;
}

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
  readonly code: "account_deleted" | "action_not_allowed" | "admin_role_missing" | "admin_secret_invalid" | "broadcast_changed" | "broadcast_ended" | "broadcast_not_found" | "broadcaster_blocked" | "broadcaster_exists" | "broadcaster_not_found" | "channel_not_found" | "delivery_not_found" | "hook_secret_invalid" | "idempotency_key_reused" | "identity_unavailable" | "internal_error" | "invalid_input" | "key_changed" | "key_expired" | "key_in_use" | "key_is_current" | "key_missing" | "key_not_active" | "key_not_allowed_here" | "key_not_found" | "key_not_yet_valid" | "key_revoked" | "key_unknown" | "key_used_up" | "method_not_allowed" | "node_not_found" | "not_live" | "payload_too_large" | "playback_tokens_unavailable" | "recording_not_found" | "recording_running" | "route_not_found" | "starts_limited" | "still_in_progress" | "store_unavailable" | "stream_not_found" | "token_expired" | "token_invalid" | "token_missing" | "too_many_broadcasts" | "too_many_keys" | "too_many_requests" | "too_many_webhooks" | "unsupported_media_type" | "webhook_not_found" | "webhook_url_refused" | "wrong_application";
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

/** A channel with what is planned on it. */
export interface PublicChannelPage {
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
  /** The next five planned broadcasts, the next one first */
  readonly upcoming: readonly PlannedBroadcast[];
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
  /** Whether frames may hold two fields of different times */
  readonly interlaced: boolean | null;
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
  /** Whether frames may hold two fields of different times */
  readonly interlaced: boolean | null;
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
  readonly key_label: string | null;
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
  readonly code: "at_capacity" | "broadcaster_blocked" | "channel_closed" | "key_expired" | "key_in_use" | "key_malformed" | "key_missing" | "key_not_allowed_here" | "key_not_yet_valid" | "key_revoked" | "key_unknown" | "key_used_up" | "node_draining" | "starts_limited" | "store_unavailable" | "takeovers_limited" | "wrong_application";
  /** The reason as a sentence */
  readonly reason: string | null;
  /** What to do about it */
  readonly action: string | null;
  readonly client_ip: string | null;
  readonly key_id: string | null;
  /** The label of the key that the publisher had */
  readonly key_label: string | null;
  readonly type: "refused";
  readonly seq: number;
}

/** Selects the deliveries of events since `since`, optionally only those with one `status`. `cursor` continues where the previous response ended. */
export interface Replay {
  readonly since: string;
  readonly status?: DeliveryStatus | null;
  readonly cursor?: string | null;
}

/** `replayed` deliveries will be sent again. To continue, send `next_cursor` as `cursor`, unless it is null. */
export interface Replayed {
  readonly replayed: number;
  readonly next_cursor: string | null;
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

/** All planned broadcasts of a channel that have not ended, the next one first. */
export interface Schedule {
  readonly broadcasts: readonly PlannedBroadcast[];
}

/** By what the text can be: an id, an address, the end of a key, or words. Each list holds twenty at most. */
export interface SearchResults {
  readonly people: readonly Broadcaster[];
  /** With that id, or from that address; newest first */
  readonly streams: readonly FoundStream[];
  /** With that id, or that end with those characters */
  readonly keys: readonly Key[];
  readonly nodes: readonly Node[];
  /** Of the last day, from that address; newest first */
  readonly refusals: readonly Refusal[];
  /** False if there are more, or older ones were not looked at */
  readonly complete: boolean;
}

/** What becomes of a publisher on a channel that another one holds. */
export type SecondPublisher = "refuse" | "takeover";

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
  /** Whether frames may hold two fields of different times */
  readonly interlaced: boolean | null;
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

/** Everything known about a stream. `viewer_count` is `viewers`, or open WebSockets for a media server's. */
export interface StreamDetails {
  /** Browser tabs that play it now; an estimate if there are more than a thousand. Null once it has ended, and where they are not counted: on media servers */
  readonly viewers: number | null;
  /** At once */
  readonly peak_viewers: number | null;
  /** Over the time that it was carried */
  readonly average_viewers: number | null;
  /** Of all viewers together */
  readonly watched_minutes: number | null;
  readonly title: string;
  readonly description: string;
  readonly category: string;
  readonly tags: readonly string[];
  readonly id: string;
  readonly channel_id: string;
  readonly visibility: Visibility;
  readonly broadcaster: BroadcasterOfStream;
  readonly key_id: string;
  readonly source: string;
  readonly node_id: string;
  readonly started_at: string | null;
  readonly duration_s: number | null;
  readonly playback: AllPlayback;
  readonly technical: Technical;
  /** A test stream, which only its owner can see */
  readonly test: boolean;
  /** Null until it was measured, once it has ended, and on media servers */
  readonly health: StreamHealth | null;
  readonly state: StreamState;
  readonly client_ip: string | null;
  readonly connected_at: string;
  readonly ended_at: string | null;
  readonly end_reason: EndReason | null;
  readonly bytes_in: number;
  readonly viewer_count: number | null;
  readonly recording: OwnRecording | null;
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
  /** Over six seconds; null before the first second, and on media servers */
  readonly peak_bitrate_kbps: number | null;
  readonly interruptions: number;
  /** Its health when it was worst */
  readonly worst: Overall;
  /** The most severe first */
  readonly findings: readonly FindingCount[];
}

/** Video and audio with the encoder's name, which only the owner and administrators can see. */
export interface Technical {
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
  /** Whether frames may hold two fields of different times */
  readonly interlaced: boolean | null;
  readonly audio_codec: string | null;
  /** Hz */
  readonly audio_sample_rate: number | null;
  readonly audio_channels: number | null;
  readonly encoder: string | null;
  /** The encoder's settings as it declares them */
  readonly declared: Declared | null;
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

/** An endpoint. It receives every event if `events` is empty. Since `failing_since`, no delivery has succeeded. */
export interface Webhook {
  readonly webhook_id: string;
  readonly url: string;
  readonly description: string;
  readonly events: readonly string[];
  readonly enabled: boolean;
  readonly disabled_reason: string | null;
  readonly created_at: string;
  readonly secret_hint: string;
  readonly previous_secret_until: string | null;
  readonly failing_since: string | null;
}

/** Fields that are left out stay as they are. */
export interface WebhookEdit {
  readonly url?: string | null;
  readonly events?: readonly ("Session Created" | "Stream Waiting" | "Stream Start" | "Stream Interrupted" | "Stream Resumed" | "Stream Taken Over" | "Stream End" | "Stream Refused" | "Recording Start" | "Recording End" | "Recording Start Failure" | "Recording Deleted" | "Health Finding Start" | "Health Finding End" | "Ingest Node Change" | "Broadcast Reminder")[] | null;
  readonly description?: string | null;
  readonly enabled?: boolean | null;
}

/** All webhooks; there are at most twenty. */
export interface WebhookList {
  readonly webhooks: readonly Webhook[];
}

export const limits = {
  "BroadcastEdit": {
    "title": {
      "minLength": 1,
      "maxLength": 140
    },
    "time_zone": {
      "maxLength": 64
    }
  },
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
  "KeyEdit": {
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
  "KeyRotation": {},
  "NewBroadcast": {
    "title": {
      "minLength": 1,
      "maxLength": 140
    },
    "time_zone": {
      "maxLength": 64
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
    },
    "broadcast_id": {
      "minLength": 1,
      "maxLength": 64
    }
  },
  "NewPlaybackToken": {},
  "RecordingEdit": {}
} as const;
