/** Listens to a video element without changing what comes out of it. */

import { peakOf } from "./levels";

/** 43 ms at 48 kHz. */
const WINDOW = 2048;

interface Capturing extends HTMLVideoElement {
  captureStream?(): MediaStream;
}

/**
 * Where the browser can copy an element's sound (`captureStream`: Chromium), muting and volume do not touch the copy. In
 * others the element itself is rerouted through Web Audio, and the meter shows what is heard.
 */
export class SoundTap {
  private readonly context = new AudioContext();
  // Explicitly two channels: mono sound is mixed up to both (Web Audio API, "Up-mixing and down-mixing").
  private readonly stereo = new GainNode(this.context, { channelCount: 2, channelCountMode: "explicit" });
  private readonly analysers = [0, 1].map(() => new AnalyserNode(this.context, { fftSize: WINDOW }));
  private readonly samples = new Float32Array(WINDOW);
  private source: MediaStreamAudioSourceNode | null = null;
  private track: MediaStreamTrack | null = null;
  private stream: MediaStream | null = null;

  constructor(private readonly video: Capturing) {
    const splitter = new ChannelSplitterNode(this.context, { numberOfOutputs: 2 });
    this.stereo.connect(splitter);
    for (const [channel, analyser] of this.analysers.entries()) splitter.connect(analyser, channel);
    if (video.captureStream) return;
    const rerouted = this.context.createMediaElementSource(video);
    rerouted.connect(this.stereo);
    rerouted.connect(this.context.destination);
  }

  /** Whether the browser lets it run: without a click on the page it may have to wait for one. */
  get running(): boolean {
    return this.context.state === "running";
  }

  /** The levels of the left and the right channel since some 40 ms. */
  peaks(): readonly number[] {
    this.follow();
    return this.analysers.map((analyser) => {
      analyser.getFloatTimeDomainData(this.samples);
      return peakOf(this.samples);
    });
  }

  /** Uses next to no CPU until it is resumed. What is rerouted goes on, or it would fall silent. */
  pause(): void {
    if (this.video.captureStream) void this.context.suspend();
  }

  resume(): void {
    void this.context.resume();
  }

  close(): void {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    void this.context.close();
  }

  /** The captured stream has another track after each start of the player. */
  private follow(): void {
    if (!this.video.captureStream) return;
    this.stream ??= this.video.captureStream();
    const track = this.stream.getAudioTracks().find(({ readyState }) => readyState === "live") ?? null;
    if (track === this.track) return;
    this.source?.disconnect();
    this.track = track;
    this.source = track && this.context.createMediaStreamSource(new MediaStream([track]));
    this.source?.connect(this.stereo);
  }
}
