/** Cognito's side: answers from a list and remembers what it was asked. */

import { Cognito, type Tokens } from "../src/auth/cognito";
import type { Place } from "../src/auth/session";

export const HOUR_S = 3_600;
export const POOL = { endpoint: "https://cognito.test/", clientId: "client", userPoolId: "eu-west-1_pool" };

export interface Call {
  readonly operation: string;
  // biome-ignore lint/suspicious/noExplicitAny: each operation has a body of its own
  readonly body: any;
}

export class FakeCognito {
  readonly calls: Call[] = [];
  readonly answers: (() => Response)[] = [];
  now = 1_000_000;

  readonly fetch: typeof fetch = (_input, init) => {
    const headers = init?.headers as Record<string, string>;
    const operation = headers["X-Amz-Target"]?.split(".")[1] ?? "";
    this.calls.push({ operation, body: JSON.parse(String(init?.body)) as unknown });
    const answer = this.answers.shift();
    return answer ? Promise.resolve(answer()) : Promise.reject(new TypeError("Failed to fetch"));
  };

  readonly client = new Cognito(POOL, this.fetch, () => this.now);

  will(...answers: (() => Response)[]): this {
    this.answers.push(...answers);
    return this;
  }
}

export const json = (body: unknown) => () => Response.json(body);

export const refusal =
  (type: string, code = 400, message?: string) =>
  () =>
    Response.json({ __type: type, message }, { status: code });

export const tokens = (name: string, refresh?: string) =>
  json({
    AuthenticationResult: {
      IdToken: idToken(name),
      AccessToken: `access-${name}`,
      RefreshToken: refresh,
      ExpiresIn: HOUR_S,
    },
  });

/** The numbers are those of a real exchange; the fake takes any answer to them. */
export const challenge = json({
  ChallengeName: "PASSWORD_VERIFIER",
  ChallengeParameters: {
    SALT: "5a6b",
    SRP_B: "123456789abcdef",
    SECRET_BLOCK: btoa("block"),
    USER_ID_FOR_SRP: "user-1",
  },
});

/** A JWT of the user, which no signature makes good. */
export function idToken(name: string, claims: object = {}): string {
  return `e30.${btoa(String.fromCharCode(...new TextEncoder().encode(JSON.stringify({ sub: "user-1", name, ...claims }))))}.`;
}

export function madeTokens(name: string, expiresAt: number, refreshToken = "refresh-1"): Tokens {
  return { idToken: idToken(name), accessToken: `access-${name}`, refreshToken, expiresAt };
}

export class MemoryStorage {
  readonly items = new Map<string, string>();
  getItem(key: string): string | null {
    return this.items.get(key) ?? null;
  }
  removeItem(key: string): void {
    this.items.delete(key);
  }
  setItem(key: string, value: string): void {
    this.items.set(key, value);
  }
}

/** What the tabs of one browser share. */
export function sharedPlace(service: FakeCognito, storage = new MemoryStorage()): Place & { storage: MemoryStorage } {
  let last: Promise<unknown> = Promise.resolve();
  return {
    storage,
    now: () => service.now,
    alone: (work) => {
      const mine = last.then(work, work);
      last = mine;
      return mine;
    },
  };
}
