/** The details as a form holds them, all text, and back. */

import type { OwnChannelDetails, Visibility } from "../contract";

/** What the form edits. */
export type Details = Pick<
  OwnChannelDetails,
  "title" | "description" | "category" | "tags" | "visibility" | "recording"
>;

export interface DetailsText {
  readonly title: string;
  readonly description: string;
  readonly category: string;
  readonly visibility: string;
  readonly tags: string;
  readonly recording: string;
}

const ON = "on";
const OFF = "off";

export function textOf(details: Details): DetailsText {
  const { title, description, category, visibility } = details;
  const recording = details.recording ? ON : OFF;
  return { title, description, category, visibility, tags: details.tags.join(", "), recording };
}

/** Only what differs from `details`: a save must not undo what another window changed meanwhile. */
export function changesOf(details: Details, text: DetailsText): Partial<Details> {
  const wanted: Details = {
    title: text.title.trim(),
    description: text.description.trim(),
    category: text.category.trim(),
    visibility: text.visibility as Visibility,
    tags: tagsOf(text.tags),
    recording: text.recording === ON,
  };
  const names = Object.keys(wanted) as (keyof Details)[];
  return Object.fromEntries(
    names
      .filter((name) => JSON.stringify(wanted[name]) !== JSON.stringify(details[name]))
      .map((name) => [name, wanted[name]]),
  );
}

export function tagsOf(text: string): string[] {
  const tags = text.split(",").map((tag) => tag.trim().replace(/^#/, ""));
  return [...new Set(tags.filter(Boolean))];
}
