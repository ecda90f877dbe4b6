import { parseSync } from "vite";
import { describe, expect, it } from "vitest";
import { plural } from "../src/i18n/catalogue";
import { choose } from "../src/i18n/language";
import german from "../src/words/status.de";

/** No page's code: the catalogues themselves, and the API's names. A folder stands for all files in it. */
const NOT_PAGES = ["words", "contract.ts"];

const SOURCES = import.meta.glob<string>("../src/**/*.{ts,tsx}", { query: "?raw", import: "default", eager: true });
const PAGES = Object.keys(SOURCES).filter(
  (file) => !NOT_PAGES.some((path) => `${file}/`.startsWith(`../src/${path}/`)),
);

describe("the language", () => {
  it.each([
    [null, ["de-AT", "en"], "de", "de-AT"],
    [null, ["fr-FR", "de"], "de", "de"],
    [null, ["en-GB", "de"], "en", "en-GB"],
    ["de", ["en-GB"], "de", "de"],
    ["en", ["de-DE", "en-GB"], "en", "en-GB"],
    ["xx", ["de-DE"], "de", "de-DE"],
    [null, [], "en", "en"],
  ])("chosen %s of a browser with %j is %s, written as in %s", (chosen, wanted, language, locale) => {
    expect(choose(chosen, wanted)).toEqual({ language, locale });
  });

  it("of a browser that has no language of ours is English, with dates and numbers of its own", () => {
    expect(choose(null, ["fr-FR", "fr"])).toEqual({ language: "en", locale: "fr-FR" });
    expect(choose("en", ["fr-FR"])).toEqual({ language: "en", locale: "en" });
  });
});

describe("a catalogue", () => {
  it("knows the plural", () => {
    const forms = { one: "1 attempt", other: "attempts" };
    expect([0, 1, 2].map((count) => plural(count, forms))).toEqual(["attempts", "1 attempt", "attempts"]);
  });

  it("has the same words in German", () => {
    expect(german.pill.RECONNECTING).toBe("UNTERBROCHEN");
    expect(german.peak("12")).toBe("höchstens 12");
  });
});

describe("words outside a catalogue", () => {
  it.each(PAGES)("are not in %s", (file) => {
    expect(literals(file, SOURCES[file] ?? "")).toEqual([]);
  });

  it.each([
    ["<p>Ended on {day}</p>", "Ended on"],
    ['<input placeholder="e.g. Music" />', "e.g. Music"],
    ['<b aria-label="Close">×</b>', "Close"],
    ['<b>{busy ? "Saving…" : null}</b>', "Saving…"],
    ["<b title={open ? null : `twice`} />", "twice"],
    ['explain("Check your connection.")', "Check your connection."],
  ])("are found in %s", (source, found) => {
    expect(literals("example.tsx", `const example = ${source};`)).toEqual([found]);
  });

  it.each([
    '<p class="card gate-card" data-testid="status">{t.title}</p>',
    '<p class={busy ? "notice notice-quiet" : "notice"}> · {count}</p>',
    'state.phase === "lost" ? "wss://" : "LIVE"',
    '{ "Stream Start": "start" }',
  ])("are not seen in %s", (source) => {
    expect(literals("example.tsx", `const example = ${source};`)).toEqual([]);
  });
});

interface Node {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** Attributes that a reader meets. What all others hold is for the program. */
const READ = new Set(["alt", "aria-label", "aria-description", "label", "placeholder", "title", "what"]);

/** Names, and parts of protocols. */
const NOT_WORDS = new Set([
  "Password attempts exceeded",
  "Bearer",
  "Notification",
  "rtmps://",
  "stream-sync",
  "make demo",
  "Authenticator app",
  "Caldera Derived Key",
  "Nellymoser",
  "OBS Studio",
  "Opus",
  "Speex",
  '<iframe src="',
]);

/** Looks like English: words with a space between them, or a capitalised word. */
const ENGLISH = /^[A-Z][a-z]+[.…!?]?$|[A-Za-z,.]{2,} [A-Za-z]{2,}|[A-Za-z]+ [a-z]+[.…!?]$/;

/** The literals of a source that a reader would see. */
function literals(name: string, source: string): string[] {
  const found: string[] = [];
  visit(parseSync(name, source).program, false, (text) => found.push(text));
  return found;
}

/** `shown`: in an attribute that is read, or among an element's children, any word counts. */
function visit(value: unknown, shown: boolean, report: (text: string) => void): void {
  if (Array.isArray(value)) for (const each of value) visit(each, shown, report);
  else if (isNode(value)) {
    if (value.type === "ImportDeclaration" || value.type.startsWith("TS")) return;
    if (value.type === "JSXAttribute") {
      const { name } = value.name as { name: unknown };
      if (READ.has(String(name))) visit(value.value, true, report);
      else if (containsElements(value.value)) visit(value.value, false, report);
      return;
    }
    // What is looked up by its name.
    if (value.type === "Property" && value.computed !== true) {
      visit(value.value, shown, report);
      return;
    }
    const text = textOf(value)?.trim() ?? "";
    const isWords = value.type === "JSXText" ? /\p{L}/u : shown ? /\p{L}{2}/u : ENGLISH;
    if (isWords.test(text) && !NOT_WORDS.has(text)) report(text);
    // A comparison or a condition inside an attribute or an element holds no text for a reader.
    const { test, ...rest } = value;
    for (const each of Object.values(rest)) visit(each, shown && value.type !== "BinaryExpression", report);
  }
}

function textOf(node: Node): string | null {
  if (node.type === "JSXText" || (node.type === "Literal" && typeof node.value === "string")) return String(node.value);
  return node.type === "TemplateElement" ? (node.value as { cooked: string }).cooked : null;
}

/** An attribute that holds a callback or an element. */
function containsElements(value: unknown): boolean {
  if (!isNode(value) || value.type !== "JSXExpressionContainer") return false;
  return isNode(value.expression) && /Function|JSX/.test(value.expression.type);
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}
