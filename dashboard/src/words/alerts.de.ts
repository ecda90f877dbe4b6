import type { AlertWords } from "./alerts";

const german: AlertWords = {
  title: "Warnungen",
  on: "an",
  off: "aus",
  lead: "Wenn dein Stream abreißt oder ein Encoder abgelehnt wird, solange diese Seite offen ist:",
  sound: "Ton abspielen",
  notification: "Benachrichtigung zeigen",
  denied:
    "Dein Browser blockiert Benachrichtigungen dieser Seite. Erlaube sie in seinen Einstellungen für diese Seite.",
  lost: "Dein Stream ist unterbrochen",
  ended: "Dein Stream ist zu Ende",
  endedText: "Du bist offline.",
  refused: "Ein Encoder wurde abgelehnt",
};

export default german;
