/** One person: who they are, their streams, keys, refusals and blocks. */

import type { ComponentChildren } from "preact";
import { catalogue, plural } from "../../i18n/catalogue";

const english = {
  person: "Person",
  about: "About this person",
  email: "E-mail",
  channel: "Channel",
  visibility: "Visibility",
  contact: "Contact",
  channelId: "Channel ID",
  account: "Account",
  region: "Region",
  since: "Since",
  watchPage: "Watch page",

  blocked: "Blocked",
  blockedBy: (moment: ComponentChildren, who: string, why: string): ComponentChildren => (
    <>
      {moment} by {who}
      {why && `: ${why}`}
    </>
  ),
  block: "Block",
  blocking: "Blocking…",
  blockTitle: "Block this person?",
  blockConsequence:
    "Their stream ends, their keys and their account are refused, and their pages disappear, all at once. It applies to " +
    "every account with their e-mail address.",
  unblock: "Unblock",
  unblocking: "Unblocking…",
  unblockTitle: "Unblock this person?",
  unblockConsequence: "They can sign in and broadcast again, with the keys that they had.",

  refusals: "Refused connections",
  lastWeek: "Last 7 days",
  noRefusals: "None in the last 7 days.",
  blocks: "Blocks",
  allActions: "All that administrators did here",
  neverBlocked: "Never blocked in the last 90 days.",
  history: { blocked: "Blocked", unblocked: "Unblocked" },

  streams: "Streams",
  neverLive: "Has never been live.",
  peakViewers: (count: number) => plural(count, { one: "1 viewer at most", other: `${count} viewers at most` }),

  keys: "Stream keys",
  noKey: "No key.",
  used: (count: number, last: ComponentChildren): ComponentChildren => (
    <>
      used {plural(count, { one: "once", other: `${count} times` })}, last {last}
    </>
  ),
  neverUsed: "never used",
  validFrom: (moment: ComponentChildren): ComponentChildren => <>valid from {moment}</>,
  expires: (moment: ComponentChildren): ComponentChildren => <>expires {moment}</>,
  oneTime: "for one stream",
  testOnly: "for tests only",
  onlyFrom: (networks: string) => `only from ${networks}`,
  revoke: "Revoke",
  keyEndingIn: (hint: string) => `the key that ends with ${hint}`,
  revoking: "Revoking…",
  revokeTitle: "Revoke this key?",
  revokeConsequence: (hint: ComponentChildren): ComponentChildren => (
    <>
      Every server refuses the key that ends with {hint} from now on, and a stream that uses it ends. This can't be
      undone.
    </>
  ),
};

export type PersonWords = typeof english;
export const t = catalogue(english, { de: () => import("./person.de") });
