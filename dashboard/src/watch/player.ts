/**
 * Plays one HLS address into a <video>, and keeps at it.
 *
 * hls.js does the streaming (in Safari, the browser itself). What it gives up on is begun again from the multivariant
 * playlist: after a pause that grows while the address answers nothing, as before the first part of a stream and between
 * the crash of a node and the encoder's return. `finish` says that nothing more is to come.
 */

import type Hls from "hls.js";
import type { ErrorData, LevelDetails } from "hls.js";
import { Captions, readingParts } from "./captions";
import { NORMAL_LATENCY_S, settings } from "./player-settings";
import { Quality } from "./quality";

/** Until the address answers. The last one holds; each is spread by half. */
const RETRY_MS = [500, 1_000, 2_000, 3_000] as const;
const TICK_MS = 500;
/** A picture that stands still for so long, while the stream is live, is begun again. */
const STUCK_MS = 20_000;
/** hls.js may recover from a decoder's fault in place, but not twice in a row. */
const RECOVERY_MS = 10_000;
/** What was behind the live edge by more than this over its target is offered to go to it. */
const BEHIND_S = 3;

/** `waiting`: the address does not play yet, or no more; it is tried again. `blocked`: the browser wants a click. */
export type Phase = "idle" | "waiting" | "playing" | "ended" | "blocked" | "unsupported";

export interface PlayerView {
  readonly phase: Phase;
  /** Seconds behind the encoder's clock; null where it is not known (Safari, recordings). */
  readonly latency: number | null;
  readonly behind: boolean;
  /** Times that the picture stood still in the last minute. */
  readonly stalls: number;
}

export class Player {
  private hls: Hls | null = null;
  private url: string | null = null;
  private live = true;
  private lowLatency = true;
  private phase: Phase = "idle";
  private finishing = false;
  /** This attempt has played. */
  private joined = false;
  private failures = 0;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly tickTimer: ReturnType<typeof setInterval>;
  private readonly quality = new Quality();
  private readonly captions: Captions;
  private recoveredAt = 0;
  private movedAt = 0;
  private lastTime = 0;
  /** Counts attempts, so that what an abandoned one still loads is ignored. */
  private attempt = 0;
  /** The person paused it: it is not to start by itself. */
  private paused = false;
  private readonly listening = new AbortController();

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly onChange: (view: PlayerView) => void,
  ) {
    this.captions = new Captions(video);
    const on = (name: keyof HTMLMediaElementEventMap, heard: () => void) =>
      video.addEventListener(name, heard, { signal: this.listening.signal });
    on("playing", () => this.moves());
    on("ended", () => this.end());
    on("error", () => this.hls === null && this.url !== null && this.fail());
    on("waiting", () => this.quality.stalled(Date.now(), this.phase === "playing" && !video.seeking));
    on("play", () => {
      this.paused = false;
    });
    on("pause", () => {
      this.paused = !video.ended && this.phase === "playing";
    });
    this.tickTimer = setInterval(() => this.tick(), TICK_MS);
  }

  /** Play `url`, from its live edge where it is `live`. The same address again changes nothing while it plays. */
  play(url: string, { live, lowLatency }: { live: boolean; lowLatency: boolean }): void {
    this.finishing = false;
    if (url === this.url && (this.phase === "playing" || this.phase === "waiting" || this.phase === "blocked")) return;
    this.live = live;
    this.lowLatency = lowLatency;
    this.url = url;
    this.failures = 0;
    this.paused = false;
    void this.begin();
  }

  /** The stream is over: play what there is, then end, and do not try again. */
  finish(): void {
    this.finishing = true;
    if (this.phase === "waiting") this.end();
  }

  /** Jump to the live edge. */
  goLive(): void {
    const { seekable } = this.video;
    const edge = this.hls?.liveSyncPosition ?? (seekable.length > 0 ? seekable.end(seekable.length - 1) - 2 : null);
    if (edge !== null) this.video.currentTime = edge;
    this.start();
  }

  setLowLatency(lowLatency: boolean): void {
    if (lowLatency === this.lowLatency) return;
    this.lowLatency = lowLatency;
    if (this.hls === null) return;
    const holdBack = this.hls.latestLevelDetails?.partHoldBack;
    this.hls.targetLatency = (lowLatency && holdBack) || NORMAL_LATENCY_S;
    this.goLive();
  }

  /** By a click: the browser lets it play now. */
  start(): void {
    this.paused = false;
    this.video.play().catch((error: unknown) => {
      if (error instanceof DOMException && error.name === "NotAllowedError") this.turn("blocked");
    });
  }

  destroy(): void {
    clearInterval(this.tickTimer);
    this.listening.abort();
    this.abandon();
    this.url = null;
    this.video.removeAttribute("src");
    this.video.load();
  }

  private async begin(): Promise<void> {
    this.abandon();
    const attempt = ++this.attempt;
    const url = this.url;
    if (url === null) return;
    this.turn("waiting");
    this.joined = false;
    this.movedAt = Date.now();
    if (isWebKit(this.video)) {
      this.video.src = url;
      this.start();
      return;
    }
    const { default: Hls } = await import("hls.js");
    if (attempt !== this.attempt) return;
    if (!Hls.isSupported()) {
      if (!this.video.canPlayType("application/vnd.apple.mpegurl")) return this.turn("unsupported");
      this.video.src = url;
      this.start();
      return;
    }
    const { timelineController: reader } = Hls.DefaultConfig;
    const captions = reader && { timelineController: readingParts(reader) };
    const hls = new Hls({ ...settings(this.live, this.lowLatency), ...captions });
    this.hls = hls;
    hls.on(Hls.Events.ERROR, (_, data) => this.hls === hls && this.heardError(data));
    hls.on(Hls.Events.CUES_PARSED, (_, { cues }) => this.captions.add(cues as VTTCue[]));
    hls.on(Hls.Events.LEVEL_UPDATED, (_, { details }) => this.hls === hls && this.rejoin(details));
    hls.on(Hls.Events.MANIFEST_PARSED, () => {
      if (!this.paused) this.start();
    });
    hls.loadSource(url);
    hls.attachMedia(this.video);
  }

  /**
   * Numbers of segments jump when the encoder comes back to another node. hls.js then puts the new segments far ahead,
   * loads none of them and leaves the playhead where nothing more comes.
   */
  private rejoin({ live, fragmentStart }: LevelDetails): void {
    const { currentTime, readyState } = this.video;
    const edge = this.hls?.liveSyncPosition ?? null;
    if (!live || edge === null || this.paused || this.phase !== "playing") return;
    if (currentTime < fragmentStart && readyState < HTMLMediaElement.HAVE_FUTURE_DATA) this.video.currentTime = edge;
  }

  private heardError(data: ErrorData): void {
    if (!data.fatal || this.hls === null) return;
    const now = Date.now();
    if (data.type === "mediaError" && now - this.recoveredAt > RECOVERY_MS) {
      this.recoveredAt = now;
      this.hls.recoverMediaError();
      if (!this.paused) this.start();
    } else {
      this.fail();
    }
  }

  private fail(): void {
    this.abandon();
    if (this.finishing) {
      this.end();
      return;
    }
    this.turn("waiting");
    const pause = RETRY_MS[Math.min(this.failures++, RETRY_MS.length - 1)] ?? 0;
    this.retryTimer = setTimeout(() => void this.begin(), pause * (0.75 + 0.5 * Math.random()));
  }

  private end(): void {
    this.abandon();
    this.url = null;
    this.turn("ended");
  }

  private abandon(): void {
    this.attempt++;
    clearTimeout(this.retryTimer);
    this.captions.clear();
    this.hls?.destroy();
    this.hls = null;
  }

  private moves(): void {
    this.failures = 0;
    this.movedAt = Date.now();
    this.quality.moved(this.movedAt);
    this.turn("playing");
    if (!this.joined) this.join();
  }

  /**
   * hls.js chooses where to begin when it has the playlist. If the first frame took long after that (a slow connection,
   * a browser that wanted a click), it would stay as far behind: it catches up a few seconds, and no more.
   */
  private join(): void {
    this.joined = true;
    const edge = this.hls?.liveSyncPosition ?? null;
    if (this.live && edge !== null && edge - this.video.currentTime > BEHIND_S) this.goLive();
  }

  private tick(): void {
    const now = Date.now();
    const { currentTime, paused } = this.video;
    if (currentTime !== this.lastTime || paused) this.movedAt = now;
    if (currentTime !== this.lastTime && !paused) this.quality.moved(now);
    this.lastTime = currentTime;
    const loading = this.phase === "playing" || (this.phase === "waiting" && this.hls !== null);
    if (this.live && loading && !this.paused && now - this.movedAt > STUCK_MS) this.fail();
    this.turn(this.phase);
  }

  private turn(phase: Phase): void {
    this.phase = phase;
    const { hls } = this;
    const latency = this.live && phase === "playing" && hls !== null && hls.latency > 0 ? hls.latency : null;
    this.onChange({
      phase,
      latency,
      behind: latency === null ? this.isBehindNative() : latency > (hls?.targetLatency ?? NORMAL_LATENCY_S) + BEHIND_S,
      stalls: this.quality.stalls(Date.now()),
    });
  }

  private isBehindNative(): boolean {
    const { seekable, currentTime } = this.video;
    if (!this.live || this.hls !== null || this.phase !== "playing" || seekable.length === 0) return false;
    return seekable.end(seekable.length - 1) - currentTime > 3 * NORMAL_LATENCY_S;
  }
}

/** Safari plays HLS itself, with AirPlay and less power. Other browsers that say they can are better served by hls.js. */
function isWebKit(video: HTMLVideoElement): boolean {
  return "webkitSetPresentationMode" in video && video.canPlayType("application/vnd.apple.mpegurl") !== "";
}
