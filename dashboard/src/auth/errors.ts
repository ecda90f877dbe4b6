/** What Cognito refuses, in words for the person at the keyboard. None of them says whether an address has an account. */

import { t } from "../words/auth";

/**
 * What to do: `credentials` ask again, `network` try again, `service` tell the operator, `unconfirmed` enter the code
 * that was sent, `reset` choose a new password, `expired` begin again.
 */
export type AuthErrorKind = "credentials" | "network" | "service" | "unconfirmed" | "reset" | "expired";

export class AuthError extends Error {
  override readonly name = "AuthError";
  constructor(
    readonly kind: AuthErrorKind,
    message: string,
    /** Cognito's name for it, or "". */
    readonly code = "",
  ) {
    super(message);
  }
}

/** What was asked for; the same refusal means another thing at each. */
export type Purpose = "sign-in" | "code" | "mfa" | "new-password" | "change-password" | "account";

const LOCKED_OUT = "Password attempts exceeded"; // Cognito has no code of its own for it

export function unreachable(): AuthError {
  return new AuthError("network", t.unreachable);
}

export function incomplete(): AuthError {
  return new AuthError("service", t.incomplete);
}

/** From the status and body of Cognito's answer. */
export function failure(status: number, answer: unknown, purpose: Purpose): AuthError {
  const { __type, message } = (answer ?? {}) as { __type?: unknown; message?: unknown };
  // `__type` may be a bare name or "namespace#Name".
  const code =
    String(__type ?? "")
      .split("#")
      .pop() ?? "";
  const [kind, text] = meaning(status, code, message, purpose);
  return new AuthError(kind, text, code);
}

function meaning(status: number, code: string, message: unknown, purpose: Purpose): [AuthErrorKind, string] {
  switch (code) {
    case "NotAuthorizedException":
      return message === LOCKED_OUT ? ["network", t.wait] : notAuthorized(purpose);
    case "UserNotFoundException":
      return purpose === "code" ? ["credentials", t.wrongCode] : notAuthorized(purpose);
    case "UserNotConfirmedException":
      return ["unconfirmed", t.unconfirmed];
    case "PasswordResetRequiredException":
      return ["reset", t.needsReset];
    case "CodeMismatchException":
    case "EnableSoftwareTokenMFAException":
      return ["credentials", t.wrongCode];
    case "ExpiredCodeException":
      // A TOTP code that was used already is reported so, too.
      return purpose === "mfa" ? ["credentials", t.nextCode] : ["credentials", t.oldCode];
    case "InvalidPasswordException":
      return ["credentials", t.weak];
    case "PasswordHistoryPolicyViolationException":
      return ["credentials", t.usedBefore];
    case "CodeDeliveryFailureException":
      return ["network", t.notDelivered];
    case "TooManyRequestsException":
    case "LimitExceededException":
    case "TooManyFailedAttemptsException":
      return ["network", t.wait];
    case "InvalidParameterException":
      // Of what a person enters, only a malformed code or address comes so far.
      return purpose === "account" ? ["service", t.misconfigured] : ["credentials", t.malformed];
    default:
      return status >= 500 ? ["network", t.trouble] : ["service", t.misconfigured];
  }
}

function notAuthorized(purpose: Purpose): [AuthErrorKind, string] {
  switch (purpose) {
    case "sign-in":
      return ["credentials", t.wrongSignIn];
    case "change-password":
      return ["credentials", t.notCurrent];
    case "mfa":
    case "new-password":
      return ["expired", t.tookTooLong];
    case "code":
      return ["credentials", t.codeUsed];
    case "account":
      return ["expired", t.sessionEnded];
  }
}
