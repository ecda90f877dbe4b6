import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Player, type PlayerView } from "./player";

const NOTHING: PlayerView = { phase: "idle", latency: null, behind: false, stalls: 0 };

/** What is to be played. A live channel goes on through interruptions, until it is offline. */
export type Source =
  | { readonly kind: "live"; readonly url: string; readonly streamId: string | null }
  | { readonly kind: "recording"; readonly url: string }
  /** Nothing more comes: what plays may play to its end. */
  | { readonly kind: "over" };

export interface PlayerHandle {
  readonly video: RefObject<HTMLVideoElement | null>;
  readonly view: PlayerView;
  readonly player: Player | null;
}

/** A player on a video element for as long as it is on the screen. */
export function usePlayer(source: Source | null, lowLatency: boolean): PlayerHandle {
  const video = useRef<HTMLVideoElement>(null);
  const [player, setPlayer] = useState<Player | null>(null);
  const [view, setView] = useState<PlayerView>(NOTHING);

  useEffect(() => {
    if (!video.current) return;
    const made = new Player(video.current, (next) => setView((known) => (same(known, next) ? known : next)));
    setPlayer(made);
    return () => made.destroy();
  }, []);

  const kind = source?.kind;
  const url = source && source.kind !== "over" ? source.url : null;
  const streamId = source?.kind === "live" ? source.streamId : null;
  const ended = view.phase === "ended";
  // Again for a new stream at the same address, and at the end of the one that played.
  useEffect(() => {
    if (!player || kind === undefined) return;
    if (url === null) player.finish();
    else if (kind === "live" || !ended) player.play(url, { live: kind === "live", lowLatency });
  }, [player, kind, url, streamId, ended]);

  useEffect(() => player?.setLowLatency(lowLatency), [player, lowLatency]);

  return { video, view, player };
}

function same(a: PlayerView, b: PlayerView): boolean {
  const tenths = (view: PlayerView) => view.latency !== null && Math.round(view.latency * 10);
  return a.phase === b.phase && a.behind === b.behind && a.stalls === b.stalls && tenths(a) === tenths(b);
}
