/**
 * What the studio knows of its channel, as a pure reducer over what it heard.
 *
 * Messages may come twice, late, or not at all (delivery is at least once and may reorder), so:
 *  - `seq` grows within the channel: what is older than the newest status or snapshot is dropped, and a status that is
 *    not newer as well;
 *  - a snapshot with the same `seq` is taken: it may know that the stream's node has died since;
 *  - details and key go by their `version`, a refusal by its time: an older one changes nothing;
 *  - when the state looks doubtful, `wantsSnapshot` says to ask for one.
 *
 * Times inside the state are ms. What counts up or down is on this machine's clock: a server time is carried over by its
 * distance from the message's own `at`, so a clock that is set wrong bends neither the uptime nor the countdown. What is
 * shown as a date (an end, a refusal) stays on the server's clock, on which others who tell of it have it, too.
 */

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
import { newestDetails, withDetails, withKey } from "./details";
import { nextRefusal, type RefusalState, refusalAsRead } from "./refusal";

/** A broadcaster's chart looks back this far. */
export const CHART_WINDOW_MS = 60_000;
/** Metrics come every second while LIVE; this much silence means that something is wrong. */
export const SILENCE_MS = 4_000;
/** While it is silent, ask no more often than this: a crashed node's channel must be seen OFFLINE within 10 s. */
export const ASK_EVERY_MS = 2_000;

export type Link =
  | { readonly phase: "connecting" }
  | { readonly phase: "open" }
  | { readonly phase: "lost"; readonly since: number; readonly retryAt: number }
  /** The server ended the connection for good. */
  | { readonly phase: "closed"; readonly reason: string; readonly action: string };

export interface Broadcast {
  readonly status: ChannelStatus;
  readonly streamId: string | null;
  /** Why it is interrupted or ended. */
  readonly reason: string | null;
  readonly reasonText: string | null;
  readonly action: string | null;
  /** When the last stream ended, by the server's clock; null while one runs and where that is not known. */
  readonly endedAt: number | null;
  readonly startedAt: number | null;
  /** When RECONNECTING gives up. */
  readonly until: number | null;
  readonly live: Live | null;
}

export interface Sample {
  readonly at: number;
  readonly kbps: number;
}

export interface StudioState extends RefusalState {
  readonly link: Link;
  /** Null until the first answer. Its `status` and `live` are those of the first look: `broadcast` is kept up. */
  readonly channel: OwnChannel | null;
  readonly broadcast: Broadcast;
  /** The newest status or snapshot that was applied, for the ordering rule. */
  readonly seq: number;
  readonly samples: readonly Sample[];
  /** When something last confirmed the broadcast's status; for LIVE, only metrics prove that the node still lives. */
  readonly heardAt: number;
  /** Metrics spoke of a broadcast that we do not hold for LIVE: a status message was lost or is on its way. */
  readonly doubtful: boolean;
}

export type StudioEvent =
  | { readonly kind: "link"; readonly link: Link }
  | { readonly kind: "message"; readonly message: OwnerMessage; readonly now: number }
  | { readonly kind: "loaded"; readonly channel: OwnChannel; readonly now: number }
  | { readonly kind: "details-saved"; readonly details: OwnChannelDetails }
  | { readonly kind: "key-read"; readonly credentials: Credentials }
  | { readonly kind: "refusal-dismissed" };

const OFF_AIR: Broadcast = {
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
  broadcast: OFF_AIR,
  seq: 0,
  samples: [],
  refusal: null,
  dismissed: null,
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
      return state.channel ? state : look(state, event.channel, 0, event.now, event.now);
    case "details-saved":
      return edited(state, (channel) => withDetails(channel, event.details));
    case "key-read":
      return edited(state, (channel) => withKey(channel, event.credentials));
    case "refusal-dismissed":
      return { ...state, refusal: null, dismissed: state.refusal?.serverAt ?? state.dismissed };
  }
}

/** Whether to ask the server how things really are. `now`, and `askedAt` when it was last asked, in ms. */
export function wantsSnapshot(state: StudioState, now: number, askedAt: number): boolean {
  const { status, until } = state.broadcast;
  const overdue = status === "RECONNECTING" && until !== null && now > until;
  // Its end should have been told; the first look after it waits for nothing.
  if (overdue && askedAt <= until) return true;
  if (now - askedAt < ASK_EVERY_MS) return false;
  if (overdue || state.doubtful) return true;
  // Without a known end, look again now and then.
  const expectsNews = status === "LIVE" || (status === "RECONNECTING" && until === null);
  return expectsNews && now - state.heardAt > SILENCE_MS;
}

/** Whether the measures on show are from now, and not the last ones before something went silent. */
export function measuresAreFresh(state: StudioState, now: number): boolean {
  const last = state.samples.at(-1);
  return state.broadcast.status === "LIVE" && last !== undefined && now - last.at <= SILENCE_MS;
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
    case "channel":
      return edited(state, (channel) => withDetails(channel, message.channel));
    default:
      // A newer server may say more than this page knows.
      return state;
  }
}

function onSnapshot(state: StudioState, message: SnapshotMessage, now: number): StudioState {
  if (message.seq < state.seq) return { ...state, channel: newestDetails(state.channel, message.channel) };
  return look(state, message.channel, message.seq, Date.parse(message.at), now);
}

/** Takes over a whole channel as read at server time `at`. */
function look(state: StudioState, channel: OwnChannel, seq: number, at: number, now: number): StudioState {
  const { status, live } = channel;
  const before = state.broadcast;
  const same = before.status === status && (live === null || before.streamId === live.stream_id);
  const end = status === "OFFLINE" ? channel.last_end : null;
  const streamId = live?.stream_id ?? before.streamId;
  const broadcast: Broadcast = {
    status,
    streamId,
    // Where it has no reason: the one that a status message gave for this same status stays.
    reason: end?.reason ?? (same ? before.reason : null),
    reasonText: end?.reason_text ?? (same ? before.reasonText : null),
    action: end ? end.action : same ? before.action : null,
    endedAt: end?.ended_at ? Date.parse(end.ended_at) : same ? before.endedAt : null,
    startedAt: live ? localTime(live.started_at, at, now) : null,
    until: channel.status_until ? localTime(channel.status_until, at, now) : null,
    live: live && withKnownMeasures(live, before.live),
  };
  return {
    ...state,
    channel: newestDetails(state.channel, channel),
    broadcast,
    refusal: refusalAsRead(state, channel, at),
    seq,
    samples: samplesOf(state, streamId, status),
    heardAt: same && status === "LIVE" ? state.heardAt : now,
    doubtful: false,
  };
}

function onStatus(state: StudioState, message: StatusMessage, now: number): StudioState {
  if (message.seq <= state.seq) return state;
  const at = Date.parse(message.at);
  const before = state.broadcast;
  const startedAt = message.live
    ? localTime(message.live.started_at, at, now)
    : before.streamId === message.stream_id
      ? before.startedAt
      : null;
  const broadcast: Broadcast = {
    status: message.status,
    streamId: message.stream_id,
    reason: message.reason,
    reasonText: message.reason_text,
    action: message.action,
    endedAt: message.status === "OFFLINE" ? at : null,
    startedAt: message.status === "OFFLINE" ? null : startedAt,
    until: message.until === null ? null : localTime(message.until, at, now),
    live:
      message.status === "OFFLINE" ? null : message.live ? withKnownMeasures(message.live, before.live) : before.live,
  };
  return {
    ...state,
    broadcast,
    seq: message.seq,
    samples: samplesOf(state, message.stream_id, message.status),
    // What went wrong before is settled once a broadcast runs.
    refusal: message.status === "LIVE" && before.status === "OFFLINE" ? null : state.refusal,
    heardAt: now,
    doubtful: false,
  };
}

function onMetrics(state: StudioState, message: MetricsMessage, now: number): StudioState {
  const { broadcast } = state;
  if (message.seq < state.seq) return state;
  if (broadcast.status !== "LIVE" || broadcast.streamId !== message.stream_id) return { ...state, doubtful: true };
  const { type, seq, at, uptime_s, ...live } = message;
  const samples = [...state.samples, { at: now, kbps: message.bitrate_kbps }].filter(
    (sample) => now - sample.at <= CHART_WINDOW_MS,
  );
  return {
    ...state,
    broadcast: { ...broadcast, live, startedAt: steady(broadcast.startedAt, now - uptime_s * 1000) },
    samples,
    heardAt: now,
  };
}

/** What a message does not know yet (null) stays as it was known of the same stream. */
function withKnownMeasures(live: Live, before: Live | null): Live {
  if (before?.stream_id !== live.stream_id) return live;
  const known = Object.entries(live).filter(([, value]) => value !== null);
  return { ...before, ...Object.fromEntries(known) };
}

function samplesOf(state: StudioState, streamId: string | null, status: ChannelStatus): readonly Sample[] {
  return status !== "OFFLINE" && state.broadcast.streamId === streamId ? state.samples : [];
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
