/** Charts of a broadcast: what is drawn, its figures, and what happened when. */

import type { FindingCode } from "../contract";
import { catalogue, plural } from "../i18n/catalogue";

/** In English, as the server has them: `told` translates them (words/server.ts). */
export const findingTitles: Readonly<Record<FindingCode, string>> = {
  gopSizeLong: "Key frames are too far apart",
  gopSizeShort: "Key frames are too close together",
  gopSizeIrregular: "Key frames are irregular",
  videoIngestionStarved: "The stream arrives too slowly",
  videoIngestionFasterThanRealtime: "The stream arrives faster than real time",
  timestampJump: "The stream's clock jumped",
  openGop: "Groups of pictures are open",
  bFrames: "There are many B-frames",
  drift: "The stream drifts from real time",
  bitrateLow: "The video bitrate is low for this picture",
  bitrateHigh: "The video bitrate is higher than needed",
  bitrateUnstable: "The video bitrate is unstable",
  frameRateLow: "Frames are missing",
  noAudioStream: "There is no audio",
  noVideoStream: "There is no video",
  audioCodec: "Some players cannot play this audio",
  audioSampleRate: "The audio sample rate is unusual",
  audioTooManyChannels: "There are too many audio channels",
  audioBitrateLow: "The audio bitrate is low",
  audioBitrateHigh: "The audio bitrate is higher than needed",
  videoResolutionChanged: "The resolution changed during the broadcast",
  metadataMismatch: "The encoder declares another size than it sends",
  videoProfileUnsupported: "Browsers cannot play this video",
  interlacedVideo: "The video is interlaced",
};

const english = {
  choose: "Chart",
  metrics: {
    bitrate_kbps: { name: "Bitrate", unit: "kbit/s" },
    video_fps: { name: "Frame rate", unit: "fps" },
    keyframe_interval_s: { name: "Keyframe interval", unit: "s" },
    viewers: { name: "Viewers", unit: "" },
  },
  seconds: (count: number) => `${count} s`,
  minutes: (count: number) => `${count} min`,
  window: (length: string) => `average of ${length}, with lowest and highest`,
  range: (average: string, min: string, max: string) => `${average} (${min} to ${max})`,
  overall: (metric: string, figures: string) => `${metric} over the whole broadcast: average ${figures}`,
  interruptions: (count: number) => plural(count, { one: "1 interruption", other: `${count} interruptions` }),
  findingCount: (count: number) => plural(count, { one: "1 health finding", other: `${count} health findings` }),
  nothingYet: (metric: string) => `${metric}: no measurements yet.`,
  notMeasured: "Not measured",
  earlier: (figure: string) => `Broadcast before: ${figure}`,
  broken: "The chart could not be loaded. Its figures are in the table.",
  table: "Figures and events as text",
  time: "Time",
  events: "Events",
  noEvents: "No events.",
  marks: {
    start: "Live",
    interrupted: "Interrupted",
    resumed: "Resumed",
    end: "End",
    raised: "Health finding",
    cleared: "Health finding cleared",
  },
};

export type ChartsWords = typeof english;
export const t = catalogue(english, { de: () => import("./charts.de") });
