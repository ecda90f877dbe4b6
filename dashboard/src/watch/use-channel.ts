import { useEffect, useReducer, useRef } from "preact/hooks";
import type { Config } from "../config";
import type { PublicMessage } from "../contract";
import { ApiProblem } from "../problem";
import type { Channel, PublicApi } from "../public-api";
import { Realtime } from "../realtime/socket";
import type { Watched } from "./address";
import { initialWatch, type Polled, reduceWatch, type WatchEvent, type WatchState } from "./state";

/** `status.json` comes from the CDN: often while it is all there is, now and then for the number of viewers. */
const POLL_ALONE_MS = 5_000;
const POLL_BESIDE_MS = 15_000;
const FIRST_POLL_MS = 1_000;
/** The API, where neither WebSocket nor `status.json` answers. */
const ASK_MS = 30_000;
/** So many connections in a row that brought no message: watchers beyond a channel's cap are not let in. */
const ATTEMPTS = 4;
const REST_MS = 5 * 60_000;

/** The channel's state for as long as the page is on the screen. */
export function useChannel(config: Config, api: PublicApi, { channelId, token }: Watched): WatchState {
  const [state, dispatch] = useReducer(reduceWatch, initialWatch);
  const latest = useRef(state);
  latest.current = state;

  useEffect(() => {
    const stops =
      token === null
        ? [
            repeat(poll(channelId, api, () => latest.current, dispatch)),
            follow(config.wsUrl, channelId, {
              onLinked: (linked) => dispatch({ kind: "linked", linked }),
              onMessage: (message) => dispatch({ kind: "message", message }),
            }),
          ]
        : [repeat(pollPrivate(channelId, `${config.playbackUrl}/${channelId}/${token}`, dispatch))];
    return () => {
      for (const stop of stops) stop();
    };
  }, [config, api, channelId, token]);

  return state;
}

type Dispatch = (event: WatchEvent) => void;

/** One look; the milliseconds until the next. */
type Look = () => Promise<number>;

function repeat(look: Look): () => void {
  let stopped = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const next = async () => {
    const pause = await look();
    // Spread, so that an audience that lost its server together does not ask together.
    if (!stopped) timer = setTimeout(() => void next(), pause * (0.8 + 0.4 * Math.random()));
  };
  void next();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}

/** The API first; then `status.json`, and the API where that does not answer either. */
function poll(channelId: string, api: PublicApi, known: () => WatchState, dispatch: Dispatch): Look {
  let askedAt = 0;
  const ask = async () => {
    askedAt = Date.now();
    try {
      dispatch({ kind: "loaded", channel: await api.channel(channelId) });
    } catch (error) {
      const gone = error instanceof ApiProblem && error.status === 404;
      dispatch({ kind: "problem", problem: gone ? "not-found" : "unreachable" });
    }
  };
  return async () => {
    const { linked, channel, status, problem } = known();
    if (!channel && problem === null) {
      await ask();
      return linked ? POLL_BESIDE_MS : FIRST_POLL_MS;
    }
    const wanted = channel && (!linked || status !== "OFFLINE");
    const answer = wanted
      ? await statusOf(new URL("status.json", new URL(channel.playback.hls_url, location.href)))
      : null;
    const found = typeof answer === "object" ? answer : null;
    if (found) dispatch({ kind: "polled", status: found });
    else if (!known().linked && Date.now() - askedAt >= (channel || problem === "not-found" ? ASK_MS : POLL_ALONE_MS)) {
      await ask();
    }
    return known().linked ? POLL_BESIDE_MS : POLL_ALONE_MS;
  };
}

/** A private channel is unknown to the API and the WebSocket: all there is of it is below its token. */
function pollPrivate(channelId: string, base: string, dispatch: Dispatch): Look {
  const address = new URL(`${base}/`, location.href);
  let shown = false;
  return async () => {
    const found = await statusOf(new URL("status.json", address));
    if (typeof found === "object" && found !== null) {
      if (!shown) dispatch({ kind: "loaded", channel: privateChannel(channelId, address, found) });
      shown = true;
      dispatch({ kind: "polled", status: found });
    } else {
      const problem = found === 403 ? "expired" : found === 404 ? "not-found" : "unreachable";
      dispatch({ kind: "problem", problem });
    }
    return POLL_ALONE_MS;
  };
}

function privateChannel(channelId: string, base: URL, found: Polled): Channel {
  return {
    channel_id: channelId,
    version: 0,
    status: found.status,
    status_until: null,
    display_name: "",
    title: found.title ?? "",
    description: "",
    category: "",
    tags: [],
    playback: { hls_url: new URL("index.m3u8", base).href, thumbnail_url: new URL("thumb.jpg", base).href },
    live: null,
  };
}

/** `status.json`, or the status code of the refusal; 0 where nobody answers. */
async function statusOf(address: URL): Promise<Polled | number> {
  try {
    const answer = await fetch(address, { credentials: "omit" });
    if (!answer.ok) return answer.status;
    const found = (await answer.json()) as Partial<Polled>;
    return found.status === undefined ? 0 : (found as Polled);
  } catch {
    return 0;
  }
}

interface Listener {
  readonly onLinked: (linked: boolean) => void;
  readonly onMessage: (message: PublicMessage) => void;
}

/** Listens to the channel as an anonymous viewer; returns how to stop. Rests for minutes where it is not let in. */
function follow(wsUrl: string, channelId: string, { onLinked, onMessage }: Listener): () => void {
  let failures = 0;
  let resting: ReturnType<typeof setTimeout> | undefined;
  const link = new Realtime<PublicMessage>({
    url: `${wsUrl}?watch=${encodeURIComponent(channelId)}`,
    onLink: ({ phase }) => {
      onLinked(phase === "open");
      if (phase === "open") failures = 0;
      if (phase === "lost" && ++failures >= ATTEMPTS) {
        failures = 0;
        link.stop();
        resting = setTimeout(() => link.start(), REST_MS);
      }
    },
    onMessage,
    wantsSnapshot: () => false,
  });
  link.start();
  const wake = () => document.visibilityState === "visible" && link.wake();
  window.addEventListener("online", wake);
  document.addEventListener("visibilitychange", wake);
  return () => {
    window.removeEventListener("online", wake);
    document.removeEventListener("visibilitychange", wake);
    clearTimeout(resting);
    link.stop();
  };
}
