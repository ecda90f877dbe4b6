/** Accounts at Cognito: making one, and what its owner may change. Loaded when it is needed. */

import type { Cognito } from "./cognito";
import { AuthError } from "./errors";
import type { Session } from "./session";

/** Before sign-in: a new account, or a new password for one. */
export class Registration {
  constructor(private readonly cognito: Cognito) {}

  /** Sends a code. The same for an address that has an account already, which gets none. */
  async signUp(email: string, password: string): Promise<void> {
    try {
      await this.ask("SignUp", {
        Username: email,
        Password: password,
        UserAttributes: [{ Name: "email", Value: email }],
      });
    } catch (error) {
      if (!(error instanceof AuthError && error.code === "UsernameExistsException")) throw error;
    }
  }

  async confirm(email: string, code: string): Promise<void> {
    await this.ask("ConfirmSignUp", { Username: email, ConfirmationCode: code });
  }

  async resend(email: string): Promise<void> {
    await hidden(this.ask("ResendConfirmationCode", { Username: email }));
  }

  /** Sends a code, if the address has an account. */
  async forgot(email: string): Promise<void> {
    await hidden(this.ask("ForgotPassword", { Username: email }));
  }

  async reset(email: string, code: string, password: string): Promise<void> {
    await this.ask("ConfirmForgotPassword", { Username: email, ConfirmationCode: code, Password: password });
  }

  private ask(operation: string, body: object): Promise<unknown> {
    return this.cognito.call(operation, { ClientId: this.cognito.pool.clientId, ...body }, "code");
  }
}

/** A refusal that would say whether the address has an account, or a confirmed one. */
async function hidden(asked: Promise<unknown>): Promise<void> {
  try {
    await asked;
  } catch (error) {
    const telling = ["UserNotFoundException", "InvalidParameterException", "NotAuthorizedException"];
    if (!(error instanceof AuthError && telling.includes(error.code))) throw error;
  }
}

/** The account of a session. Every method throws AuthError. */
export class Account {
  constructor(
    private readonly cognito: Cognito,
    private readonly session: Session,
  ) {}

  /** Whether signing in takes a code of an authenticator app. */
  async hasMfa(): Promise<boolean> {
    const user = (await this.ask("GetUser")) as { UserMFASettingList?: string[] };
    return user.UserMFASettingList?.includes("SOFTWARE_TOKEN_MFA") ?? false;
  }

  /** IANA name, or "" for that of the browser. */
  async setTimeZone(zone: string): Promise<void> {
    await this.ask("UpdateUserAttributes", { UserAttributes: [{ Name: "zoneinfo", Value: zone }] });
    await this.session.token(true); // which names it
  }

  async changePassword(previous: string, proposed: string): Promise<void> {
    const body = { PreviousPassword: previous, ProposedPassword: proposed };
    await this.cognito.call(
      "ChangePassword",
      { AccessToken: await this.session.accessToken(), ...body },
      "change-password",
    );
  }

  /** The secret for an authenticator app, in Base32. Nothing changes until `turnOnMfa`. */
  async newMfaSecret(): Promise<string> {
    return ((await this.ask("AssociateSoftwareToken")) as { SecretCode: string }).SecretCode;
  }

  /** `code` is the app's, which proves that it has the secret. */
  async turnOnMfa(code: string): Promise<void> {
    const body = { UserCode: code, FriendlyDeviceName: "Authenticator app" };
    await this.cognito.call("VerifySoftwareToken", { AccessToken: await this.session.accessToken(), ...body }, "mfa");
    await this.ask("SetUserMFAPreference", { SoftwareTokenMfaSettings: { Enabled: true, PreferredMfa: true } });
  }

  async turnOffMfa(): Promise<void> {
    await this.ask("SetUserMFAPreference", { SoftwareTokenMfaSettings: { Enabled: false, PreferredMfa: false } });
  }

  /** Proves that the password is known; throws AuthError of kind `credentials` if it is not. */
  async check(password: string): Promise<void> {
    const outcome = await this.cognito.signIn(this.session.email, password);
    if (!("step" in outcome)) await this.cognito.revoke(outcome.refreshToken);
  }

  /** The account itself. What stream-sync has of it must be deleted before: afterwards nobody can ask for it. */
  async delete(): Promise<void> {
    await this.ask("DeleteUser");
    this.session.forget();
  }

  private async ask(operation: string, body: object = {}): Promise<unknown> {
    return this.cognito.call(operation, { AccessToken: await this.session.accessToken(), ...body }, "account");
  }
}

/** For authenticator apps (the Key URI format). */
export function otpauthUri(email: string, secret: string): string {
  const label = encodeURIComponent(`stream-sync:${email}`);
  return `otpauth://totp/${label}?secret=${secret}&issuer=stream-sync`;
}
