/** Webhooks and their deliveries. */

import type { ComponentChildren } from "preact";
import { catalogue, plural } from "../../i18n/catalogue";

const english = {
  title: "Webhooks",
  endpoints: "Endpoints",
  none: (request: string) => `None. ${request} creates one.`,
  failingSince: (moment: ComponentChildren): ComponentChildren => <>failing since {moment}</>,
  enabled: "enabled",
  disabled: "disabled",
  everyEvent: "every event",
  enable: "Enable",
  disable: "Disable",
  notValid: "an address that is not valid",

  deliveries: "Deliveries",
  status: "Status",
  all: "all",
  of: (webhook: string) => `Of ${webhook}`,
  noDelivery: "None.",
  attempts: (count: number) => plural(count, { one: "1 attempt", other: `${count} attempts` }),
  noAnswer: "no answer",
  details: "Details",
  ofDelivery: (event: string) => `of ${event}`,
  sendAgain: "Send again",
  payload: "What is sent",
};

export type WebhookWords = typeof english;
export const t = catalogue(english, { de: () => import("./webhooks.de") });
