import { plural } from "../../i18n/catalogue";
import type { WebhookWords } from "./webhooks";

const german: WebhookWords = {
  title: "Webhooks",
  endpoints: "Endpunkte",
  none: (request) => `Keine. ${request} legt einen an.`,
  failingSince: (moment) => <>scheitert seit {moment}</>,
  enabled: "eingeschaltet",
  disabled: "ausgeschaltet",
  everyEvent: "jedes Ereignis",
  enable: "Einschalten",
  disable: "Ausschalten",
  notValid: "eine ungültige Adresse",

  deliveries: "Zustellungen",
  status: "Status",
  all: "alle",
  of: (webhook) => `Von ${webhook}`,
  noDelivery: "Keine.",
  attempts: (count) => plural(count, { one: "1 Versuch", other: `${count} Versuche` }),
  noAnswer: "keine Antwort",
  details: "Einzelheiten",
  ofDelivery: (event) => `zu ${event}`,
  sendAgain: "Noch einmal senden",
  payload: "Was gesendet wird",
};

export default german;
