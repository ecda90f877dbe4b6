import { useCallback, useEffect, useLayoutEffect, useMemo, useReducer, useRef, useState } from "preact/hooks";
import { Api } from "../api";
import type { Session } from "../auth/session";
import type { Config } from "../config";
import type { OwnerMessage } from "../contract";
import { ApiProblem } from "../problem";
import { Realtime } from "../realtime/socket";
import { initialState, reduce, type StudioEvent, type StudioState, wantsSnapshot } from "../realtime/state";
import { t } from "../words/studio";
import { keepDismissed, readDismissed } from "./dismissed";

export interface StudioHandle {
  readonly state: StudioState;
  readonly dispatch: (event: StudioEvent) => void;
  readonly api: Api;
  /** Why there is no channel to show yet. */
  readonly loadProblem: ApiProblem | null;
  readonly reload: () => void;
  /** Reconnect now instead of after the pause, or though the server ended the connection for good. */
  readonly retryNow: () => void;
}

const BLOCKED = "broadcaster_blocked";

/** Wires REST and WebSocket to the reducer for as long as the studio is on the screen. */
export function useStudio(config: Config, session: Session, onSignedOut: (notice: string) => void): StudioHandle {
  const [state, dispatch] = useReducer(reduce, initialState, (state) => ({ ...state, dismissed: readDismissed() }));
  const [loadProblem, setLoadProblem] = useState<ApiProblem | null>(null);
  // A layout effect: kept before the browser can act on a reload that follows the click at once.
  useLayoutEffect(() => {
    if (state.dismissed !== null) keepDismissed(state.dismissed);
  }, [state.dismissed]);
  const latest = useRef(state);
  latest.current = state;
  const realtime = useRef<Realtime<OwnerMessage> | null>(null);
  const signedOut = useRef(() => onSignedOut(t.sessionEnded));
  signedOut.current = () => onSignedOut(t.sessionEnded);

  const api = useMemo(() => new Api(config.apiUrl, session, () => signedOut.current()), [config, session]);

  const reload = useCallback(() => {
    setLoadProblem(null);
    api.channel().then(
      (channel) => dispatch({ kind: "loaded", channel, now: Date.now() }),
      (error: unknown) => {
        if (!(error instanceof ApiProblem)) throw error;
        setLoadProblem(error);
        // A browser cannot see why a handshake is refused, so the WebSocket would try for ever.
        if (error.code === BLOCKED) realtime.current?.close(error.detail, error.action);
      },
    );
  }, [api]);

  useEffect(() => {
    reload();
    const link = new Realtime<OwnerMessage>({
      url: config.wsUrl,
      token: (force) => session.token(force),
      onLink: (change) => {
        dispatch({ kind: "link", link: change });
        if (change.phase === "closed" && latest.current.link.phase !== "closed") reload();
      },
      onMessage: (message) => dispatch({ kind: "message", message, now: Date.now() }),
      onSignedOut: () => signedOut.current(),
      wantsSnapshot: (now, askedAt) => wantsSnapshot(latest.current, now, askedAt),
    });
    realtime.current = link;
    link.start();
    const wake = () => document.visibilityState === "visible" && link.wake();
    window.addEventListener("online", wake);
    // Of two windows side by side both are visible; the other one may have changed key or details.
    window.addEventListener("focus", wake);
    document.addEventListener("visibilitychange", wake);
    return () => {
      window.removeEventListener("online", wake);
      window.removeEventListener("focus", wake);
      document.removeEventListener("visibilitychange", wake);
      link.stop();
    };
  }, [config, session, reload]);

  const retryNow = useCallback(() => {
    if (latest.current.link.phase !== "closed") realtime.current?.wake();
    else {
      realtime.current?.retry();
      reload();
    }
  }, [reload]);
  return { state, dispatch, api, loadProblem, reload, retryNow };
}
