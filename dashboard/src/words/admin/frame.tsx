/** What is around each of the administrators' pages, and the dialogs and lists of more than one of them. */

import type { ComponentChildren } from "preact";
import { catalogue } from "../../i18n/catalogue";

const english = {
  signInTitle: "Sign in as an administrator",
  signInIntro: "With your own account, which an administrator has given the role.",
  signOut: "Sign out",
  sessionEnded: "Your session has ended. Please sign in again.",

  tabTitle: (page: string) => `${page} · Admin · stream-sync`,
  navigation: "Admin",
  pages: { live: "Live", refusals: "Refusals", nodes: "Nodes", webhooks: "Webhooks", audit: "Audit" },
  search: "Person, e-mail, key, stream, address",
  searchLabel: "Search people, e-mail addresses, channels, keys, streams and network addresses",
  noPage: "There is no page at this address",
  pageNotLoaded: "This page could not be loaded. Reload it.",
  loading: "Loading…",
  showMore: "Show more",
  readAgain: "Read again",
  untitled: "Untitled stream",

  notAllowed: "This account is not an administrator's",
  notAllowedHint:
    'An administrator can give it the role: see "Making somebody an administrator" in the operations manual. Sign in ' +
    "again afterwards.",
  otherAccount: "Sign in with another account",

  reason: (note: (text: string) => ComponentChildren): ComponentChildren => <>Reason {note("(for administrators)")}</>,
  endTitle: "End this stream?",
  endStream: "End stream",
  ending: "Ending…",
  endConsequence: (title: ComponentChildren): ComponentChildren => (
    <>
      {title} ends within two seconds. Its encoder is refused until the broadcaster allows it again, or has not tried
      for 20 minutes. To keep them out, block the person.
    </>
  ),

  by: (who: string) => `by ${who}`,
  withKey: (label: string) => `key "${label}"`,
  from: (address: string) => `from ${address}`,
  onNode: (node: string) => `on ${node}`,
  told: (sentence: string) => `Told to the encoder: ${sentence}`,
  publishers: (active: number, capacity: number) => `${active} of ${capacity} publishers`,
  answered: (status: number) => `answered ${status}`,
};

export type AdminWords = typeof english;
export const t = catalogue(english, { de: () => import("./frame.de") });
