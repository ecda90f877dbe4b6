/** The studio's status, and what is measured of the stream. */

import type { ComponentChildren } from "preact";
import { catalogue, plural } from "../i18n/catalogue";

const english = {
  heading: "Stream status",
  untitled: "Untitled stream",
  pill: { LIVE: "LIVE", RECONNECTING: "RECONNECTING", OFFLINE: "OFFLINE", UNKNOWN: "UNKNOWN" },
  tab: { LIVE: "● LIVE", RECONNECTING: "◌ Reconnecting", OFFLINE: "Offline", UNKNOWN: "Unknown" },
  tabRefused: "Refused",
  tabStudio: "Studio",

  youAreLive: "You are live.",
  youAreOffline: "You are offline.",
  statusUnknown: "This page has lost its connection to stream-sync. Your status is unknown.",
  encoderLost: "The connection to your encoder was lost.",
  waitingToReconnect: "Waiting for it to reconnect.",
  live: "Live",
  liveFor: (time: ComponentChildren): ComponentChildren => <>Live for {time}</>,
  waitingSeconds: (seconds: ComponentChildren): ComponentChildren => <>Waiting {seconds} s for it to reconnect.</>,
  lastKnown: (status: string, since: string | null) => `Last known: ${status}${since === null ? "" : `, ${since}`}.`,
  endedOn: (moment: ComponentChildren): ComponentChildren => <>Ended on {moment}.</>,
  lastBroadcast: "Last broadcast",

  endStream: "End stream",
  ending: "Ending…",
  endTitle: "End the stream?",
  endConsequence:
    "Your channel goes offline immediately. Encoders that reconnect are refused until you allow them again.",
  endEncoder: "Stop streaming in your encoder as well: many keep trying.",

  stepCopy: (): ComponentChildren => (
    <>
      <strong>Copy</strong> the server URL and the stream key below.
    </>
  ),
  stepPaste: (): ComponentChildren => (
    <>
      <strong>Paste</strong> them into OBS or any RTMP encoder.
    </>
  ),
  stepStart: (): ComponentChildren => (
    <>
      <strong>Start streaming.</strong> This page shows LIVE within two seconds.
    </>
  ),

  unauthorized:
    'Your encoder says "Unauthorized", or that it cannot access the stream key? Then its key is not a key of this channel: copy the key again below, without spaces, and check the server URL above it.',

  bitrate: "Bitrate",
  kbps: "kbit/s",
  videoRate: (rate: string) => `Video ${rate}`,
  audioRate: (rate: string) => `Audio ${rate}`,
  declared: (value: string) => `Declared ${value}`,
  differs: (value: string) => `Differs from declared ${value}`,
  declaredRates: (rates: string) => `Declared: ${rates}`,
  ofVideo: (rate: string) => `video\u00a0${rate}`,
  ofAudio: (rate: string) => `audio\u00a0${rate}`,
  muchLess: (declared: string, measured: string) =>
    `Your encoder declares ${declared} kbit/s, but only ${measured} kbit/s arrive. That is normal for a still picture; otherwise check your connection, and the dropped frames in your encoder.`,
  muchMore: (declared: string, measured: string) =>
    `Your encoder declares ${declared} kbit/s, but ${measured} kbit/s arrive. Set its rate control to a constant bitrate (CBR).`,
  lastMeasured: "Last measured",
  waitingForMeasures: "Waiting for measurements…",
  resolution: "Resolution",
  frameRate: "Frame rate",
  video: "Video",
  audio: "Audio",
  encoder: "Encoder",
  viewers: "Viewers",
  peak: (viewers: string) => `peak ${viewers}`,
  watched: (minutes: string) => `${minutes} min watched`,
  channels: (count: number) => plural(count, { one: "1 channel", other: `${count} channels` }),
  missing: {
    audio: {
      short: "No audio received",
      hint: "No audio has been received since the stream started. Check your encoder's audio settings.",
    },
    video: {
      short: "No video received",
      hint: "No video has been received since the stream started. Check your encoder's video settings.",
    },
  },
};

export type StatusWords = typeof english;
export const t = catalogue(english, { de: () => import("./status.de") });
