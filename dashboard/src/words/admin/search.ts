/** What one text finds. */

import { catalogue } from "../../i18n/catalogue";

const english = {
  search: "Search",
  searchFor: (q: string) => `Search: ${q}`,
  help:
    "Search by name, e-mail address, channel, stream, key or node id, the last four characters of a stream key, or a " +
    "network address.",
  searching: "Searching…",
  nothing: "Nothing was found.",
  found: (count: number) => `${count} found.`,
  notAll: "There may be more: make the search narrower.",
  people: "People",
  streams: "Streams",
  keys: "Stream keys",
  nodes: "Nodes",
  refusals: "Refused from this address",
  lastDay: "Last 24 hours",
  blocked: "Blocked",
};

export type SearchWords = typeof english;
export const t = catalogue(english, { de: () => import("./search.de") });
