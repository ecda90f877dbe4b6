import { plural } from "../../i18n/catalogue";
import type { PersonWords } from "./person";

const german: PersonWords = {
  person: "Person",
  about: "Über diese Person",
  email: "E-Mail",
  channel: "Kanal",
  visibility: "Sichtbarkeit",
  contact: "Kontakt",
  channelId: "Kanal-ID",
  account: "Konto",
  region: "Region",
  since: "Seit",
  watchPage: "Zuschauerseite",

  blocked: "Gesperrt",
  blockedBy: (moment, who, why) => (
    <>
      {moment} von {who}
      {why && `: ${why}`}
    </>
  ),
  block: "Sperren",
  blocking: "Wird gesperrt…",
  blockTitle: "Diese Person sperren?",
  blockConsequence:
    "Ihr Stream endet, ihre Schlüssel und ihr Konto werden abgelehnt, und ihre Seiten verschwinden, alles sofort. Das gilt " +
    "für jedes Konto mit ihrer E-Mail-Adresse.",
  unblock: "Entsperren",
  unblocking: "Wird entsperrt…",
  unblockTitle: "Diese Person entsperren?",
  unblockConsequence: "Sie kann sich wieder anmelden und mit ihren bisherigen Schlüsseln senden.",

  refusals: "Abgelehnte Verbindungen",
  lastWeek: "Letzte 7 Tage",
  noRefusals: "Keine in den letzten 7 Tagen.",
  blocks: "Sperren",
  allActions: "Alles, was die Verwaltung hier getan hat",
  neverBlocked: "In den letzten 90 Tagen nicht gesperrt.",
  history: { blocked: "Gesperrt", unblocked: "Entsperrt" },

  streams: "Streams",
  neverLive: "War noch nie live.",
  peakViewers: (count) => `höchstens ${count} Zuschauer`,

  keys: "Streamschlüssel",
  noKey: "Kein Schlüssel.",
  used: (count, last) => (
    <>
      {plural(count, { one: "einmal", other: `${count}-mal` })} benutzt, zuletzt {last}
    </>
  ),
  neverUsed: "nie benutzt",
  validFrom: (moment) => <>gilt ab: {moment}</>,
  expires: (moment) => <>läuft ab: {moment}</>,
  oneTime: "für einen Stream",
  testOnly: "nur für Tests",
  onlyFrom: (networks) => `nur von ${networks}`,
  revoke: "Widerrufen",
  keyEndingIn: (hint) => `den Schlüssel, der auf ${hint} endet`,
  revoking: "Wird widerrufen…",
  revokeTitle: "Diesen Schlüssel widerrufen?",
  revokeConsequence: (hint) => (
    <>
      Jeder Server lehnt den Schlüssel, der auf {hint} endet, ab sofort ab, und ein Stream mit ihm endet. Das kann nicht
      rückgängig gemacht werden.
    </>
  ),
};

export default german;
