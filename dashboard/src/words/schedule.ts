/** Planned broadcasts. */

import { catalogue } from "../i18n/catalogue";

const english = {
  heading: "Schedule",
  lead: "Viewers see planned broadcasts on your watch page.",
  none: "Nothing is planned.",
  plan: "Plan a broadcast",
  edit: "Edit",
  editOf: (title: string) => `Edit ${title}`,
  remove: "Remove",
  removeOf: (title: string) => `Remove ${title}`,
  onNow: "Should be on now",
  minutes: (count: number) => `${count} min`,
  inZone: (time: string, zone: string) => `${time} in ${zone}`,

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
