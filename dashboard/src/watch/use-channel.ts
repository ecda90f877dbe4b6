import { useEffect, useReducer, useRef } from "preact/hooks";
import type { Config } from "../config";
import type { PublicMessage } from "../contract";
import { ApiProblem } from "../problem";
import type { PublicApi } from "../public-api";
import { Realtime } from "../realtime/socket";
import { initialWatch, type Polled, reduceWatch, type WatchState } from "./state";

/** `status.json` comes from the CDN: often while it is all there is, now and then for the number of viewers. */
const POLL_ALONE_MS = 5_000;
const POLL_BESIDE_MS = 15_000;
/** The API, where neither WebSocket nor `status.json` answers. */
const ASK_MS = 30_000;
/** So many connections in a row that brought no message: watchers beyond a channel's cap are not let in. */
const ATTEMPTS = 4;
const REST_MS = 5 * 60_000;

/** The channel's state for as long as the page is on the screen. */
export function useChannel(config: Config, api: PublicApi, channelId: string): WatchState {
  const [state, dispatch] = useReducer(reduceWatch, initialWatch);
  const latest = useRef(state);
  latest.current = state;

  useEffect(() => {
    let stopped = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
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
    const poll = async () => {
      const { linked, channel, status, problem } = latest.current;
      const wanted = !linked || (status !== null && status !== "OFFLINE");
      const known = channel && wanted ? await polled(channel.playback.hls_url) : null;
      if (stopped) return;
      if (known) dispatch({ kind: "polled", status: known });
      else if (!linked && Date.now() - askedAt >= (channel || problem === "not-found" ? ASK_MS : POLL_ALONE_MS))
        await ask();
      const pause = latest.current.linked ? POLL_BESIDE_MS : POLL_ALONE_MS;
      // Spread, so that an audience that lost its server together does not ask together.
      if (!stopped) timer = setTimeout(() => void poll(), pause * (0.8 + 0.4 * Math.random()));
    };
    void ask().then(() => (stopped ? undefined : poll()));
    const unlink = follow(config.wsUrl, channelId, {
      onLinked: (linked) => dispatch({ kind: "linked", linked }),
      onMessage: (message) => dispatch({ kind: "message", message }),
    });
    return () => {
      stopped = true;
      clearTimeout(timer);
      unlink();
    };
  }, [config, api, channelId]);

  return state;
}

async function polled(hlsUrl: string): Promise<Polled | null> {
  try {
    const answer = await fetch(new URL("status.json", new URL(hlsUrl, location.href)));
    if (!answer.ok) return null;
    const found = (await answer.json()) as Partial<Polled>;
    return found.status === undefined ? null : (found as Polled);
  } catch {
    return null;
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
