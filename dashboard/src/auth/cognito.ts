/**
 * The part of Cognito's JSON protocol that a sign-in page needs: three calls, so no SDK.
 * (Amazon Cognito user pools API reference: InitiateAuth, RevokeToken.)
 */

export interface Tokens {
  readonly idToken: string;
  readonly refreshToken: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** `kind` says what to do: `credentials` ask again, `network` try again, `service` tell the operator. */
export class AuthError extends Error {
  override readonly name = "AuthError";
  constructor(
    readonly kind: "credentials" | "network" | "service",
    message: string,
  ) {
    super(message);
  }
}

interface AuthAnswer {
  readonly AuthenticationResult?: {
    readonly IdToken: string;
    readonly RefreshToken?: string;
    readonly ExpiresIn: number;
  };
  readonly ChallengeName?: string;
}

export class Cognito {
  constructor(
    private readonly endpoint: string,
    private readonly clientId: string,
    private readonly fetcher: typeof fetch = (input, init) => fetch(input, init),
    private readonly now: () => number = Date.now,
  ) {}

  async signIn(email: string, password: string): Promise<Tokens> {
    return this.initiate("USER_PASSWORD_AUTH", { USERNAME: email, PASSWORD: password }, null);
  }

  async refresh(refreshToken: string): Promise<Tokens> {
    return this.initiate("REFRESH_TOKEN_AUTH", { REFRESH_TOKEN: refreshToken }, refreshToken);
  }

  /** Revokes the refresh token, so that a copy of it can't revive a signed-out session. */
  async revoke(refreshToken: string): Promise<void> {
    await this.call("RevokeToken", { ClientId: this.clientId, Token: refreshToken });
  }

  private async initiate(flow: string, parameters: object, knownRefreshToken: string | null): Promise<Tokens> {
    const answer = (await this.call("InitiateAuth", {
      AuthFlow: flow,
      ClientId: this.clientId,
      AuthParameters: parameters,
    })) as AuthAnswer;
    const result = answer.AuthenticationResult;
    if (!result) throw new AuthError("service", challengeText(answer.ChallengeName));
    // A refresh answers without a new refresh token unless the pool rotates them.
    const refreshToken = result.RefreshToken ?? knownRefreshToken;
    if (refreshToken === null) throw new AuthError("service", "The sign-in service sent an incomplete response.");
    return { idToken: result.IdToken, refreshToken, expiresAt: this.now() + result.ExpiresIn * 1000 };
  }

  private async call(operation: string, body: object): Promise<unknown> {
    let response: Response;
    try {
      response = await this.fetcher(this.endpoint, {
        method: "POST",
        headers: {
          "Content-Type": "application/x-amz-json-1.1",
          "X-Amz-Target": `AWSCognitoIdentityProviderService.${operation}`,
        },
        body: JSON.stringify(body),
        credentials: "omit",
      });
    } catch {
      throw new AuthError("network", "The sign-in service can't be reached. Check your connection and try again.");
    }
    const answer: unknown = await response.json().catch(() => null);
    if (!response.ok) throw failure(response.status, answer);
    return answer ?? {};
  }
}

function failure(status: number, answer: unknown): AuthError {
  // `__type` may be a bare name or "namespace#Name".
  const code = String((answer as { __type?: unknown } | null)?.__type ?? "")
    .split("#")
    .pop();
  switch (code) {
    case "NotAuthorizedException":
    case "UserNotFoundException":
      // The same text for both, so that it does not reveal who has an account.
      return new AuthError("credentials", "Incorrect email or password. Check both and try again.");
    case "UserNotConfirmedException":
      return new AuthError(
        "credentials",
        "This account is not confirmed yet. Follow the link in the email we sent you.",
      );
    case "PasswordResetRequiredException":
      return new AuthError("credentials", "This account needs a new password before you can sign in.");
    case "TooManyRequestsException":
    case "LimitExceededException":
      return new AuthError("network", "Too many attempts. Wait a minute, then try again.");
    default:
      return status >= 500
        ? new AuthError("network", "The sign-in service is having a problem. Try again in a moment.")
        : new AuthError("service", "The sign-in service rejected this page. Its client ID may be wrong.");
  }
}

function challengeText(name: string | undefined): string {
  return name === "NEW_PASSWORD_REQUIRED"
    ? "This account still has its temporary password. Set your own before you sign in here."
    : "This account requires a sign-in step that this page doesn't support.";
}
