/**
 * What the server says in whole sentences: why a stream ended or a publisher was refused, what is wrong
 * with one, and what to do about it.
 */

import { catalogue } from "../i18n/catalogue";
import { sentenceWithName } from "./phrases";

type Sentences = Readonly<Record<string, string>>;

const words = catalogue({ sentences: {} as Sentences }, { de: () => import("./server.de") });

/** The server's sentence in the reader's language; as it came where there is no translation. */
export function told<Text extends string | null>(sentence: Text): Text | string {
  if (sentence === null) return sentence;
  // A refusal of a stream that was ended has its reason, without the full stop.
  return words.sentences[sentence] ?? words.sentences[`${sentence}.`] ?? sentenceWithName(sentence);
}
