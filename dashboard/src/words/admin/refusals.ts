/** Refused publishers, by reason. */

import { catalogue } from "../../i18n/catalogue";

const english = {
  title: "Refused publishers",
  reasons: "Reasons",
  all: "All",
  unknownKeys: "Unknown keys",
  allReasons: "All reasons",
  refused: (what: string) => `Refused: ${what}`,
  of: (person: string) => `of ${person}`,
  lastWeek: "Last 7 days, newest first",
  none: "None in the last 7 days.",
};

export type AdminRefusalWords = typeof english;
export const t = catalogue(english, { de: () => import("./refusals.de") });
