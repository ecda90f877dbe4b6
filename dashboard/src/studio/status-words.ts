/** The status to show, and its wording. */

import type { ChannelStatus, Live } from "../contract";
import type { CurrentStream, StudioState } from "../realtime/state";
import { t } from "../words/status";
import { t as test } from "../words/test-mode";

/** UNKNOWN: the connection is lost, so the last status may no longer be true. */
export type ShownStatus = ChannelStatus | "UNKNOWN";

/** Null once the server has ended the connection for good: only its reason counts then. */
export function shownStatus(state: StudioState): ShownStatus | null {
  const { phase } = state.link;
  if (phase === "closed") return null;
  return phase === "lost" ? "UNKNOWN" : state.stream.status;
}

/** The tab's title, in sight while the page is not. */
export function tabTitle(shown: ShownStatus | null, refused: boolean, isTest = false): string {
  if (isTest && shown === "LIVE") return `${test.tab} · stream-sync`;
  const first = refused && shown === "OFFLINE" ? t.tabRefused : shown === null ? t.tabStudio : t.tab[shown];
  return `${first} · stream-sync`;
}

/** What a screen reader says when the status changes. No countdown in it, or it would be repeated every second. */
export function announcement(shown: ShownStatus, stream: CurrentStream): string {
  switch (shown) {
    case "LIVE":
      return stream.live?.test ? test.announcement : t.youAreLive;
    case "RECONNECTING":
      if (isExplained(stream) && stream.reasonText) return stream.reasonText;
      return `${interruption(stream)} ${t.waitingToReconnect}`;
    case "OFFLINE":
      return stream.reasonText ? `${t.youAreOffline} ${stream.reasonText}` : t.youAreOffline;
    case "UNKNOWN":
      return t.statusUnknown;
  }
}

/** Differs whenever something happens to the stream that its timeline records. */
export function happened({ status, live }: CurrentStream): string {
  return [status, ...(live?.health?.findings ?? []).map(({ code, severity }) => `${code} ${severity}`)].join(", ");
}

/** A codec is known with its first tag. If it is still unknown this long after the first media, it is missing. */
export const MISSING_AFTER_MS = 5_000;

export type Media = "audio" | "video";

/** Which of audio and video is missing from a stream that has been live for `liveForMs` and is measured. */
export function missingMedia(live: Live, liveForMs: number): Media[] {
  if (liveForMs < MISSING_AFTER_MS) return [];
  const missing: Media[] = [];
  if (live.video_codec === null) missing.push("video");
  if (live.audio_codec === null) missing.push("audio");
  return missing;
}

export function anythingMeasured(live: Live | null): boolean {
  if (!live) return false;
  const { stream_id, started_at, encoder, declared, test: _, ...measures } = live;
  return Object.values(measures).some((value) => value !== null);
}

/** The encoder is connected but has not sent a frame yet. */
export function isWaitingForKeyFrame(stream: CurrentStream): boolean {
  return stream.reason === "waiting_for_key_frame";
}

/** While RECONNECTING: whether an encoder is there, so that the reason says all. */
export function isExplained(stream: CurrentStream): boolean {
  return isWaitingForKeyFrame(stream) || stream.reason === "taken_over";
}

/** That the encoder is gone, and the reason if it is known. */
export function interruption({ reasonText }: CurrentStream): string {
  return reasonText === null ? t.encoderLost : `${t.encoderLost} ${reasonText}`;
}

const CODEC_NAMES: Readonly<Record<string, string>> = {
  h264: "H.264",
  avc: "H.264",
  avc1: "H.264",
  hevc: "H.265",
  h265: "H.265",
  hvc1: "H.265",
  av1: "AV1",
  av01: "AV1",
  vp9: "VP9",
  vp09: "VP9",
  aac: "AAC",
  mp4a: "AAC",
  mp3: "MP3",
  opus: "Opus",
  flac: "FLAC",
  ac3: "AC-3",
  eac3: "E-AC-3",
  pcma: "G.711 A-law",
  pcmu: "G.711 μ-law",
  speex: "Speex",
  pcm: "PCM",
  adpcm: "ADPCM",
  nellymoser: "Nellymoser",
};

/** In RTMP, encoders report the name of their library; users know the product's. */
export function encoderName(encoder: string): string {
  const obs = /libobs version (\d[\d.]*)/.exec(encoder);
  if (obs) return `OBS Studio ${obs[1]}`;
  const ffmpeg = /^Lavf(\d[\d.]*)/.exec(encoder);
  return ffmpeg ? `FFmpeg (libavformat ${ffmpeg[1]})` : encoder;
}

/** The name that encoder settings use; a codec missing from the list is shown as the server reports it. */
export function codecName(codec: string): string {
  return CODEC_NAMES[codec.toLowerCase()] ?? codec;
}

/** "High 4.1", or as much of it as is known. */
export function profileAndLevel({ video_profile, video_level }: Live): string {
  return [video_profile, video_level].filter((word) => word !== null).join(" ");
}

const LAYOUTS: Readonly<Record<number, string>> = { 1: "mono", 2: "stereo", 6: "5.1", 8: "7.1" };

/** "48 kHz stereo", or as much of it as is known. */
export function rateAndChannels({
  audio_sample_rate,
  audio_channels,
}: Pick<Live, "audio_sample_rate" | "audio_channels">): string {
  const rate = audio_sample_rate === null ? null : `${audio_sample_rate / 1000} kHz`;
  const channels = audio_channels === null ? null : (LAYOUTS[audio_channels] ?? t.channels(audio_channels));
  return [rate, channels].filter((word) => word !== null).join(" ");
}
