import { plural } from "../i18n/catalogue";
import type { StudioWords } from "./studio";

const german: StudioWords = {
  studio: "Studio",
  signOut: "Abmelden",
  leaveTitle: "Abmelden, ohne zu speichern?",
  leaveText: "Deine Änderungen an den Angaben zum Kanal sind nicht gespeichert.",
  leave: "Abmelden",
  pages: "Seiten des Studios",
  broadcasts: "Sendungen",
  loading: "Dein Kanal wird geladen…",
  loadFailed: "Dein Kanal konnte nicht geladen werden",
  sessionEnded: "Deine Sitzung ist abgelaufen. Bitte melde dich neu an.",

  link: {
    connecting: "Verbindung wird aufgebaut…",
    open: "Verbunden",
    lost: "Verbindung verloren",
    closed: "Nicht verbunden",
  },
  linkLost: "Verbindung verloren, neuer Versuch läuft",
  linkLostHint: "Diese Seite kann den Stand deines Streams nicht zeigen; dein Encoder zeigt, ob er noch sendet.",
  nextAttempt: (seconds) => `Nächster Versuch in ${seconds} s.`,
  retryingNow: "Neuer Versuch…",
  retryNow: "Jetzt versuchen",

  keys: "Streamschlüssel",
  schedule: "Sendeplan",

  refused: "Eine Verbindung wurde abgelehnt:",
  withKey: (label) => `Schlüssel „${label}“`,
  from: (address) => `von ${address}`,
  times: (count) => plural(count, { one: "einmal", other: `${count}-mal` }),
  waiting: "Dein Encoder ist verbunden und wartet: Alle Ingest-Server sind voll.",
  place: (place) => `Platz ${place} in der Warteschlange.`,
  waitingHint: "Der Stream beginnt von selbst, sobald ein Platz frei ist. Lass den Encoder laufen.",
  refusedIn: (seconds) => `Wird in ${seconds} s abgelehnt, wenn kein Platz frei wird`,
  closedNow: "Encoder werden vorerst abgelehnt.",
  closedHint: "Lass sie wieder zu, um neu zu streamen, oder warte, bis es 20 Minuten lang keiner versucht hat.",
  keepsTrying: (attempts, moment) => (
    <>
      Ein Encoder versucht es weiter: {attempts > 1 ? `${attempts} Versuche, der letzte` : "letzter Versuch"} {moment}.
      Beende ihn, wenn du nicht wieder live gehen willst.
    </>
  ),
  allow: "Wieder zulassen",
  allowing: "Wird zugelassen…",

  health: "Zustand des Streams",
  overall: { good: "Gut", fair: "Mäßig", poor: "Schlecht" },
  error: "Fehler:",
  warning: "Warnung:",
  finding: (measured, expected, since) => (
    <>
      Gemessen: {measured}. Empfohlen: {expected}. Seit {since}.
    </>
  ),

  watchPage: "Deine Zuschauerseite",
  showPreview: "Vorschau zeigen",
  hidePreview: "Vorschau ausblenden",
  privateHint: "Dein Kanal ist privat: Zuschauer brauchen einen privaten Link, der einen Tag lang gilt.",
  createLink: "Privaten Link erstellen",
  viewersLink: "Link für Zuschauer",
  viewersLinkInText: "Link für Zuschauer",
  open: "Öffnen",
  validUntil: (moment) => <>Wer ihn hat, kann bis {moment} zusehen.</>,
  linkForPreview: "Erstelle einen privaten Link, um die Vorschau zu sehen.",
  previewFailed: "Die Vorschau kann nicht geladen werden. Lade die Seite neu, um es noch einmal zu versuchen.",

  details: "Angaben zum Kanal",
  detailsHint: "Was Zuschauer sehen",
  title: "Titel",
  titleExample: "Was streamst du heute?",
  description: "Beschreibung",
  category: "Kategorie",
  categoryExample: "z. B. Musik",
  visibility: "Sichtbarkeit",
  visibilities: {
    public: "Öffentlich",
    unlisted: "Nicht gelistet (nur mit Link)",
    private: "Privat (nur mit privatem Link)",
  },
  tags: "Schlagwörter",
  tagsHint: (most) => `durch Kommas getrennt, höchstens ${most}`,
  tagsExample: "z. B. live, Klavier",
  recording: "Aufzeichnung",
  recordingHint: "Änderungen gelten ab dem nächsten Stream",
  record: "Meine Streams aufzeichnen",
  dontRecord: "Nicht aufzeichnen",
  correct: "Nicht gespeichert. Bitte berichtige die markierten Felder.",
  saved: "Gespeichert",
  save: "Speichern",
  saving: "Wird gespeichert…",
  discard: "Verwerfen",
};

export default german;
