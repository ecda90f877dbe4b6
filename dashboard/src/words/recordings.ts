/** Recordings and refused connections, in the studio. */

import { catalogue, plural } from "../i18n/catalogue";

const english = {
  recordings: "Recordings",
  recordingsHint: "Your last streams",
  none: "A stream that is recorded appears here.",
  untitled: "Untitled stream",
  switchedOff: "This server has recording switched off and does not play past streams.",
  watch: "Watch",
  download: "Download",
  keep: "Keep",
  delete: "Delete",
  deleting: "Deleting…",
  deleteTitle: "Delete this recording?",
  deleteConsequence: "Nobody will be able to watch it any more. This can't be undone.",
  recording: "recording",
  notRecorded: "not recorded",
  private: "private",
  kept: "kept",
  expiresOn: (moment: string) => `expires on ${moment}`,

  refusals: "Refused connections",
  refusalsHint:
    'Encoders with a key of this channel that could not go live. One that is not yours used a key that somebody else has: reset or revoke it. An encoder whose key is unknown is not listed: if yours says "Unauthorized" and is not here, copy the key again.',
  noRefusals: "None in the last 90 days.",
  from: (address: string) => `from ${address}`,
  attempts: (count: number) => plural(count, { one: "1 attempt", other: `${count} attempts` }),
  atLeast: (attempts: string) => `at least ${attempts}`,
  first: "first",
  last: "last",
  withKey: (label: string) => `key "${label}"`,
  newKey: 'To let this encoder stream again, create a new key under "Stream keys" and enter it there.',
};

export type RecordingsWords = typeof english;
export const t = catalogue(english, { de: () => import("./recordings.de") });
