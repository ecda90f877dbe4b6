/** Sound and notification when the stream is lost or an encoder refused. */

import { catalogue } from "../i18n/catalogue";

const english = {
  title: "Alerts",
  on: "on",
  off: "off",
  lead: "When your stream is lost, or an encoder is refused, while this page is open:",
  sound: "Play a sound",
  notification: "Show a notification",
  denied: "Your browser blocks notifications of this site. Allow them in its settings for this page.",
  lost: "Your stream is interrupted",
  ended: "Your stream has ended",
  endedText: "You are offline.",
  refused: "An encoder was refused",
};

export type AlertWords = typeof english;
export const t = catalogue(english, { de: () => import("./alerts.de") });
