/**
 * The words of the pages: a catalogue for each area (src/words/), in English, and the same in other languages.
 *
 * The English one is part of the page and gives the type: a key that another language lacks, or has beside it, does not
 * compile. Another language is a chunk of its own, loaded when the reader's page needs it. A catalogue is read while the
 * page is rendered (`t.title`), never kept in a constant: when the module is loaded, only the English one is there.
 */

import { CHOICE, type Language } from "./language";

/** All languages but English. Another one in LANGUAGES is a type error in each area that lacks it. */
type Translations<Words> = Readonly<
  Record<Exclude<Language, "en">, () => Promise<{ readonly default: NoInfer<Words> }>>
>;

const waiting: (() => Promise<void>)[] = [];

/** The words of one area, in English until `wordsReady`. */
export function catalogue<Words extends object>(english: Words, translations: Translations<Words>): Readonly<Words> {
  const words = { ...english };
  const { language } = CHOICE;
  if (language !== "en") {
    waiting.push(async () => {
      Object.assign(words, (await translations[language]()).default);
    });
  }
  return words;
}

/** Loads the reader's language for all areas of the chunks that are loaded so far. What can't be loaded stays English. */
export async function wordsReady(): Promise<void> {
  await Promise.allSettled(waiting.splice(0).map((load) => load()));
}

/** A chunk that is loaded on demand, together with its words. */
export async function withWords<Module>(load: () => Promise<Module>): Promise<Module> {
  const module = await load();
  await wordsReady();
  return module;
}

/** The form that the language's grammar asks for with this number. */
export function plural(count: number, forms: Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }): string {
  return forms[new Intl.PluralRules(CHOICE.language).select(count)] ?? forms.other;
}
