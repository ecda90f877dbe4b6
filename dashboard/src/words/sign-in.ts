/** The sign-in form, and why a sign-in fails. */

import { catalogue } from "../i18n/catalogue";

const english = {
  starting: "Starting the studio…",
  cannotStart: "The studio cannot start",

  title: "Sign in to your studio",
  lead: "Your server URL, your stream key, and your stream's status as it changes.",
  email: "Email",
  password: "Password",
  signIn: "Sign in",
  signingIn: "Signing in…",
  demo: "This is a local installation. It comes with a demo account.",
  demoFill: "Fill in the demo account",
};

export type SignInWords = typeof english;
export const t = catalogue(english, { de: () => import("./sign-in.de") });
