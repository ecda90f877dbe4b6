import { describe, expect, it } from "vitest";
import {
  expiresIn,
  GUEST_FOR_AN_HOUR,
  localInput,
  nameOf,
  networksOf,
  newKeyOf,
  statusLabel,
  usesText,
} from "../src/studio/keys/key-text";

const NOW = Date.parse("2026-11-27T12:00:00.000Z");
const KEY = { key_id: "key_1", label: "", hint: "wxyz" };

describe("a new key", () => {
  it("is a guest's for one hour unless something else is chosen", () => {
    expect(newKeyOf({ ...GUEST_FOR_AN_HOUR, label: " Ann " }, NOW)).toEqual({
      label: "Ann",
      role: "guest",
      expires_at: "2026-11-27T13:00:00.000Z",
      max_uses: null,
      allow_list: [],
      test_only: false,
    });
  });

  it.each([
    ["day", "2026-11-28T12:00:00.000Z", null],
    ["broadcast", null, 1],
    ["always", null, null],
  ] as const)("for %s expires at %s and has %s uses", (validity, expiresAt, uses) => {
    const wanted = newKeyOf({ ...GUEST_FOR_AN_HOUR, validity }, NOW);
    expect([wanted.expires_at, wanted.max_uses]).toEqual([expiresAt, uses]);
  });

  it("until a date is good until that minute of the reader's own clock", () => {
    const wanted = newKeyOf({ ...GUEST_FOR_AN_HOUR, validity: "until", until: localInput(NOW) }, NOW);
    expect(wanted.expires_at).toBe(new Date(NOW).toISOString());
  });

  it("is for tests only if that is chosen", () => {
    expect(newKeyOf({ ...GUEST_FOR_AN_HOUR, testOnly: true }, NOW).test_only).toBe(true);
  });

  it("has networks however they are separated", () => {
    expect(networksOf(" 10.0.0.0/8, 192.0.2.1\n10.0.0.0/8 ")).toEqual(["10.0.0.0/8", "192.0.2.1"]);
  });
});

describe("what is said of a key", () => {
  it("is its label, or which one it is", () => {
    expect(nameOf({ ...KEY, label: "Ann" }, "key_1")).toBe("Ann");
    expect(nameOf(KEY, "key_1")).toBe("Main key");
    expect(nameOf(KEY, "key_2")).toBe("Key ending in wxyz");
  });

  it("is why it is over", () => {
    const of = (status: "active" | "expired" | "revoked", uses_left: number | null, not_before: string | null = null) =>
      statusLabel({ status, uses_left, not_before }, NOW);
    expect([of("expired", 0), of("expired", null), of("revoked", 0)]).toEqual(["Used up", "Expired", "Revoked"]);
    expect([of("active", null, "2026-11-27T12:00:01Z"), of("active", 2)]).toEqual(["Not valid yet", "Active"]);
  });

  it("is how often it can be used", () => {
    expect(usesText({ max_uses: null, uses_left: null })).toBeNull();
    expect(usesText({ max_uses: 1, uses_left: 1 })).toBe("For one broadcast");
    expect(usesText({ max_uses: 3, uses_left: 2 })).toBe("2 of 3 broadcasts left");
  });

  it("is when it expires", () => {
    expect([expiresIn(59 * 60_000), expiresIn(3 * 86_400_000), expiresIn(-1)]).toEqual([
      "in 59 min",
      "in 3 days",
      "now",
    ]);
  });
});
