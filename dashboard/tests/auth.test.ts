import { beforeEach, describe, expect, it } from "vitest";
import { AuthError, Cognito } from "../src/auth/cognito";
import { Session } from "../src/auth/session";

const HOUR_S = 3_600;

interface Call {
  readonly target: string;
  readonly body: { AuthFlow?: string; AuthParameters?: Record<string, string>; Token?: string };
}

/** Cognito's side: answers from a list and remembers what it was asked. */
class FakeCognito {
  readonly calls: Call[] = [];
  answers: (() => Response)[] = [];

  readonly fetch: typeof fetch = (_input, init) => {
    const headers = init?.headers as Record<string, string>;
    this.calls.push({ target: headers["X-Amz-Target"] ?? "", body: JSON.parse(String(init?.body)) as Call["body"] });
    const answer = this.answers.shift();
    return answer ? Promise.resolve(answer()) : Promise.reject(new TypeError("Failed to fetch"));
  };
}

const tokens = (id: string, refresh?: string) => () =>
  Response.json({ AuthenticationResult: { IdToken: id, RefreshToken: refresh, ExpiresIn: HOUR_S } });
const refusal =
  (type: string, code = 400) =>
  () =>
    Response.json({ __type: type }, { status: code });

class MemoryStorage implements Storage {
  private readonly items = new Map<string, string>();
  get length(): number {
    return this.items.size;
  }
  clear(): void {
    this.items.clear();
  }
  getItem(key: string): string | null {
    return this.items.get(key) ?? null;
  }
  key(index: number): string | null {
    return [...this.items.keys()][index] ?? null;
  }
  removeItem(key: string): void {
    this.items.delete(key);
  }
  setItem(key: string, value: string): void {
    this.items.set(key, value);
  }
}

let service: FakeCognito;
let storage: MemoryStorage;
let now: number;
let cognito: Cognito;

beforeEach(() => {
  service = new FakeCognito();
  storage = new MemoryStorage();
  now = 1_000_000;
  cognito = new Cognito("https://cognito.test/", "client", service.fetch, () => now);
});

async function signIn(): Promise<Session> {
  service.answers.push(tokens("id-1", "refresh-1"));
  return Session.signIn(cognito, "a@example.org", "password", storage, () => now);
}

describe("sign-in", () => {
  it("speaks Cognito's InitiateAuth and hands out the id token", async () => {
    const session = await signIn();
    expect(await session.token()).toBe("id-1");
    expect(service.calls[0]).toMatchObject({
      target: "AWSCognitoIdentityProviderService.InitiateAuth",
      body: { AuthFlow: "USER_PASSWORD_AUTH", AuthParameters: { USERNAME: "a@example.org", PASSWORD: "password" } },
    });
  });

  it.each([
    ["a wrong password", refusal("NotAuthorizedException"), "credentials", /Incorrect email/],
    ["an unknown account, in the same words", refusal("UserNotFoundException"), "credentials", /Incorrect email/],
    ["a namespaced error type", refusal("com.amazonaws#NotAuthorizedException"), "credentials", /Incorrect email/],
    ["too many attempts", refusal("TooManyRequestsException"), "network", /Wait a minute/],
    ["a service in trouble", refusal("InternalErrorException", 500), "network", /try again/i],
    ["a wrong client id", refusal("ResourceNotFoundException"), "service", /client ID/],
    ["a first password", () => Response.json({ ChallengeName: "NEW_PASSWORD_REQUIRED" }), "service", /temporary/],
  ])("explains %s", async (_name, answer, kind, message) => {
    service.answers.push(answer);
    const failure = await cognito.signIn("a@example.org", "secret-password").catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(AuthError);
    expect(failure).toMatchObject({ kind, message: expect.stringMatching(message) as string });
    expect(String(failure)).not.toContain("secret-password");
  });

  it("tells a network that is down from a wrong password", async () => {
    await expect(cognito.signIn("a@example.org", "x")).rejects.toMatchObject({ kind: "network" });
  });
});

describe("the session", () => {
  it("survives a reload of the tab", async () => {
    await signIn();
    const restored = Session.restore(cognito, storage, () => now);
    expect(restored?.email).toBe("a@example.org");
    expect(await restored?.token()).toBe("id-1");
  });

  it("renews the token in silence before it ends", async () => {
    const session = await signIn();
    now += (HOUR_S - 4 * 60) * 1000;
    service.answers.push(tokens("id-2"));
    expect(await session.token()).toBe("id-2");
    expect(service.calls[1]?.body).toMatchObject({
      AuthFlow: "REFRESH_TOKEN_AUTH",
      AuthParameters: { REFRESH_TOKEN: "refresh-1" },
    });
  });

  it("renews once for all who ask at the same time", async () => {
    const session = await signIn();
    service.answers.push(tokens("id-2"));
    expect(await Promise.all([session.token(true), session.token(true), session.token(true)])).toEqual([
      "id-2",
      "id-2",
      "id-2",
    ]);
    expect(service.calls).toHaveLength(2);
  });

  it("goes on with a rotated refresh token", async () => {
    const session = await signIn();
    service.answers.push(tokens("id-2", "refresh-2"), tokens("id-3"));
    await session.token(true);
    await session.token(true);
    expect(service.calls[2]?.body.AuthParameters).toEqual({ REFRESH_TOKEN: "refresh-2" });
  });

  it("may be tried again after a renewal that failed", async () => {
    const session = await signIn();
    await expect(session.token(true)).rejects.toMatchObject({ kind: "network" });
    service.answers.push(tokens("id-2"));
    expect(await session.token(true)).toBe("id-2");
  });

  it("leaves nothing behind at sign-out, and revokes the refresh token", async () => {
    const session = await signIn();
    service.answers.push(() => Response.json({}));
    await session.signOut();
    expect(storage.length).toBe(0);
    expect(service.calls[1]).toMatchObject({
      target: "AWSCognitoIdentityProviderService.RevokeToken",
      body: { Token: "refresh-1" },
    });
  });

  it("signs out even when the service is away", async () => {
    const session = await signIn();
    await session.signOut();
    expect(storage.length).toBe(0);
  });

  it("starts anew from storage that cannot be read", () => {
    storage.setItem("stream-sync.session", "{broken");
    expect(Session.restore(cognito, storage)).toBeNull();
    expect(storage.length).toBe(0);
  });
});
