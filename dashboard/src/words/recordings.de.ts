import { plural } from "../i18n/catalogue";
import type { RecordingsWords } from "./recordings";

const german: RecordingsWords = {
  recordings: "Aufzeichnungen",
  recordingsHint: "Deine letzten Streams",
  none: "Hier erscheint ein Stream, der aufgezeichnet wird.",
  untitled: "Stream ohne Titel",
  switchedOff: "Auf diesem Server ist das Aufzeichnen ausgeschaltet; er spielt keine früheren Streams ab.",
  watch: "Ansehen",
  download: "Herunterladen",
  keep: "Behalten",
  delete: "Löschen",
  deleting: "Wird gelöscht…",
  deleteTitle: "Diese Aufzeichnung löschen?",
  deleteConsequence: "Niemand wird sie mehr ansehen können. Das lässt sich nicht rückgängig machen.",
  recording: "wird aufgezeichnet",
  notRecorded: "nicht aufgezeichnet",
  private: "privat",
  kept: "wird behalten",
  expiresOn: (moment) => `wird gelöscht am ${moment}`,

  refusals: "Abgelehnte Verbindungen",
  refusalsHint:
    "Encoder mit einem Schlüssel dieses Kanals, die nicht live gehen konnten. Einer, der nicht dir gehört, hat einen Schlüssel, den jemand anderes kennt: Setze ihn zurück oder widerrufe ihn. Ein Encoder mit einem unbekannten Schlüssel steht hier nicht: Wenn deiner „Unauthorized“ meldet und hier fehlt, kopiere den Schlüssel noch einmal.",
  noRefusals: "Keine in den letzten 90 Tagen.",
  from: (address) => `von ${address}`,
  attempts: (count) => plural(count, { one: "1 Versuch", other: `${count} Versuche` }),
  atLeast: (attempts) => `mindestens ${attempts}`,
  first: "erster",
  last: "letzter",
  withKey: (label) => `Schlüssel „${label}“`,
  newKey:
    "Damit dieser Encoder wieder streamen kann, erstelle unter „Streamschlüssel“ einen neuen Schlüssel und trage ihn dort ein.",
};

export default german;
