import type { FragLoadingData, HlsConfig } from "hls.js";
import { t } from "../words/watch";

/**
 * Captions that come in the picture (CEA-608), as a text track of the video.
 *
 * hls.js would make the track itself, but hands cues on only after appending video without sound (1.7.4), and our
 * segments are muxed.
 */
export class Captions {
  private track: TextTrack | null = null;

  constructor(private readonly video: HTMLVideoElement) {}

  add(cues: readonly VTTCue[]): void {
    if (cues.length === 0) return;
    // A track that was added so stays for the element's life.
    this.track ??= this.video.addTextTrack("captions", t.captions, "en");
    if (this.track.mode === "disabled") this.track.mode = "hidden";
    for (const cue of cues) this.track.addCue(cue);
  }

  /** Times begin anew. */
  clear(): void {
    for (const cue of [...(this.track?.cues ?? [])]) this.track?.removeCue(cue);
  }
}

interface Reading {
  onFragLoading(event: unknown, data: FragLoadingData): void;
  lastSn: number;
  readonly lastPartIndex: number;
}

type Captioning = NonNullable<HlsConfig["timelineController"]>;
type Reader = new (...given: unknown[]) => Reading;

/**
 * hls.js's reader of captions, for low latency: hls.js 1.7.4 takes each part after a segment's first for a gap, and forgets
 * the caption that it is reading.
 */
export function readingParts(Base: Captioning): Captioning {
  class PartReader extends (Base as unknown as Reader) {
    override onFragLoading(event: unknown, data: FragLoadingData): void {
      if (data.frag.sn === this.lastSn && data.part?.index === this.lastPartIndex + 1) this.lastSn -= 1;
      super.onFragLoading(event, data);
    }
  }
  return PartReader as unknown as Captioning;
}
