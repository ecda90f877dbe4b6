import { describe, expect, it } from "vitest";
import { cognitoTime, SrpClient } from "../src/auth/srp";
import vectors from "./data/srp.json";

/** Of pycognito 2024.5.1, with these secrets and these servers' values; salts with and without a first bit. */
const cases = vectors.map((vector) => [vector.challenge.SALT, vector] as const);

function bytesOf(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}

function poolName(id: string): string {
  return id.split("_")[1] ?? "";
}

describe("SRP", () => {
  it.each(cases)("agrees with another implementation (salt %s)", async (_salt, vector) => {
    const client = new SrpClient(bytesOf(vector.a));
    expect(client.publicValue).toBe(vector.A);
    const { challenge, pool, password, now } = vector;
    expect(await client.prove(challenge, poolName(pool), password, new Date(now))).toEqual({
      timestamp: vector.timestamp,
      signature: vector.signature,
    });
  });

  it("makes another proof with another password, user or pool", async () => {
    const [vector] = vectors;
    if (!vector) throw new Error("no vectors");
    const prove = async (pool: string, password: string, user: string) =>
      (
        await new SrpClient(bytesOf(vector.a)).prove(
          { ...vector.challenge, USER_ID_FOR_SRP: user },
          pool,
          password,
          new Date(vector.now),
        )
      ).signature;
    const { USER_ID_FOR_SRP: user } = vector.challenge;
    const pool = poolName(vector.pool);
    const others = [
      prove(pool, `${vector.password}x`, user),
      prove(pool, vector.password, `${user}x`),
      prove(`${pool}x`, vector.password, user),
    ];
    expect(new Set([vector.signature, ...(await Promise.all(others))]).size).toBe(4);
  });

  it("has a secret of its own each time", () => {
    expect(new SrpClient().publicValue).not.toBe(new SrpClient().publicValue);
  });

  // RFC 5054, 2.5.4: with such a B anybody would know the session key.
  it("gives no proof to a server that sends zero", async () => {
    const challenge = { SALT: "5a", SRP_B: "0", SECRET_BLOCK: "", USER_ID_FOR_SRP: "u" };
    await expect(new SrpClient().prove(challenge, "pool", "password", new Date(0))).rejects.toMatchObject({
      kind: "service",
    });
  });
});

describe("Cognito's time", () => {
  it.each([
    ["2026-03-03T09:05:07Z", "Tue Mar 3 09:05:07 UTC 2026"],
    ["2026-12-31T23:59:59Z", "Thu Dec 31 23:59:59 UTC 2026"],
  ])("%s is %s", (iso, text) => {
    expect(cognitoTime(new Date(iso))).toBe(text);
  });
});
