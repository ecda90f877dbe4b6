import type { RegistrationWords } from "./registration";

const german: RegistrationWords = {
  back: "Zurück zur Anmeldung",
  newPassword: "Neues Passwort",

  mfaTitle: "Gib deinen Code ein",
  mfaIntro: "Öffne deine Authenticator-App und gib den Code ein, den sie für stream-sync zeigt.",
  mfaLost: "Telefon verloren? Die Betreiber dieses Dienstes können den Code für dein Konto abschalten.",
  goOn: "Weiter",
  checking: "Wird geprüft…",

  firstTitle: "Wähle dein Passwort",
  firstIntro: "Du hast dich mit einem vorläufigen Passwort angemeldet. Ersetze es durch ein eigenes.",
  saveAndGoOn: "Speichern und weiter",
  saving: "Wird gespeichert…",

  signUpTitle: "Konto erstellen",
  signUpIntro: "Damit bekommst du einen Kanal, einen Streamschlüssel und ein Studio.",
  signUp: "Konto erstellen",
  signingUp: "Wird erstellt…",

  confirm: {
    title: "Bestätige deine Adresse",
    intro: (email) => (
      <>
        Wir haben einen Code an {email} geschickt. Kommt keiner an, sieh im Spam-Ordner nach. Eine Adresse, die schon
        ein Konto hat, bekommt keinen Code: Melde dich stattdessen an.
      </>
    ),
    submit: "Bestätigen",
    busy: "Wird bestätigt…",
    done: "Deine Adresse ist bestätigt. Melde dich an.",
  },

  forgotTitle: "Passwort zurücksetzen",
  forgotIntro: "Wir schicken einen Code an deine Adresse. Damit wählst du ein neues Passwort.",
  sendCode: "Code senden",
  sending: "Wird gesendet…",

  reset: {
    title: "Wähle ein neues Passwort",
    intro: (email) => <>Wenn {email} ein Konto hat, ist ein Code unterwegs.</>,
    submit: "Passwort ändern",
    busy: "Wird geändert…",
    done: "Dein Passwort ist geändert. Melde dich mit dem neuen an.",
  },

  laptopCode: (code) => `Diese lokale Installation verschickt keine E-Mails. Der Code ist ${code}.`,
  resend: "Noch einen Code senden",
  resent: "Gesendet. Der neueste Code gilt.",
};

export default german;
