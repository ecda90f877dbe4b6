import { type ComponentChild, render } from "preact";
import { wordsReady } from "./catalogue";
import { CHOICE } from "./language";

/** Renders a page in the reader's language. */
export async function show(page: ComponentChild): Promise<void> {
  document.documentElement.lang = CHOICE.language;
  await wordsReady();
  const root = document.getElementById("app");
  if (root) render(page, root);
}
