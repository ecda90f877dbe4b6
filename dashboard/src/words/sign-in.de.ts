import type { SignInWords } from "./sign-in";

const german: SignInWords = {
  starting: "Das Studio startet…",
  cannotStart: "Das Studio kann nicht starten",

  title: "Melde dich in deinem Studio an",
  lead: "Deine Server-URL, dein Streamschlüssel und der Status deines Streams, sobald er sich ändert.",
  email: "E-Mail",
  password: "Passwort",
  signIn: "Anmelden",
  signingIn: "Anmeldung läuft…",
  demo: "Das ist eine lokale Installation. Sie bringt ein Demo-Konto mit.",
  demoFill: "Demo-Konto eintragen",
};

export default german;
