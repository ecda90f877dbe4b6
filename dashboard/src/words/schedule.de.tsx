import type { ScheduleWords } from "./schedule";

const german: ScheduleWords = {
  lead: "Zuschauer sehen geplante Streams auf deiner Zuschauerseite.",
  none: "Nichts ist geplant.",
  plan: "Stream planen",
  edit: "Bearbeiten",
  editOf: (title) => `${title} bearbeiten`,
  remove: "Entfernen",
  removeOf: (title) => `${title} entfernen`,
  removeTitle: (title) => `„${title}“ entfernen?`,
  removeConsequence: "Der Schlüssel dafür gilt sofort nicht mehr, und ein Stream mit ihm endet.",
  removing: "Wird entfernt…",
  onNow: "Sollte gerade laufen",
  minutes: (count) => `${count} min`,
  inZone: (time, zone) => `${time} in ${zone}`,

  createKey: "Schlüssel erzeugen",
  createKeyFor: (title) => `Schlüssel erzeugen für ${title}`,
  key: (hint, from, until) => (
    <>
      Schlüssel {hint}: gilt von {from} bis {until}
    </>
  ),
  keyHint:
    "Der Schlüssel für einen Stream gilt von 15 Minuten vor dem Beginn bis 2 Stunden nach dem geplanten Ende; ein Stream, " +
    "der ihn dann noch benutzt, endet. Er wird mit dem Stream verschoben und gilt nicht mehr, wenn du den Stream entfernst.",

  title: "Titel",
  start: "Beginn",
  zone: "Zeitzone",
  length: "Länge in Minuten",
  save: "Speichern",
  saving: "Wird gespeichert…",
  cancel: "Abbrechen",
  noStart: "Gib Datum und Uhrzeit ein.",
  feed: "Kalender",
  feedInText: "Adresse des Kalenders",
  feedHint:
    "Für Zuschauer und für dich selbst: Abonniere ihn in einer Kalender-App über die Adresse, dann folgt er jeder Änderung.",
  download: "Herunterladen",
  downloadOf: "die Kalenderdatei",
};

export default german;
