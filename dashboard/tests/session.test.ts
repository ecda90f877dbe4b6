import { beforeEach, describe, expect, it } from "vitest";
import type { Place } from "../src/auth/session";
import { Session, STORAGE_KEY } from "../src/auth/session";
import {
  FakeCognito,
  HOUR_S,
  idToken,
  json,
  type MemoryStorage,
  madeTokens,
  refusal,
  sharedPlace,
  tokens,
} from "./fake-cognito";

let service: FakeCognito;
let place: Place & { storage: MemoryStorage };

beforeEach(() => {
  service = new FakeCognito();
  place = sharedPlace(service);
});

function begin(): Session {
  return Session.begin(service.client, madeTokens("id-1", service.now + HOUR_S * 1000), "a@example.org", place);
}

function otherTab(): Session {
  const found = Session.restore(service.client, place);
  if (!found) throw new Error("no session is stored");
  return found;
}

describe("the session", () => {
  it("survives a restart of the browser", async () => {
    begin();
    const restored = otherTab();
    expect(restored.email).toBe("a@example.org");
    expect(await restored.token()).toBe(idToken("id-1"));
    expect(await restored.accessToken()).toBe("access-id-1");
    expect(service.calls).toEqual([]);
  });

  it("renews the tokens in silence before they end", async () => {
    const session = begin();
    service.now += (HOUR_S - 4 * 60) * 1000;
    service.will(tokens("id-2"));
    expect(await session.token()).toBe(idToken("id-2"));
    expect(service.calls[0]).toEqual({
      operation: "GetTokensFromRefreshToken",
      body: { ClientId: "client", RefreshToken: "refresh-1" },
    });
  });

  it("renews once for all who ask at the same time", async () => {
    const session = begin();
    service.will(tokens("id-2"));
    const asked = [session.token(true), session.token(true), session.token(true)];
    expect(await Promise.all(asked)).toEqual(Array(3).fill(idToken("id-2")));
    expect(service.calls).toHaveLength(1);
  });

  it("renews once for all tabs", async () => {
    const one = begin();
    const two = otherTab();
    service.now += (HOUR_S - 60) * 1000;
    service.will(tokens("id-2", "refresh-2"));
    expect(await Promise.all([one.token(), two.token()])).toEqual([idToken("id-2"), idToken("id-2")]);
    expect(service.calls).toHaveLength(1);
  });

  it("goes on with a rotated refresh token", async () => {
    const session = begin();
    service.will(tokens("id-2", "refresh-2"), tokens("id-3"));
    await session.token(true);
    await session.token(true);
    expect(service.calls[1]?.body).toMatchObject({ RefreshToken: "refresh-2" });
  });

  it("may be tried again after a renewal that failed", async () => {
    const session = begin();
    await expect(session.token(true)).rejects.toMatchObject({ kind: "network" });
    service.will(tokens("id-2"));
    expect(await session.token(true)).toBe(idToken("id-2"));
  });

  it("is over for all tabs when its refresh token is refused", async () => {
    const session = begin();
    const other = otherTab();
    service.will(refusal("NotAuthorizedException"));
    await expect(session.token(true)).rejects.toMatchObject({ kind: "expired" });
    expect(place.storage.items.size).toBe(0);
    expect(other.follow()).toBe(false);
  });

  it("leaves nothing behind at sign-out, and revokes the refresh token", async () => {
    const session = begin();
    const other = otherTab();
    service.will(json({}));
    await session.signOut();
    expect(place.storage.items.size).toBe(0);
    expect(service.calls[0]).toMatchObject({ operation: "RevokeToken", body: { Token: "refresh-1" } });
    expect(other.follow()).toBe(false);
    await expect(other.token(true)).rejects.toMatchObject({ kind: "expired" });
  });

  it("is not brought back by a renewal that was under way at sign-out", async () => {
    const session = begin();
    service.will(() => {
      place.storage.removeItem(STORAGE_KEY); // as signing out in any tab does
      return tokens("id-2", "refresh-2")();
    });
    await expect(session.token(true)).rejects.toMatchObject({ kind: "expired" });
    expect(place.storage.items.size).toBe(0);
  });

  it("signs out even when the service is away", async () => {
    const session = begin();
    await session.signOut();
    expect(place.storage.items.size).toBe(0);
  });

  it("signs out everywhere, or says that it could not and stays", async () => {
    const session = begin();
    await expect(session.signOutEverywhere()).rejects.toMatchObject({ kind: "network" });
    expect(place.storage.items.size).toBe(1);
    service.will(json({}));
    await session.signOutEverywhere();
    expect(service.calls[1]).toMatchObject({ operation: "GlobalSignOut", body: { AccessToken: "access-id-1" } });
    expect(place.storage.items.size).toBe(0);
  });

  it("does not follow a tab that signed in as somebody else", () => {
    const session = begin();
    const other = { ...madeTokens("x", 9_000_000), idToken: idToken("x", { sub: "user-2" }) };
    Session.begin(service.client, other, "b@example.org", place);
    expect(session.follow()).toBe(false);
    expect(session.email).toBe("a@example.org");
  });

  it("tells what the ID token says of the account", () => {
    const stored = { ...madeTokens("x", 9_000_000), idToken: idToken("Ada Łukasz", { zoneinfo: "Europe/Berlin" }) };
    expect(Session.begin(service.client, stored, "a@example.org", place).claims.zoneinfo).toBe("Europe/Berlin");
  });

  it.each(["{broken", "null", "[]", '{"idToken":"x","refreshToken":"y","email":"a@example.org","expiresAt":1}'])(
    "starts anew from storage that cannot be read (%s)",
    (text) => {
      place.storage.setItem(STORAGE_KEY, text);
      expect(Session.restore(service.client, place)).toBeNull();
      expect(place.storage.items.size).toBe(0);
    },
  );
});
