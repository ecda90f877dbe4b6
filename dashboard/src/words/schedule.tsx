/** Planned broadcasts. */

import type { ComponentChildren } from "preact";
import { catalogue } from "../i18n/catalogue";

const english = {
  lead: "Viewers see planned broadcasts on your watch page.",
  none: "Nothing is planned.",
  plan: "Plan a broadcast",
  edit: "Edit",
  editOf: (title: string) => `Edit ${title}`,
  remove: "Remove",
  removeOf: (title: string) => `Remove ${title}`,
  removeTitle: (title: string) => `Remove "${title}"?`,
  removeConsequence: "Its key stops working immediately, and a stream that uses it ends.",
  removing: "Removing…",
  onNow: "Should be on now",
  minutes: (count: number) => `${count} min`,
  inZone: (time: string, zone: string) => `${time} in ${zone}`,

  createKey: "Create key",
  createKeyFor: (title: string) => `Create key for ${title}`,
  key: (hint: ComponentChildren, from: ComponentChildren, until: ComponentChildren): ComponentChildren => (
    <>
      Key {hint}: works from {from} until {until}
    </>
  ),
  keyHint:
    "A broadcast's key works from 15 minutes before the start until 2 hours after the planned end; a stream that still " +
    "uses it then ends. It moves with the broadcast, and stops working when you remove the broadcast.",

  title: "Title",
  start: "Start",
  zone: "Time zone",
  length: "Length in minutes",
  save: "Save",
  saving: "Saving…",
  cancel: "Cancel",
  noStart: "Enter a date and a time.",
  feed: "Calendar feed",
  feedInText: "address of the calendar feed",
  feedHint:
    "For viewers and for yourself: add it to a calendar app as a subscription by URL, and it follows every change.",
  download: "Download",
  downloadOf: "the calendar file",
};

export type ScheduleWords = typeof english;
export const t = catalogue(english, { de: () => import("./schedule.de") });
