import { describe, expect, it } from "vitest";
import type { Refusal } from "../src/contract";
import { attemptsOf } from "../src/studio/repeated";
import { t } from "../src/words/recordings";
import german from "../src/words/recordings.de";

const at = (second: number) => new Date(Date.parse("2026-11-27T12:00:00.000Z") + second * 1000).toISOString();

function refused(second: number, overrides: Partial<Refusal> = {}): Refusal {
  return {
    at: at(second),
    reason: "key_expired",
    title: "The stream key has expired.",
    action: null,
    broadcaster_id: "ch_1",
    key_id: "key_1",
    key_label: "",
    node_id: "node-1",
    client_ip: "192.0.2.1",
    ...overrides,
  };
}

describe("refusals of an encoder that retries", () => {
  it("are one entry, with how many there were, the first and the last", () => {
    const [only, ...others] = attemptsOf([refused(10), refused(5), refused(0)], false);
    expect(others).toEqual([]);
    expect(only).toEqual({ refusal: refused(10), count: 3, since: Date.parse(at(0)), isCut: false });
  });

  it("are one entry though its attempts met several nodes", () => {
    expect(attemptsOf([refused(5, { node_id: "node-2" }), refused(0)], false)).toHaveLength(1);
  });

  it.each([{ reason: "key_in_use" }, { key_id: "key_2" }, { client_ip: "192.0.2.2" }, { client_ip: null }])(
    "are not mixed with one that differs by $reason $key_id $client_ip",
    (other) => {
      const found = attemptsOf([refused(10), refused(5, other), refused(0)], false);
      expect(found.map(({ refusal, count }) => [refusal.at, count])).toEqual([
        [at(10), 1],
        [at(5), 1],
        [at(0), 1],
      ]);
    },
  );

  it("may have begun before the list does, but only the oldest", () => {
    const found = attemptsOf([refused(20, { reason: "key_in_use" }), refused(10), refused(5)], true);
    expect(found.map(({ count, isCut }) => [count, isCut])).toEqual([
      [1, false],
      [2, true],
    ]);
    expect(attemptsOf([], true)).toEqual([]);
  });
});

it.each([
  [t, "3 attempts", "at least 3 attempts"],
  [german, "3 Versuche", "mindestens 3 Versuche"],
])("attempts are counted in words", (words, all, some) => {
  expect(words.attempts(3)).toBe(all);
  expect(words.atLeast(words.attempts(3))).toBe(some);
});
