/** The studio: notices above the status, health, sharing, details, recordings and refusals. */

import type { ComponentChildren } from "preact";
import { catalogue, plural } from "../i18n/catalogue";

const english = {
  studio: "Studio",
  signOut: "Sign out",
  leaveTitle: "Sign out without saving?",
  leaveText: "Your changes of the channel details are not saved.",
  leave: "Sign out",
  pages: "Studio pages",
  broadcasts: "Broadcasts",
  loading: "Loading your channel…",
  loadFailed: "Your channel could not be loaded",
  sessionEnded: "Your session has ended. Please sign in again.",

  link: { connecting: "Connecting…", open: "Connected", lost: "Connection lost", closed: "Disconnected" },
  linkLost: "Connection lost, retrying",
  linkLostHint: "This page can't show your stream's current state; your encoder shows whether it is still sending.",
  nextAttempt: (seconds: number) => `Next attempt in ${seconds} s.`,
  retryingNow: "Retrying now…",
  retryNow: "Retry now",

  keys: "Stream keys",
  schedule: "Schedule",

  refused: "A connection was refused:",
  withKey: (label: string) => `key "${label}"`,
  from: (address: string) => `from ${address}`,
  times: (count: number) => plural(count, { one: "once", other: `${count} times` }),
  waiting: "Your encoder is connected and waits: all ingest servers are full.",
  place: (place: number) => `Place ${place} in the queue.`,
  waitingHint: "The stream starts by itself as soon as a place is free. Leave the encoder running.",
  refusedIn: (seconds: number) => `Refused in ${seconds} s if no place becomes free`,
  closedNow: "Encoders are refused for now.",
  closedHint: "Allow them again to start another stream, or wait until none has tried for 20 minutes.",
  keepsTrying: (attempts: number, moment: ComponentChildren): ComponentChildren => (
    <>
      An encoder keeps trying: {attempts > 1 ? `${attempts} attempts, the last` : "last attempt"} {moment}. Stop it if
      you do not want to go live again.
    </>
  ),
  allow: "Allow again",
  allowing: "Allowing…",

  health: "Stream health",
  overall: { good: "Good", fair: "Fair", poor: "Poor" },
  error: "Error:",
  warning: "Warning:",
  finding: (measured: string, expected: string, since: ComponentChildren): ComponentChildren => (
    <>
      Measured: {measured}. Recommended: {expected}. Since {since}.
    </>
  ),

  watchPage: "Your watch page",
  showPreview: "Show preview",
  hidePreview: "Hide preview",
  privateHint: "Your channel is private: people need a private link, which is valid for a day.",
  createLink: "Create a private link",
  viewersLink: "Link for viewers",
  viewersLinkInText: "link for viewers",
  open: "Open",
  validUntil: (moment: ComponentChildren): ComponentChildren => <>Whoever has it can watch until {moment}.</>,
  linkForPreview: "Create a private link to see the preview.",
  previewFailed: "The preview can't be loaded. Reload the page to try again.",

  details: "Channel details",
  detailsHint: "What viewers see",
  title: "Title",
  titleExample: "What are you streaming today?",
  description: "Description",
  category: "Category",
  categoryExample: "e.g. Music",
  visibility: "Visibility",
  visibilities: { public: "Public", unlisted: "Unlisted (link only)", private: "Private (private link only)" },
  tags: "Tags",
  tagsHint: (most: number) => `separated by commas, up to ${most}`,
  tagsExample: "e.g. live, piano",
  recording: "Recording",
  recordingHint: "a change applies from the next stream on",
  record: "Record my streams",
  dontRecord: "Don't record",
  correct: "Not saved. Please correct the fields marked above.",
  saved: "Saved",
  save: "Save",
  saving: "Saving…",
  discard: "Discard",
};

export type StudioWords = typeof english;
export const t = catalogue(english, { de: () => import("./studio.de") });
