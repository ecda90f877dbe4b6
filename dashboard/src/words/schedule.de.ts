import type { ScheduleWords } from "./schedule";

const german: ScheduleWords = {
  heading: "Sendeplan",
  lead: "Geplante Streams erscheinen auf deiner Zuschauerseite. Webhooks werden 15 Minuten vorher aufgerufen.",
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
  feedHint: "Zuschauer können ihn in ihrem Kalender abonnieren.",
};

export default german;
