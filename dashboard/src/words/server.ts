/**
 * What the server says in whole sentences: why a stream ended or a publisher was refused, what is wrong
 * with one, and what to do about it.
 */

import { catalogue } from "../i18n/catalogue";

type Sentences = Readonly<Record<string, string>>;

const words = catalogue({ sentences: {} as Sentences }, { de: () => import("./server.de") });

/** The server's sentence in the reader's language; as it came where there is no translation. */
export function told<Text extends string | null>(sentence: Text): Text | string {
  return sentence === null ? sentence : (words.sentences[sentence] ?? sentence);
}
