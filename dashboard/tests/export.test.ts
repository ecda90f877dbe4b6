import { describe, expect, it } from "vitest";
import { collect, MOST_STREAMS } from "../src/account/export";
import type { Key, KeyList, OwnChannel, OwnStream, PlannedBroadcast, StreamPage } from "../src/contract";

const session = { email: "ada@example.com", claims: { sub: "user-1", zoneinfo: "Europe/Berlin" } };
const channel = { channel_id: "ch_1", title: "Chess" } as OwnChannel;
const planned = { broadcast_id: "sch_1", title: "Next one" } as PlannedBroadcast;

/** A channel with as many pages of streams as the person has. */
function api(pages: number, perPage = 1) {
  return {
    channel: async () => channel,
    keys: async () => ({ keys: [{ key_id: "key_1" } as Key] }) satisfies KeyList,
    schedule: async () => [planned],
    streams: async (_limit?: number, cursor: string | null = null): Promise<StreamPage> => {
      const page = Number(cursor ?? 0);
      const streams = Array.from({ length: perPage }, (_, place) => ({ id: `${page}-${place}` }) as OwnStream);
      return { streams, next_cursor: page + 1 < pages ? String(page + 1) : null } as StreamPage;
    },
  };
}

describe("the export of an account", () => {
  it("holds the account, the channel, its keys, its schedule and all its streams", async () => {
    const found = await collect(api(3), session, new Date("2026-01-01T00:00:00Z"));
    expect(found).toEqual({
      exported_at: "2026-01-01T00:00:00.000Z",
      account: { email: "ada@example.com", user_id: "user-1", time_zone: "Europe/Berlin" },
      channel,
      keys: [{ key_id: "key_1" }],
      schedule: [planned],
      streams: [{ id: "0-0" }, { id: "1-0" }, { id: "2-0" }],
      incomplete: false,
    });
  });

  it("says when it stops before the oldest streams", async () => {
    const found = await collect(api(100, 200), session, new Date());
    expect([found.streams.length, found.incomplete]).toEqual([MOST_STREAMS, true]);
  });
});
