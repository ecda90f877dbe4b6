/** Why the sign-in service refuses. None of them says whether an address has an account. */

import { catalogue } from "../i18n/catalogue";

const english = {
  wrongSignIn: "Incorrect email or password. Check both and try again.",
  notCurrent: "The current password is incorrect.",
  sessionEnded: "Your session has ended. Please sign in again.",
  tookTooLong: "This took too long. Sign in again.",
  codeUsed: "This code can't be used any more. Try to sign in.",
  wrongCode: "That code is not correct. Check it and try again.",
  oldCode: "That code has expired. Request a new one.",
  nextCode: "Wait for the next code in your app.",
  wait: "Too many attempts. Wait a few minutes, then try again.",
  weak: "The password does not meet the requirements below.",
  usedBefore: "Choose a password that you have not used here before.",
  unconfirmed: "This account is not confirmed yet. Enter the code that we sent to your address.",
  needsReset: "This account needs a new password before you can sign in.",
  notDelivered: "The code could not be sent. Check the address and try again.",
  malformed: "Check what you entered.",
  unreachable: "The sign-in service can't be reached. Check your connection and try again.",
  trouble: "The sign-in service is having a problem. Try again in a moment.",
  misconfigured: "The sign-in service rejected this page. Its client ID may be wrong.",
  incomplete: "The sign-in service sent an incomplete response.",
  unknownStep: "This account requires a sign-in step that this page doesn't support.",
  insecure: "Signing in needs a secure connection: open this page with https://.",
};

export type AuthWords = typeof english;
export const t = catalogue(english, { de: () => import("./auth.de") });
