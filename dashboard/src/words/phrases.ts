/** What the server says with a name or a figure in it, which no list of whole sentences holds. */

import { catalogue } from "../i18n/catalogue";

/** All that match are applied, in this order. */
export type Phrases = readonly (readonly [RegExp, string])[];

const words = catalogue(
  { sentences: [] as Phrases, figures: [] as Phrases },
  {
    de: () => import("./phrases.de"),
  },
);

/** A sentence that names a stream key. */
export function sentenceWithName(text: string): string {
  return rewrite(text, words.sentences);
}

/** What was measured, or what is recommended: "10.0 s between key frames". */
export function measuredText(text: string): string {
  return rewrite(text, words.figures);
}

function rewrite(text: string, phrases: Phrases): string {
  return phrases.reduce((found, [pattern, replacement]) => found.replace(pattern, replacement), text);
}
