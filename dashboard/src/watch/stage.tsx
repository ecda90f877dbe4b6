import "media-chrome/dist/media-controller.js";
import "media-chrome/dist/media-captions-button.js";
import "media-chrome/dist/media-control-bar.js";
import "media-chrome/dist/media-fullscreen-button.js";
import "media-chrome/dist/media-loading-indicator.js";
import "media-chrome/dist/media-mute-button.js";
import "media-chrome/dist/media-pip-button.js";
import "media-chrome/dist/media-play-button.js";
import "media-chrome/dist/media-time-display.js";
import "media-chrome/dist/media-time-range.js";
import "media-chrome/dist/media-volume-range.js";
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ViewerIcon } from "../ui/viewer-icon";
import "../words/controls";
import { t } from "../words/watch";
import type { PlayerHandle } from "./use-player";

interface StageProps {
  readonly handle: PlayerHandle;
  readonly live: boolean;
  readonly title: string;
  readonly poster: string | null;
  /** Stands before the picture: why there is none. */
  readonly card: ComponentChildren;
  /** A line above the picture. */
  readonly notice: string | null;
}

/** The picture with its controls, and what is said in its place while there is none. */
export function Stage({ handle, live, title, poster, card, notice }: StageProps) {
  const { video, view, player } = handle;
  const muted = useMuted(handle);
  const shows = card === null;
  useKeys(handle);

  return (
    <div class="stage" id="stage" data-testid="stage" data-phase={view.phase}>
      <media-controller
        class="player"
        fullscreenelement="stage"
        defaultstreamtype={live ? "live" : "on-demand"}
        noautoseektolive
        nomutedpref
        inert={!shows}
      >
        <video
          ref={video}
          slot="media"
          playsInline
          muted
          crossOrigin="anonymous"
          {...(poster === null ? {} : { poster })}
          aria-label={title}
          data-testid="video"
        />
        <media-loading-indicator slot="centered-chrome" noautohide />
        <media-control-bar class="controls">
          <media-play-button />
          <media-mute-button />
          <media-volume-range />
          {live ? (
            <button
              type="button"
              class="go-live"
              data-testid="go-live"
              data-behind={view.behind}
              onClick={() => player?.goLive()}
            >
              <span class="dot" aria-hidden="true" />
              {view.behind ? t.goToLive : t.live}
            </button>
          ) : (
            <media-time-range />
          )}
          {live ? <span class="controls-space" /> : <media-time-display showduration />}
          <media-captions-button />
          <media-pip-button />
          <media-fullscreen-button />
        </media-control-bar>
      </media-controller>
      {shows && notice !== null && (
        <p class="stage-notice" role="status" data-testid="stage-notice">
          {notice}
        </p>
      )}
      {shows && view.phase === "playing" && muted && (
        <button
          type="button"
          class="stage-button stage-unmute"
          data-testid="unmute"
          onClick={() => {
            if (!video.current) return;
            video.current.muted = false;
            if (video.current.volume === 0) video.current.volume = 1;
          }}
        >
          <ViewerIcon name="muted" />
          {t.unmute}
        </button>
      )}
      {shows && view.phase === "blocked" && (
        <button
          type="button"
          class="stage-button stage-start"
          data-testid="start-playing"
          onClick={() => player?.start()}
        >
          <ViewerIcon name="play" />
          {t.play}
        </button>
      )}
      {!shows && (
        <div class="stage-card" data-testid="stage-card">
          {card}
        </div>
      )}
    </div>
  );
}

function useMuted({ video }: PlayerHandle): boolean {
  const [muted, setMuted] = useState(true);
  useEffect(() => {
    const element = video.current;
    if (!element) return;
    // An attribute sets it for documents that are parsed only.
    element.muted = true;
    const look = () => setMuted(element.muted || element.volume === 0);
    element.addEventListener("volumechange", look);
    return () => element.removeEventListener("volumechange", look);
  }, [video]);
  return muted;
}

/** k or space, m, f and c work wherever the focus is, but where they mean something else. Inside, the controls do it. */
function useKeys({ video, player }: PlayerHandle): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const { target } = event;
      const element = video.current;
      if (!element || event.ctrlKey || event.metaKey || event.altKey) return;
      if (target instanceof Element && target.closest("media-controller, a, button, input, select, textarea")) return;
      switch (event.key) {
        case " ":
        case "k":
          if (element.paused) player?.start();
          else element.pause();
          break;
        case "m":
          element.muted = !element.muted;
          break;
        case "f":
          if (document.fullscreenElement) void document.exitFullscreen();
          else void document.getElementById("stage")?.requestFullscreen();
          break;
        case "c":
          toggleCaptions(element.textTracks);
          break;
        default:
          return;
      }
      event.preventDefault();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, [video, player]);
}

function toggleCaptions(tracks: TextTrackList): void {
  const captions = [...tracks].filter((track) => track.kind === "captions" || track.kind === "subtitles");
  const shown = captions.some((track) => track.mode === "showing");
  for (const [index, track] of captions.entries()) track.mode = !shown && index === 0 ? "showing" : "hidden";
}
