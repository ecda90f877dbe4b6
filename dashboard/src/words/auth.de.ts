import type { AuthWords } from "./auth";

const german: AuthWords = {
  wrongSignIn: "E-Mail oder Passwort ist falsch. Prüfe beides und versuche es noch einmal.",
  notCurrent: "Das bisherige Passwort ist falsch.",
  sessionEnded: "Deine Sitzung ist abgelaufen. Melde dich bitte wieder an.",
  tookTooLong: "Das hat zu lange gedauert. Melde dich noch einmal an.",
  codeUsed: "Dieser Code gilt nicht mehr. Versuche, dich anzumelden.",
  wrongCode: "Dieser Code ist falsch. Prüfe ihn und versuche es noch einmal.",
  oldCode: "Dieser Code ist abgelaufen. Fordere einen neuen an.",
  nextCode: "Warte auf den nächsten Code deiner App.",
  wait: "Zu viele Versuche. Warte einige Minuten und versuche es dann noch einmal.",
  weak: "Das Passwort erfüllt die Anforderungen unten nicht.",
  usedBefore: "Wähle ein Passwort, das du hier noch nicht hattest.",
  unconfirmed: "Dieses Konto ist noch nicht bestätigt. Gib den Code ein, den wir an deine Adresse geschickt haben.",
  needsReset: "Dieses Konto braucht ein neues Passwort, bevor du dich anmelden kannst.",
  notDelivered: "Der Code konnte nicht verschickt werden. Prüfe die Adresse und versuche es noch einmal.",
  malformed: "Prüfe deine Eingabe.",
  unreachable: "Der Anmeldedienst ist nicht erreichbar. Prüfe deine Verbindung und versuche es noch einmal.",
  trouble: "Der Anmeldedienst hat gerade ein Problem. Versuche es gleich noch einmal.",
  misconfigured: "Der Anmeldedienst hat diese Seite abgewiesen. Ihre Client-ID ist vielleicht falsch.",
  incomplete: "Die Antwort des Anmeldedienstes war unvollständig.",
  unknownStep: "Dieses Konto verlangt einen Anmeldeschritt, den diese Seite nicht kennt.",
  insecure: "Die Anmeldung braucht eine sichere Verbindung: Öffne diese Seite mit https://.",
};

export default german;
