import { plural } from "../i18n/catalogue";
import type { KeyWords } from "./keys";

const german: KeyWords = {
  lead: "Gib jedem Encoder und jedem Gast einen eigenen Schlüssel: So kannst du ihn begrenzen, siehst, wer ihn benutzt hat, und kannst ihn widerrufen, ohne die anderen zu ändern.",
  newKey: "Neuer Schlüssel",
  showOld: (count) => `Widerrufene und abgelaufene Schlüssel zeigen (${count})`,
  hideOld: (count) => `Widerrufene und abgelaufene Schlüssel verbergen (${count})`,

  mainKey: "Hauptschlüssel",
  generated: "Von einem Programm erzeugt",
  endingIn: (hint) => `Schlüssel mit dem Ende ${hint}`,
  role: { owner: "Inhaber", backup: "Reserve", guest: "Gast" },
  roleHint: {
    owner: "Dein eigener Encoder. Höchster Vorrang.",
    backup: "Dein zweiter Encoder, falls der erste ausfällt.",
    guest: "Jemand anderes. Niedrigster Vorrang.",
  },
  status: { active: "Aktiv", "in-use": "In Gebrauch", revoked: "Widerrufen", expired: "Abgelaufen" },
  usedUp: "Aufgebraucht",
  notValidYet: "Noch nicht gültig",
  oneBroadcast: "Für eine Übertragung",
  oneBroadcastUsed: "Für eine Übertragung, benutzt",
  broadcastsLeft: (left, all) => `Noch ${left} von ${all} Übertragungen`,
  now: "jetzt",
  inDays: (days) => plural(days, { one: "in einem Tag", other: `in ${days} Tagen` }),
  inTime: (time) => `in ${time}`,
  expires: (when) => `Läuft ${when} ab,`,
  expired: "Abgelaufen",
  replaced: "Durch einen neuen Schlüssel ersetzt",
  onlyFrom: (networks) => `Nur von ${networks}`,
  neverUsed: "Nie benutzt",
  lastUsed: "Zuletzt benutzt",
  from: (address) => `von ${address}`,
  endsIn: "endet auf ",
  hiddenEndsIn: "verborgen, endet auf ",

  edit: "Bearbeiten",
  rotate: "Ersetzen",
  revoke: "Widerrufen",
  save: "Speichern",
  saving: "Wird gespeichert…",

  editTitle: "Schlüssel bearbeiten",
  name: "Name",
  namePlaceholder: "z. B. Annas Laptop",
  roleLabel: "Rolle",
  validFor: "Gültig für",
  validity: {
    hour: "1 Stunde",
    day: "1 Tag",
    broadcast: "Eine Übertragung",
    always: "Unbegrenzt",
    until: "Bis zu einem Datum…",
  },
  validUntil: "Gültig bis",
  emptyNoExpiry: "leer: unbegrenzt",
  moreLimits: "Weitere Grenzen",
  broadcasts: "Übertragungen",
  emptyAny: "leer: beliebig viele",
  networks: "Netze",
  networksHint: "von denen aus er gilt; leer: von überall",
  networksPlaceholder: "z. B. 203.0.113.0/24",
  create: "Schlüssel erzeugen",
  creating: "Wird erzeugt…",
  editInUse:
    "Ein Stream benutzt diesen Schlüssel. Ein neuer Ablauf beendet ihn, wenn es so weit ist; neue Netze gelten ab der nächsten Verbindung.",

  ready: (name) => `Der Schlüssel „${name}“ ist bereit. Kopiere ihn jetzt: Er wird nicht noch einmal gezeigt.`,
  reveal: "Zeigen",
  hide: "Verbergen",
  theNewKey: "neuer Schlüssel",
  keepSecret: "Wer ihn hat, kann auf deinem Kanal senden. Schicke ihn auf einem vertraulichen Weg.",
  done: "Fertig",

  revokeTitle: (name) => `Den Schlüssel „${name}“ widerrufen?`,
  revokeKey: "Schlüssel widerrufen",
  revoking: "Wird widerrufen…",
  revokeConsequence: "Er gilt sofort nicht mehr und kann nicht wiederhergestellt werden.",
  revokeInUse: "Der laufende Stream benutzt diesen Schlüssel: Er endet.",

  rotateTitle: (name) => `Den Schlüssel „${name}“ ersetzen?`,
  rotateKey: "Neuen Schlüssel erzeugen",
  sameTerms: "Der neue Schlüssel hat denselben Namen, dieselbe Rolle und dieselben Grenzen.",
  oldKey: "Der alte Schlüssel",
  overlap: {
    0: "Gilt sofort nicht mehr",
    10: "Gilt noch 10 Minuten",
    60: "Gilt noch 1 Stunde",
    1440: "Gilt noch 1 Tag",
  },
  rotateInUseNow: "Der laufende Stream benutzt den alten Schlüssel: Er endet.",
  rotateInUseLater:
    "Der laufende Stream benutzt den alten Schlüssel. Er geht weiter und endet, wenn der alte Schlüssel nicht mehr gilt.",

  second: "Wenn sich ein zweiter Encoder verbindet, während du live bist",
  refuse: "Ablehnen",
  takeover: "Übernehmen lassen, wenn sein Schlüssel eine höhere Rolle hat",
  refuseHint: "Der erste Encoder bleibt, welchen Schlüssel der zweite auch hat.",
  takeoverHint:
    "Der Schlüssel eines Inhabers übernimmt von dem einer Reserve oder eines Gasts, der einer Reserve von dem eines Gasts. Dein Stream geht weiter, und der erste Encoder wird getrennt.",
};

export default german;
