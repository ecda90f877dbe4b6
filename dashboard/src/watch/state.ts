/**
 * What a watch page knows of its channel, as a pure reducer.
 *
 * Three sources: the WebSocket (`message`), which is the newest while its link is open; the channel's `status.json`
 * (`polled`), a CDN object, while it is not; and the API (`loaded`), which says what the channel is called. `seq` orders the
 * messages as in the studio: what is older than the newest one changes nothing.
 */

import type { ChannelStatus, PublicMessage } from "../contract";
import type { Channel } from "../public-api";

/** `status.json`, beside the channel's playlist. A server may leave out what it does not know. */
export interface Polled {
  readonly status: ChannelStatus;
  readonly stream_id?: string | null;
  readonly started_at?: string | null;
  readonly title?: string | null;
  readonly viewers?: number | null;
}

/** Why there is no channel. `expired`: its private link is no longer valid. */
export type Problem = "not-found" | "expired" | "unreachable";

export interface WatchState {
  /** Null until the first answer. */
  readonly channel: Channel | null;
  /** Null while nobody has said it. */
  readonly status: ChannelStatus | null;
  readonly streamId: string | null;
  /** Server time in ms. */
  readonly startedAt: number | null;
  readonly viewers: number | null;
  /** A stream ended while this page was open. */
  readonly ended: boolean;
  readonly seq: number;
  readonly linked: boolean;
  readonly problem: Problem | null;
}

export type WatchEvent =
  | { readonly kind: "linked"; readonly linked: boolean }
  | { readonly kind: "message"; readonly message: PublicMessage }
  | { readonly kind: "polled"; readonly status: Polled }
  | { readonly kind: "loaded"; readonly channel: Channel }
  | { readonly kind: "problem"; readonly problem: Problem };

export const initialWatch: WatchState = {
  channel: null,
  status: null,
  streamId: null,
  startedAt: null,
  viewers: null,
  ended: false,
  seq: 0,
  linked: false,
  problem: null,
};

export function reduceWatch(state: WatchState, event: WatchEvent): WatchState {
  switch (event.kind) {
    case "linked":
      return { ...state, linked: event.linked };
    case "message":
      return onMessage(state, event.message);
    case "polled":
      return onPolled(state, event.status);
    case "loaded":
      return onLoaded(state, event.channel);
    case "problem":
      // A channel that was seen stays on the page while the server is away.
      return event.problem === "unreachable" && state.channel ? state : { ...state, problem: event.problem };
  }
}

function onMessage(state: WatchState, message: PublicMessage): WatchState {
  switch (message.type) {
    case "snapshot": {
      if (message.seq < state.seq) return state;
      const { channel } = message;
      const details = newest(state.channel, channel);
      const next = { ...state, channel: details, seq: message.seq, problem: null, viewers: viewersOf(channel, state) };
      return turned(next, channel.status, channel.live?.stream_id ?? null, channel.live?.started_at ?? null);
    }
    case "status":
      if (message.seq <= state.seq) return state;
      return turned(
        { ...state, seq: message.seq },
        message.status,
        message.stream_id,
        message.live?.started_at ?? null,
      );
    case "metrics":
      return { ...state, viewers: viewersOf(message, state) };
    case "channel":
      if (!state.channel || message.channel.version < state.channel.version) return state;
      return { ...state, channel: { ...state.channel, ...message.channel } };
    default:
      // A newer server may say more than this page knows.
      return state;
  }
}

function onPolled(state: WatchState, polled: Polled): WatchState {
  const next = { ...state, viewers: viewersOf(polled, state) };
  if (state.linked) return next;
  const title = polled.title;
  const channel = state.channel && typeof title === "string" ? { ...state.channel, title } : state.channel;
  return turned({ ...next, channel }, polled.status, polled.stream_id ?? null, polled.started_at ?? null);
}

function onLoaded(state: WatchState, channel: Channel): WatchState {
  const details = newest(state.channel, channel);
  const next = { ...state, channel: details, problem: null, viewers: viewersOf(channel, state) };
  if (state.linked && state.status !== null) return next;
  return turned(next, channel.status, channel.live?.stream_id ?? null, channel.live?.started_at ?? null);
}

function turned(
  state: WatchState,
  status: ChannelStatus,
  streamId: string | null,
  startedAt: string | null,
): WatchState {
  if (status === "OFFLINE") {
    const ended = state.ended || state.status === "LIVE" || state.status === "RECONNECTING";
    return { ...state, status, ended, startedAt: null, viewers: null };
  }
  const same = streamId === null || streamId === state.streamId;
  return {
    ...state,
    status,
    ended: false,
    streamId: streamId ?? state.streamId,
    startedAt: startedAt === null ? (same ? state.startedAt : null) : Date.parse(startedAt),
  };
}

function newest(known: Channel | null, read: Channel): Channel {
  if (!known) return read;
  const details = read.version >= known.version ? read : known;
  return { ...known, ...details, status: read.status, live: read.live, playback: read.playback };
}

function viewersOf(source: object, state: WatchState): number | null {
  const { viewers } = source as { viewers?: number | null };
  return typeof viewers === "number" ? viewers : state.viewers;
}
