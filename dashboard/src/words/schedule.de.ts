import type { ScheduleWords } from "./schedule";

const german: ScheduleWords = {
  heading: "Sendeplan",
  lead: "Zuschauer sehen geplante Streams auf deiner Zuschauerseite.",
  none: "Nichts ist geplant.",
  plan: "Stream planen",
  edit: "Bearbeiten",
  editOf: (title) => `${title} bearbeiten`,
  remove: "Entfernen",
  removeOf: (title) => `${title} entfernen`,
  onNow: "Sollte gerade laufen",
  minutes: (count) => `${count} min`,
  inZone: (time, zone) => `${time} in ${zone}`,

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
