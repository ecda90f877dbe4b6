/** The account page. */

import type { ComponentChildren } from "preact";
import { catalogue } from "../i18n/catalogue";

const english = {
  pageTitle: "Account · stream-sync",
  title: "Account",
  signOut: "Sign out",
  navigation: "Broadcaster",

  profile: "Profile",
  displayName: "Display name",
  displayNameNote: "shown to viewers",
  timeZone: "Time zone",
  timeZoneNote: "of the dates on your pages",
  browsersZone: "That of the browser",
  save: "Save",
  saving: "Saving…",
  saved: "Saved",

  password: "Password",
  currentPassword: "Current password",
  newPassword: "New password",
  changePassword: "Change password",
  changing: "Changing…",
  passwordChanged: "Your password is changed",

  mfa: "Two-factor authentication",
  mfaIntro: "Signing in then takes a code from an app on your phone as well: a password that leaked is not enough.",
  mfaIsOn: "It is on.",
  mfaIsOff: "It is off.",
  mfaTurnedOn: "Two-factor authentication is on",
  setUp: "Set up",
  turnOff: "Turn off",
  turningOff: "Turning off…",
  turnOffTitle: "Turn off two-factor authentication?",
  turnOffText: "From now on your password alone is enough to sign in.",
  setUpSteps: (openApp: (text: string) => ComponentChildren): ComponentChildren => (
    <>
      Scan the code with your authenticator app. If you can't, choose “enter a setup key” there and enter this one; it
      is time-based. On this device, {openApp("open the app")} instead.
    </>
  ),
  qrCode: "QR code with the setup key below, for an authenticator app",
  setupKey: "Setup key",
  newCodes: "The app shows a new one every 30 seconds.",
  turnOn: "Turn on",
  checking: "Checking…",

  sessions: "Where you are signed in",
  sessionsIntro:
    "You stay signed in for 30 days in each browser, in all its tabs. If one of them is no longer yours, sign out everywhere: " +
    "other browsers are out within an hour.",
  everywhere: "Sign out everywhere",
  signingOut: "Signing out…",
  signedOutEverywhere: "You are signed out in all browsers.",

  data: "Your data",
  dataIntro:
    "One JSON file with your profile, your channel, your schedule, your streams and your stream keys (masked).",
  exportData: "Export my data",
  exporting: "Exporting…",
  exported: "Exported",
  deleteAccount: "Delete my account",
  deleteTitle: "Delete your account and your data?",
  deleteForGood: "Delete for good",
  deleting: "Deleting…",
  deleteWarning: "This cannot be undone.",
  deleteText:
    "A running stream ends, your stream keys stop working, your recordings are deleted, and your channel is gone. Of past " +
    "streams only times and technical data stay, without your name.",
  deleted: "Your account and your data are deleted.",
  deletionTakesLong:
    "Deleting your data takes longer than usual. Try again in a few minutes: it continues where it stopped.",
};

export type AccountWords = typeof english;
export const t = catalogue(english, { de: () => import("./account.de") });
