/** The sign-in form. */

import { catalogue } from "../i18n/catalogue";

const english = {
  title: "Sign in to your studio",
  lead: "Your server URL, your stream key, and your stream's status as it changes.",
  email: "Email",
  password: "Password",
  code: "Code",
  codeTitle: "The six digits of the code",
  passwordRule: "At least 12 characters, with upper and lower case letters, a digit and a symbol.",
  signIn: "Sign in",
  signingIn: "Signing in…",
  forgot: "Forgot your password?",
  createAccount: "Create an account",
  demo: "This is a local installation. It comes with a demo account.",
  demoFill: "Fill in the demo account",
  signedOutElsewhere: "You signed out in another tab or window.",
  notLoaded: "This page could not be loaded. Check your connection and reload it.",
};

export type SignInWords = typeof english;
export const t = catalogue(english, { de: () => import("./sign-in.de") });
