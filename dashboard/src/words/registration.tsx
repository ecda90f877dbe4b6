/** The steps of signing in beside the first: codes, new accounts, new passwords. */

import type { ComponentChildren } from "preact";
import { catalogue } from "../i18n/catalogue";

const english = {
  back: "Back to sign-in",
  newPassword: "New password",

  mfaTitle: "Enter your code",
  mfaIntro: "Open your authenticator app and enter the code it shows for stream-sync.",
  mfaLost: "Lost your phone? The operators of this service can switch the code off for your account.",
  goOn: "Continue",
  checking: "Checking…",

  firstTitle: "Choose your password",
  firstIntro: "You signed in with a temporary password. Replace it with your own.",
  saveAndGoOn: "Save and continue",
  saving: "Saving…",

  signUpTitle: "Create an account",
  signUpIntro: "With it you get a channel, a stream key and a studio.",
  signUp: "Create account",
  signingUp: "Creating…",

  confirm: {
    title: "Confirm your address",
    intro: (email: ComponentChildren): ComponentChildren => (
      <>
        We sent a code to {email}. If none arrives, look into your spam folder. An address that already has an account
        gets no code: sign in instead.
      </>
    ),
    submit: "Confirm",
    busy: "Confirming…",
    done: "Your address is confirmed. Sign in.",
  },

  forgotTitle: "Reset your password",
  forgotIntro: "We send a code to your address. With it you choose a new password.",
  sendCode: "Send code",
  sending: "Sending…",

  reset: {
    title: "Choose a new password",
    intro: (email: ComponentChildren): ComponentChildren => <>If {email} has an account, a code is on its way.</>,
    submit: "Change password",
    busy: "Changing…",
    done: "Your password is changed. Sign in with the new one.",
  },

  laptopCode: (code: string) => `This local installation sends no email. The code is ${code}.`,
  resend: "Send another code",
  resent: "Sent. The newest code counts.",
};

export type RegistrationWords = typeof english;
export const t = catalogue(english, { de: () => import("./registration.de") });
