import type { AccountWords } from "./account";

const german: AccountWords = {
  pageTitle: "Konto · stream-sync",
  title: "Konto",
  signOut: "Abmelden",
  navigation: "Für Streamende",

  profile: "Profil",
  displayName: "Anzeigename",
  displayNameNote: "für Zuschauer",
  timeZone: "Zeitzone",
  timeZoneNote: "für die Zeiten auf deinen Seiten",
  browsersZone: "Die des Browsers",
  save: "Speichern",
  saving: "Wird gespeichert…",
  saved: "Gespeichert",

  password: "Passwort",
  currentPassword: "Bisheriges Passwort",
  newPassword: "Neues Passwort",
  changePassword: "Passwort ändern",
  changing: "Wird geändert…",
  passwordChanged: "Dein Passwort ist geändert",

  mfa: "Zwei-Faktor-Anmeldung",
  mfaIntro:
    "Die Anmeldung verlangt dann auch einen Code aus einer App auf deinem Telefon: Ein Passwort, das bekannt geworden ist, " +
    "genügt nicht.",
  mfaIsOn: "Sie ist eingeschaltet.",
  mfaIsOff: "Sie ist ausgeschaltet.",
  mfaTurnedOn: "Die Zwei-Faktor-Anmeldung ist eingeschaltet",
  setUp: "Einrichten",
  turnOff: "Ausschalten",
  turningOff: "Wird ausgeschaltet…",
  turnOffTitle: "Zwei-Faktor-Anmeldung ausschalten?",
  turnOffText: "Danach genügt dein Passwort allein zur Anmeldung.",
  setUpSteps: (openApp) => (
    <>
      Scanne den Code mit deiner Authenticator-App. Geht das nicht, wähle dort „Einrichtungsschlüssel eingeben“ und gib
      diesen ein; er ist zeitbasiert. Auf diesem Gerät kannst du stattdessen {openApp("die App öffnen")}.
    </>
  ),
  qrCode: "QR-Code mit dem Einrichtungsschlüssel unten, für eine Authenticator-App",
  setupKey: "Einrichtungsschlüssel",
  newCodes: "Die App zeigt alle 30 Sekunden einen neuen.",
  turnOn: "Einschalten",
  checking: "Wird geprüft…",

  sessions: "Wo du angemeldet bist",
  sessionsIntro:
    "Du bleibst in jedem Browser 30 Tage lang angemeldet, in allen Tabs. Gehört dir einer davon nicht mehr, melde dich überall " +
    "ab: Andere Browser sind es nach höchstens einer Stunde.",
  everywhere: "Überall abmelden",
  signingOut: "Wird abgemeldet…",
  signedOutEverywhere: "Du bist in allen Browsern abgemeldet.",

  data: "Deine Daten",
  dataIntro:
    "Eine JSON-Datei mit deinem Profil, deinem Kanal, deinem Sendeplan, deinen Streams und deinen Streamschlüsseln (verdeckt).",
  exportData: "Meine Daten exportieren",
  exporting: "Wird exportiert…",
  exported: "Exportiert",
  deleteAccount: "Mein Konto löschen",
  deleteTitle: "Dein Konto und deine Daten löschen?",
  deleteForGood: "Endgültig löschen",
  deleting: "Wird gelöscht…",
  deleteWarning: "Das kann nicht rückgängig gemacht werden.",
  deleteText:
    "Ein laufender Stream endet, deine Streamschlüssel gelten nicht mehr, deine Aufzeichnungen werden gelöscht, und dein Kanal " +
    "ist weg. Von vergangenen Streams bleiben nur Zeiten und technische Daten, ohne deinen Namen.",
  deleted: "Dein Konto und deine Daten sind gelöscht.",
  deletionTakesLong:
    "Das Löschen dauert länger als sonst. Versuche es in einigen Minuten noch einmal: Es geht weiter, wo es aufgehört hat.",
};

export default german;
