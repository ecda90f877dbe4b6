/**
 * The part of Cognito's JSON protocol that a session needs; `account.ts` has the rest. A few calls, so no SDK.
 * (Amazon Cognito user pools API reference.)
 */

import { t } from "../words/auth";
import { AuthError, failure, incomplete, type Purpose, unreachable } from "./errors";
import type { Challenge } from "./srp";

export interface Tokens {
  /** For our API. */
  readonly idToken: string;
  /** For the account at Cognito. */
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** What is asked after the password: a code of the authenticator app, or a password in place of a temporary one. */
export interface Further {
  readonly step: "mfa" | "new-password";
  readonly user: string;
  readonly session: string;
}

export type Outcome = Tokens | Further;

interface AuthAnswer {
  readonly AuthenticationResult?: {
    readonly IdToken: string;
    readonly AccessToken: string;
    readonly RefreshToken?: string;
    readonly ExpiresIn: number;
  };
  readonly ChallengeName?: string;
  readonly ChallengeParameters?: Readonly<Record<string, string>>;
  readonly Session?: string;
}

export interface Pool {
  readonly endpoint: string;
  readonly clientId: string;
  /** `eu-central-1_AbCdEfGhI`. */
  readonly userPoolId: string;
}

export class Cognito {
  constructor(
    readonly pool: Pool,
    private readonly fetcher: typeof fetch = (input, init) => fetch(input, init),
    private readonly now: () => number = Date.now,
  ) {}

  /** By SRP: the password is proved, not sent. */
  async signIn(email: string, password: string): Promise<Outcome> {
    if (!globalThis.crypto?.subtle) {
      throw new AuthError("service", t.insecure);
    }
    const { SrpClient } = await import("./srp");
    const client = new SrpClient();
    const asked = await this.initiate("USER_SRP_AUTH", { USERNAME: email, SRP_A: client.publicValue });
    const challenge = asked.ChallengeParameters as Challenge | undefined;
    if (asked.ChallengeName !== "PASSWORD_VERIFIER" || !challenge) throw incomplete();
    const poolName = this.pool.userPoolId.slice(this.pool.userPoolId.indexOf("_") + 1);
    const proof = await client.prove(challenge, poolName, password, new Date(this.now()));
    return this.respond("PASSWORD_VERIFIER", challenge.USER_ID_FOR_SRP, asked.Session, "sign-in", {
      PASSWORD_CLAIM_SECRET_BLOCK: challenge.SECRET_BLOCK,
      PASSWORD_CLAIM_SIGNATURE: proof.signature,
      TIMESTAMP: proof.timestamp,
    });
  }

  /** Answers what is asked after the password: with the app's code, or the new password. */
  answer(further: Further, text: string): Promise<Outcome> {
    return further.step === "mfa"
      ? this.respond("SOFTWARE_TOKEN_MFA", further.user, further.session, "mfa", { SOFTWARE_TOKEN_MFA_CODE: text })
      : this.respond("NEW_PASSWORD_REQUIRED", further.user, further.session, "new-password", { NEW_PASSWORD: text });
  }

  /** Other tokens for the refresh token, which is replaced where the pool rotates them. */
  async refresh(refreshToken: string): Promise<Tokens> {
    const body = { ClientId: this.pool.clientId, RefreshToken: refreshToken };
    return this.tokens((await this.call("GetTokensFromRefreshToken", body, "account")) as AuthAnswer, refreshToken);
  }

  /** Revokes the refresh token, so that a copy of it can't revive a signed-out session. */
  async revoke(refreshToken: string): Promise<void> {
    await this.call("RevokeToken", { ClientId: this.pool.clientId, Token: refreshToken }, "account");
  }

  async call(operation: string, body: object, purpose: Purpose): Promise<unknown> {
    let response: Response;
    try {
      response = await this.fetcher(this.pool.endpoint, {
        method: "POST",
        headers: {
          "Content-Type": "application/x-amz-json-1.1",
          "X-Amz-Target": `AWSCognitoIdentityProviderService.${operation}`,
        },
        body: JSON.stringify(body),
        credentials: "omit",
      });
    } catch {
      throw unreachable();
    }
    const answer: unknown = await response.json().catch(() => null);
    if (!response.ok) throw failure(response.status, answer, purpose);
    return answer ?? {};
  }

  private async initiate(flow: string, parameters: object): Promise<AuthAnswer> {
    const body = { AuthFlow: flow, ClientId: this.pool.clientId, AuthParameters: parameters };
    return (await this.call("InitiateAuth", body, "sign-in")) as AuthAnswer;
  }

  private async respond(
    name: string,
    user: string,
    session: string | undefined,
    purpose: Purpose,
    responses: object,
  ): Promise<Outcome> {
    const answer = (await this.call(
      "RespondToAuthChallenge",
      {
        ChallengeName: name,
        ClientId: this.pool.clientId,
        ...(session ? { Session: session } : {}),
        ChallengeResponses: { USERNAME: user, ...responses },
      },
      purpose,
    )) as AuthAnswer;
    switch (answer.ChallengeName) {
      case undefined:
        return this.tokens(answer, null);
      case "SOFTWARE_TOKEN_MFA":
        return { step: "mfa", user, session: answer.Session ?? "" };
      case "NEW_PASSWORD_REQUIRED":
        return { step: "new-password", user, session: answer.Session ?? "" };
      default:
        throw new AuthError("service", t.unknownStep);
    }
  }

  private tokens(answer: AuthAnswer, known: string | null): Tokens {
    const result = answer.AuthenticationResult;
    const refreshToken = result?.RefreshToken ?? known;
    if (!result || refreshToken === null) throw incomplete();
    return {
      idToken: result.IdToken,
      accessToken: result.AccessToken,
      refreshToken,
      expiresAt: this.now() + result.ExpiresIn * 1000,
    };
  }
}

export function isFurther(outcome: Outcome): outcome is Further {
  return "step" in outcome;
}
