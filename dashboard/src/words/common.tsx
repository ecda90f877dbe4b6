/** Words of more than one page. */

import type { ComponentChildren } from "preact";
import { catalogue } from "../i18n/catalogue";

const english = {
  tryAgain: "Try again",
  pageNotLoaded: "This page could not be loaded. Check your connection, then reload it.",
  partNotLoaded: "This part of the page could not be loaded. Check your connection, then reload the page.",
  dismiss: "Dismiss",
  cancel: "Cancel",
  unknown: "unknown",
  homeLabel: "stream-sync: what is live",
  studio: "Studio",
  language: "Language",
  pageCannotStart: "This page cannot start",
  config: {
    noAnswer: "The server did not answer. Check your connection, and that stream-sync is running.",
    notThere: (status: number) => `config.json is not beside this page (the server answered ${status}).`,
    notJson: "config.json is not valid JSON.",
    notAnObject: (field: string) => `config.json: "${field}" must be an object.`,
    notText: (field: string) => `config.json: "${field}" must be text.`,
    missing: (field: string) => `config.json: "${field}" is missing.`,
  },

  justNow: "just now",
  secondsAgo: (count: number) => `${count} s ago`,
  minutesAgo: (count: number) => `${count} min ago`,
  hoursAgo: (count: number) => `${count} h ago`,

  copy: "Copy",
  copied: "Copied",
  wasCopied: (what: string) => `The ${what} was copied.`,
  copyByHand: (what: string) => `Copy the ${what} manually`,
  copyByHandTitle: (what: string) => `Your browser doesn't let this page copy. Please copy the ${what} manually.`,
  copyByHandField: (what: string) => `${what}, to copy manually`,
  copyByHandHint: (keys: ComponentChildren): ComponentChildren => (
    <>It is already selected: press {keys}, or touch and hold the text and choose Copy.</>
  ),
  copyByHandSecret: "Dismiss this when you are done: nobody else should see your key.",

  unreadable: "The server sent a response that this page can't read.",
  reload: "Reload the page.",
  serverAnswered: (status: number) => `The server answered ${status}.`,
  tryAgainSoon: "Try again in a moment.",
  somethingWrong: "Something went wrong.",
  sessionEnded: "Your session has ended.",
  signInAgain: "Sign in again.",
  unreachable: "The server can't be reached.",
  checkConnection: "Check your connection and try again.",
};

export type CommonWords = typeof english;
export const t = catalogue(english, { de: () => import("./common.de") });
