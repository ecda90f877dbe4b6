import type { SignInWords } from "./sign-in";

const german: SignInWords = {
  title: "Melde dich in deinem Studio an",
  lead: "Deine Server-URL, dein Streamschlüssel und der Status deines Streams, sobald er sich ändert.",
  email: "E-Mail",
  password: "Passwort",
  code: "Code",
  codeTitle: "Die sechs Ziffern des Codes",
  passwordRule: "Mindestens 12 Zeichen mit großen und kleinen Buchstaben, einer Ziffer und einem Sonderzeichen.",
  signIn: "Anmelden",
  signingIn: "Anmeldung läuft…",
  forgot: "Passwort vergessen?",
  createAccount: "Konto erstellen",
  demo: "Das ist eine lokale Installation. Sie bringt ein Demo-Konto mit.",
  demoFill: "Demo-Konto eintragen",
  signedOutElsewhere: "Du hast dich in einem anderen Tab oder Fenster abgemeldet.",
  notLoaded: "Diese Seite konnte nicht geladen werden. Prüfe deine Verbindung und lade sie neu.",
};

export default german;
