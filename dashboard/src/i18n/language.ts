/** The language that the page speaks, and the locale in which it writes dates and numbers. */

/** Each in its own words, for the switch. */
export const LANGUAGES = { en: "English", de: "Deutsch" } as const;
export type Language = keyof typeof LANGUAGES;

export interface Choice {
  readonly language: Language;
  /** A BCP 47 tag. */
  readonly locale: string;
}

const STORAGE_KEY = "stream-sync.language";

/**
 * What the reader has chosen here, else the first of the browser's languages that there is a catalogue for, else English.
 * The locale is the browser's own tag for that language ("en-GB"). Whoever reads English only because there is nothing
 * else keeps the dates and numbers of their own language.
 */
export function choose(chosen: string | null, wanted: readonly string[]): Choice {
  const found = wanted.map(baseOf).find(isLanguage);
  const language = chosen !== null && isLanguage(chosen) ? chosen : (found ?? "en");
  const own = wanted.find((tag) => baseOf(tag) === language);
  const fallback = chosen === null && found === undefined ? wanted[0] : undefined;
  return { language, locale: own ?? fallback ?? language };
}

/** As long as the page is open: another choice loads the page again. */
export const CHOICE = choose(remembered(), typeof navigator === "undefined" ? [] : (navigator.languages ?? []));

/** Remembers the choice, and shows the page in it. */
export function switchTo(language: Language): void {
  try {
    localStorage.setItem(STORAGE_KEY, language);
  } catch {
    // A browser that stores nothing keeps its own language.
  }
  location.reload();
}

function remembered(): string | null {
  try {
    return localStorage.getItem(STORAGE_KEY);
  } catch {
    return null;
  }
}

function baseOf(tag: string): string {
  return tag.toLowerCase().split("-")[0] ?? "";
}

function isLanguage(tag: string): tag is Language {
  return Object.hasOwn(LANGUAGES, tag);
}
