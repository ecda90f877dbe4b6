/**
 * The state of the studio's channel: a pure reducer over messages.
 *
 * Messages may arrive twice, late, out of order or not at all, so:
 *  - `seq` increases within the channel: messages older than the newest status or snapshot are ignored, and so is a
 *    status that is not newer;
 *  - a snapshot with the same `seq` is applied: it may reflect that the stream's node has died since;
 *  - details and key are compared by `version`, refusals by their time;
 *  - if the state may be out of date, `wantsSnapshot` is true.
 *
 * Times in the state are in ms. Counters and countdowns use this machine's clock: a server time is converted by its
 * distance from the message's `at`, so that a wrong local clock distorts neither. What is shown as a date (an end, a
 * refusal) stays in server time.
 */

import { type Row, withSample } from "../charts/rows";
import type {
  ChannelStatus,
  Credentials,
  Live,
  MetricsMessage,
  OwnChannel,
  OwnChannelDetails,
  OwnerMessage,
  SnapshotMessage,
  StatusMessage,
} from "../contract";
import { told } from "../words/server";
import { newestDetails, withDetails, withKey } from "./details";
import { nextRefusal, type RefusalState, refusalAsRead } from "./refusal";
import { nextTested, type Tested } from "./tested";
import { nextWaiting, type Waiting } from "./waiting";

/** Metrics arrive every second while LIVE; after this long without any, something is wrong. */
export const SILENCE_MS = 4_000;
/** The interval of requests for a snapshot during silence: a crashed node's channel must show OFFLINE within 10 s. */
export const ASK_EVERY_MS = 2_000;

export type Link =
  | { readonly phase: "connecting" }
  | { readonly phase: "open" }
  | { readonly phase: "lost"; readonly since: number; readonly retryAt: number }
  /** The server closed the connection permanently. */
  | { readonly phase: "closed"; readonly reason: string; readonly action: string };

export interface CurrentStream {
  readonly status: ChannelStatus;
  readonly streamId: string | null;
  /** Why it is interrupted or ended. */
  readonly reason: string | null;
  readonly reasonText: string | null;
  readonly action: string | null;
  /** When the last stream ended, by the server's clock; null while one is running, or if it is not known. */
  readonly endedAt: number | null;
  readonly startedAt: number | null;
  /** While RECONNECTING: when the grace period ends. */
  readonly until: number | null;
  readonly live: Live | null;
}

export interface StudioState extends RefusalState {
  readonly waiting: Waiting | null;
  readonly tested: Tested | null;
  readonly link: Link;
  /** Null until the first response. Its `status` and `live` are not updated afterwards: use `stream`. */
  readonly channel: OwnChannel | null;
  readonly stream: CurrentStream;
  /** The newest status or snapshot that was applied, for the ordering rule. */
  readonly seq: number;
  /** What was measured of the stream since the page was loaded. Times are the server's. */
  readonly rows: readonly Row[];
  /** When metrics arrived last; null if none did. */
  readonly measuredAt: number | null;
  /** When a message last confirmed the status. Metrics alone confirm LIVE: they prove that the node is alive. */
  readonly heardAt: number;
  /** Metrics arrived for a stream that is not LIVE here: a status message was lost or is still to come. */
  readonly doubtful: boolean;
}

export type StudioEvent =
  | { readonly kind: "link"; readonly link: Link }
  | { readonly kind: "message"; readonly message: OwnerMessage; readonly now: number }
  | { readonly kind: "loaded"; readonly channel: OwnChannel; readonly now: number }
  | { readonly kind: "details-saved"; readonly details: OwnChannelDetails }
  | { readonly kind: "key-read"; readonly credentials: Credentials }
  | { readonly kind: "refusal-dismissed" }
  | { readonly kind: "test-dismissed" };

const NO_STREAM: CurrentStream = {
  status: "OFFLINE",
  streamId: null,
  reason: null,
  reasonText: null,
  action: null,
  endedAt: null,
  startedAt: null,
  until: null,
  live: null,
};

export const initialState: StudioState = {
  link: { phase: "connecting" },
  channel: null,
  stream: NO_STREAM,
  seq: 0,
  rows: [],
  measuredAt: null,
  refusal: null,
  dismissed: null,
  waiting: null,
  tested: null,
  heardAt: 0,
  doubtful: false,
};

export function reduce(state: StudioState, event: StudioEvent): StudioState {
  switch (event.kind) {
    case "link":
      return { ...state, link: event.link };
    case "message":
      return onMessage(state, event.message, event.now);
    case "loaded":
      // The WebSocket's snapshot is newer than what the first page load asked for.
      return state.channel ? state : withChannel(state, event.channel, 0, event.now, event.now);
    case "details-saved":
      return edited(state, (channel) => withDetails(channel, event.details));
    case "key-read":
      return edited(state, (channel) => withKey(channel, event.credentials));
    case "refusal-dismissed":
      return { ...state, refusal: null, dismissed: state.refusal?.serverAt ?? state.dismissed };
    case "test-dismissed":
      return { ...state, tested: null };
  }
}

/** Whether to request a snapshot. `askedAt` is the time of the last request; both in ms. */
export function wantsSnapshot(state: StudioState, now: number, askedAt: number): boolean {
  const { status, until } = state.stream;
  const overdue = status === "RECONNECTING" && until !== null && now > until;
  // The end should have been reported: ask immediately, once.
  if (overdue && askedAt <= until) return true;
  if (now - askedAt < ASK_EVERY_MS) return false;
  if (overdue || state.doubtful) return true;
  // RECONNECTING without a known end: ask now and then.
  const expectsMessages = status === "LIVE" || (status === "RECONNECTING" && until === null);
  return expectsMessages && now - state.heardAt > SILENCE_MS;
}

/** Whether the measurements shown are current, and not the last ones before silence. */
export function measuresAreFresh(state: StudioState, now: number): boolean {
  const { measuredAt } = state;
  return state.stream.status === "LIVE" && measuredAt !== null && now - measuredAt <= SILENCE_MS;
}

function onMessage(state: StudioState, message: OwnerMessage, now: number): StudioState {
  switch (message.type) {
    case "snapshot":
      return onSnapshot(state, message, now);
    case "status":
      return onStatus(state, message, now);
    case "metrics":
      return onMetrics(state, message, now);
    case "refused":
      return { ...state, refusal: nextRefusal(state, message) };
    case "waiting":
      return { ...state, waiting: nextWaiting(state.waiting, message, now) };
    case "channel":
      return edited(state, (channel) => withDetails(channel, message.channel));
    default:
      // A type that only a newer server sends.
      return state;
  }
}

function onSnapshot(state: StudioState, message: SnapshotMessage, now: number): StudioState {
  if (message.seq < state.seq) return { ...state, channel: newestDetails(state.channel, message.channel) };
  return withChannel(state, message.channel, message.seq, Date.parse(message.at), now);
}

/** Applies a whole channel as read at server time `at`. */
function withChannel(state: StudioState, channel: OwnChannel, seq: number, at: number, now: number): StudioState {
  const { status, live } = channel;
  const before = state.stream;
  const same = before.status === status && (live === null || before.streamId === live.stream_id);
  const end = status === "OFFLINE" ? channel.last_end : null;
  const streamId = live?.stream_id ?? before.streamId;
  const stream: CurrentStream = {
    status,
    streamId,
    // Without a reason here, keep the one that a status message gave for the same status.
    reason: end?.reason ?? (same ? before.reason : null),
    reasonText: told(end?.reason_text ?? null) ?? (same ? before.reasonText : null),
    action: end ? told(end.action) : same ? before.action : null,
    endedAt: end?.ended_at ? Date.parse(end.ended_at) : same ? before.endedAt : null,
    startedAt: live ? localTime(live.started_at, at, now) : null,
    until: channel.status_until ? localTime(channel.status_until, at, now) : null,
    live: live && withKnownMeasures(live, before.live),
  };
  return {
    ...state,
    channel: newestDetails(state.channel, channel),
    stream,
    refusal: refusalAsRead(state, channel, at),
    tested: nextTested(state.tested, before, stream, now),
    seq,
    ...measuredOf(state, streamId, status),
    heardAt: same && status === "LIVE" ? state.heardAt : now,
    doubtful: false,
  };
}

function onStatus(state: StudioState, message: StatusMessage, now: number): StudioState {
  if (message.seq <= state.seq) return state;
  const at = Date.parse(message.at);
  const before = state.stream;
  const startedAt = message.live
    ? localTime(message.live.started_at, at, now)
    : before.streamId === message.stream_id
      ? before.startedAt
      : null;
  const stream: CurrentStream = {
    status: message.status,
    streamId: message.stream_id,
    reason: message.reason,
    reasonText: told(message.reason_text),
    action: told(message.action),
    endedAt: message.status === "OFFLINE" ? at : null,
    startedAt: message.status === "OFFLINE" ? null : startedAt,
    until: message.until === null ? null : localTime(message.until, at, now),
    live:
      message.status === "OFFLINE" ? null : message.live ? withKnownMeasures(message.live, before.live) : before.live,
  };
  return {
    ...state,
    stream,
    seq: message.seq,
    ...measuredOf(state, message.stream_id, message.status),
    // A refusal is settled once a stream is live.
    refusal: message.status === "LIVE" && before.status === "OFFLINE" ? null : state.refusal,
    tested: nextTested(state.tested, before, stream, now),
    heardAt: now,
    doubtful: false,
  };
}

function onMetrics(state: StudioState, message: MetricsMessage, now: number): StudioState {
  const { stream } = state;
  if (message.seq < state.seq) return state;
  if (stream.status !== "LIVE" || stream.streamId !== message.stream_id) return { ...state, doubtful: true };
  const { type, seq, at, uptime_s, ...live } = message;
  const { bitrate_kbps, fps, keyframe_interval_s, viewers } = message;
  const sample = { at: Date.parse(at), bitrate_kbps, video_fps: fps, keyframe_interval_s, viewers };
  return {
    ...state,
    stream: { ...stream, live, startedAt: steady(stream.startedAt, now - uptime_s * 1000) },
    rows: withSample(state.rows, sample),
    measuredAt: now,
    heardAt: now,
  };
}

/** Keeps known measurements of the same stream where the message has null. */
function withKnownMeasures(live: Live, before: Live | null): Live {
  if (before?.stream_id !== live.stream_id) return live;
  const known = Object.entries(live).filter(([, value]) => value !== null);
  return { ...before, ...Object.fromEntries(known) };
}

function measuredOf(
  { rows, measuredAt, stream }: StudioState,
  streamId: string | null,
  status: ChannelStatus,
): Pick<StudioState, "rows" | "measuredAt"> {
  return status !== "OFFLINE" && stream.streamId === streamId ? { rows, measuredAt } : { rows: [], measuredAt: null };
}

function edited(state: StudioState, edit: (channel: OwnChannel) => OwnChannel): StudioState {
  return state.channel ? { ...state, channel: edit(state.channel) } : state;
}

/** Uptime in whole seconds and network delay make the computed start jitter: small differences are ignored. */
function steady(known: number | null, measured: number): number {
  return known !== null && Math.abs(known - measured) < 2_000 ? known : measured;
}

function localTime(serverTime: string, at: number, now: number): number {
  return now + (Date.parse(serverTime) - at);
}
