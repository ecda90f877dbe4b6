import type { CommonWords } from "./common";

const german: CommonWords = {
  tryAgain: "Nochmal versuchen",
  pageNotLoaded: "Diese Seite konnte nicht geladen werden. Prüfe deine Verbindung und lade sie neu.",
  partNotLoaded: "Dieser Teil der Seite konnte nicht geladen werden. Prüfe deine Verbindung und lade die Seite neu.",
  dismiss: "Ausblenden",
  cancel: "Abbrechen",
  unknown: "unbekannt",
  homeLabel: "stream-sync: was gerade live ist",
  studio: "Studio",
  language: "Sprache",
  pageCannotStart: "Diese Seite kann nicht starten",
  config: {
    noAnswer: "Der Server hat nicht geantwortet. Prüfe deine Verbindung, und ob stream-sync läuft.",
    notThere: (status) => `config.json liegt nicht neben dieser Seite (der Server hat mit ${status} geantwortet).`,
    notJson: "config.json ist kein gültiges JSON.",
    notAnObject: (field) => `config.json: „${field}“ muss ein Objekt sein.`,
    notText: (field) => `config.json: „${field}“ muss Text sein.`,
    missing: (field) => `config.json: „${field}“ fehlt.`,
  },

  justNow: "gerade eben",
  secondsAgo: (count) => `vor ${count} s`,
  minutesAgo: (count) => `vor ${count} min`,
  hoursAgo: (count) => `vor ${count} h`,

  copy: "Kopieren",
  copied: "Kopiert",
  wasCopied: (what) => `Kopiert: ${what}.`,
  copyByHand: (what) => `Von Hand kopieren: ${what}`,
  copyByHandTitle: (what) => `Dein Browser lässt diese Seite nicht kopieren. Bitte von Hand kopieren: ${what}.`,
  copyByHandField: (what) => `${what}, zum Kopieren von Hand`,
  copyByHandHint: (keys) => (
    <>Der Text ist schon ausgewählt: Drücke {keys} oder halte den Finger auf dem Text und wähle Kopieren.</>
  ),
  copyByHandSecret: "Blende das danach aus: Niemand sonst sollte deinen Schlüssel sehen.",

  unreadable: "Der Server hat eine Antwort gesendet, die diese Seite nicht lesen kann.",
  reload: "Lade die Seite neu.",
  serverAnswered: (status) => `Der Server hat mit ${status} geantwortet.`,
  tryAgainSoon: "Versuche es gleich noch einmal.",
  somethingWrong: "Etwas ist schiefgegangen.",
  sessionEnded: "Deine Sitzung ist abgelaufen.",
  signInAgain: "Melde dich neu an.",
  unreachable: "Der Server ist nicht erreichbar.",
  checkConnection: "Prüfe deine Verbindung und versuche es noch einmal.",
};

export default german;
