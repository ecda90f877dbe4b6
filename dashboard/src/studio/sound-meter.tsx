import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../words/sound";
import { FLOOR_DB, type Heard, Meter, share } from "./levels";
import { SoundTap } from "./sound-tap";

/** 15 pictures a second: enough for an eye, and little work. */
const EVERY_MS = 66;

interface SoundMeterProps {
  readonly video: RefObject<HTMLVideoElement | null>;
  readonly playing: boolean;
}

/** How loud the stream is, left and right, also while its preview is muted. */
export function SoundMeter({ video, playing }: SoundMeterProps) {
  const bars = useRef<HTMLDivElement>(null);
  // An element can be rerouted once only, so its tap stays for as long as it does.
  const tap = useRef<SoundTap | null>(null);
  const [told, setTold] = useState<{ heard: Heard | "waiting"; peak: number }>({ heard: "waiting", peak: FLOOR_DB });

  useEffect(() => () => tap.current?.close(), []);

  useEffect(() => {
    if (!playing || !video.current) return;
    tap.current ??= new SoundTap(video.current);
    const { current } = tap;
    const meter = new Meter(performance.now());
    let timer: ReturnType<typeof setInterval> | undefined;

    const draw = () => {
      const shown = meter.hear(current.peaks(), performance.now());
      for (const [channel, bar] of [...(bars.current?.children ?? [])].entries()) {
        (bar as HTMLElement).style.setProperty("--level", String(share(shown[channel] ?? FLOOR_DB)));
      }
      const next = meter.tell(performance.now());
      if (next) setTold({ ...next, heard: current.running ? next.heard : "waiting" });
    };
    // Nobody sees it in a hidden tab.
    const turn = () => {
      clearInterval(timer);
      if (document.visibilityState === "hidden") return current.pause();
      current.resume();
      timer = setInterval(draw, EVERY_MS);
    };
    turn();
    document.addEventListener("visibilitychange", turn);
    // Browsers start sound only after a click or a key on the page.
    document.addEventListener("pointerdown", turn);
    document.addEventListener("keydown", turn);
    return () => {
      clearInterval(timer);
      current.pause();
      document.removeEventListener("visibilitychange", turn);
      document.removeEventListener("pointerdown", turn);
      document.removeEventListener("keydown", turn);
    };
  }, [video, playing]);

  if (!playing) return null;
  return (
    <div class="sound" data-testid="sound-meter" data-heard={told.heard}>
      <div
        ref={bars}
        class="sound-bars"
        role="meter"
        aria-label={t.level}
        aria-valuemin={FLOOR_DB}
        aria-valuemax={0}
        aria-valuenow={told.peak}
        aria-valuetext={t.decibels(told.peak)}
      >
        <div class="sound-bar" />
        <div class="sound-bar" />
      </div>
      <p class="sound-text" role="status">
        {told.heard === "sound" ? null : t[told.heard]}
      </p>
    </div>
  );
}
