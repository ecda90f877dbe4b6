/** The player, and the pages around it. */

import type { ComponentChildren } from "preact";
import { catalogue, plural } from "../i18n/catalogue";

const english = {
  untitled: "Untitled stream",
  live: "Live",
  liveBadge: "LIVE",
  liveStream: "Live stream",
  goToLive: "Go to live",
  unmute: "Unmute",
  play: "Play",
  previewOf: "Preview of your stream",
  previewStarting: "The preview is starting…",
  youAreOffline: "You are offline.",
  watchOnSite: (title: string) => `Watch ${title} on stream-sync`,

  interrupted: "The broadcaster's connection was interrupted. The stream goes on here as soon as it is back.",
  starting: "The stream is starting…",
  noChannel: "There is no such channel",
  noChannelHint: "It may be private, or the address may be incomplete.",
  seeLive: "See what is live",
  expired: "This link has expired",
  expiredHint: "The channel is private. Ask its broadcaster for a new link.",
  recordingGone: "This stream can't be watched",
  recordingGoneHint: "It was not recorded, or its recording was deleted.",
  unsupported: "This browser can't play the stream",
  unsupportedHint: "Any current browser can.",
  unreachable: "The server can't be reached",
  unreachableHint: "This page tries again by itself.",
  hasEnded: "The stream has ended",
  isOffline: (name: string) => `${name} is offline`,
  thisChannel: "This channel",
  nextPlanned: (title: ComponentChildren, moment: ComponentChildren): ComponentChildren => (
    <>
      Next: {title}, {moment}
    </>
  ),
  nextPlaysHere: "When the next one starts, it plays here by itself.",
  watchLast: (length: string | null) => `Watch the last stream${length === null ? "" : ` (${length})`}`,

  pastStreamOf: (moment: ComponentChildren): ComponentChildren => <>Past stream of {moment}</>,
  download: "Download",
  watchLive: "Watch live",
  toChannel: "Go to the channel",
  viewers: (count: number, shown: string) => plural(count, { one: `${shown} viewer`, other: `${shown} viewers` }),
  offlineBadge: "OFFLINE",
  pastStreams: "Past streams",
  latency: "Latency",
  lowLatency: "Low",
  normalLatency: "Normal, steadier",
  behind: (seconds: string) => `${seconds} s behind the broadcaster`,
  connectionGood: "connection is good",
  stalls: (count: number) => `stopped ${plural(count, { one: "once", other: `${count} times` })} in the last minute`,
  tryNormal: "try Normal",
  captions: "Captions",
  copyLink: "Copy link",
  linkToPage: "link to this page",
  link: "link",
  embed: "Embed",
  embedWhat: "code that embeds the player into a page",
  embedCode: "embed code",
};

export type WatchWords = typeof english;
export const t = catalogue(english, { de: () => import("./watch.de") });
