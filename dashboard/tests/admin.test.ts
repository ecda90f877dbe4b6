import { describe, expect, it } from "vitest";
import { linkOf, said } from "../src/admin/action-words";
import { refusalReason } from "../src/admin/codes";
import { kindsOf } from "../src/admin/refusal-kinds";
import { links, routeOf, searchable } from "../src/admin/route";
import { inOrder, summary } from "../src/admin/wall-order";
import type { ActiveStream, AdminAction, Refusal, StreamHealth } from "../src/contract";

function stream(id: string, changes: Partial<ActiveStream> = {}): ActiveStream {
  return { id, status: "LIVE", node_id: "one", technical: {}, health: null, viewers: null, ...changes } as ActiveStream;
}

function health(overall: StreamHealth["overall"]): StreamHealth {
  return { overall, findings: [] };
}

function at(address: string) {
  return routeOf(new URL(address, "http://stream.test"));
}

describe("addresses", () => {
  it("lead to the page that they were made for", () => {
    expect(at(links.live)).toEqual({ page: "live" });
    expect(at(links.person("ch_1"))).toEqual({ page: "person", id: "ch_1" });
    expect(at(links.stream("01M"))).toEqual({ page: "stream", id: "01M" });
    expect(at(links.webhook("wh_1"))).toEqual({ page: "webhook", id: "wh_1" });
    expect(at(links.search("a+b@example.com & co"))).toEqual({ page: "search", q: "a+b@example.com & co" });
    expect(at(links.auditOf("ch_1"))).toEqual({ page: "audit", target: "ch_1", operator: "" });
    expect(at(links.refusalsBy({ reason: "key_unknown" }))).toEqual({
      page: "refusals",
      reason: "key_unknown",
      person: "",
      address: "",
    });
    for (const page of ["nodes", "webhooks"] as const) expect(at(links[page])).toEqual({ page });
  });

  it.each(["/admin/nothing", "/admin/people/a/b", "/admin/nodes/a"])(
    "of nothing are said to be that: %s",
    (address) => {
      expect(at(address)).toEqual({ page: "none" });
    },
  );

  it("survive what is not valid in them", () => {
    expect(at("/admin/")).toEqual({ page: "live" });
    expect(at("/admin/people/%zz")).toEqual({ page: "person", id: "%zz" });
  });
});

describe("search", () => {
  it("never holds a whole stream key", () => {
    const key = "abcdefghij".repeat(4);
    expect(searchable(` ${key} `)).toBe("ghij");
    expect(searchable(`${key}x`)).toBe(`${key}x`);
    expect(searchable(" ada@example.com ")).toBe("ada@example.com");
  });
});

describe("the wall", () => {
  it("has those with problems first, then those with most viewers", () => {
    const streams = [
      stream("quiet", { viewers: 1 }),
      stream("watched", { viewers: 9, health: health("good") }),
      stream("fair", { health: health("fair") }),
      stream("lost", { status: "RECONNECTING" }),
      stream("poor", { health: health("poor"), viewers: 1 }),
    ];
    expect(inOrder(streams).map(({ id }) => id)).toEqual(["poor", "lost", "fair", "watched", "quiet"]);
    expect(streams[0]?.id).toBe("quiet");
  });

  it("is summed up", () => {
    expect(summary([])).toBe("0 live, 0 viewers");
    expect(summary([stream("a", { viewers: 1 })])).toBe("1 live, 1 viewer");
    expect(summary([stream("a", { viewers: 2 }), stream("b", { status: "RECONNECTING" })])).toBe(
      "1 live, 1 reconnecting, 2 viewers",
    );
  });
});

describe("refusals", () => {
  it("are counted by reason, the most frequent first", () => {
    const refusal = (reason: string) => ({ reason, title: reason }) as Refusal;
    const kinds = kindsOf(["a", "b", "b", "c"].map(refusal));
    expect(kinds.map(({ reason, count }) => [reason, count])).toEqual([
      ["b", 2],
      ["a", 1],
      ["c", 1],
    ]);
  });
});

describe("a reason of a refusal", () => {
  it("is said in words, also where the page does not know it", () => {
    expect(refusalReason("at_capacity")).toBe("servers full");
    expect(refusalReason("out_of_tea")).toBe("out of tea");
  });
});

describe("what administrators did", () => {
  const action = (name: string, target: Record<string, string>) => ({ action: name, target }) as unknown as AdminAction;

  it("is said in words, also where the page does not know the operation", () => {
    expect(said(action("admin_block_broadcaster", {}))).toBe("Blocked a person");
    expect(said(action("admin_make_tea", {}))).toBe("make tea");
  });

  it("leads to what it was done to", () => {
    expect(linkOf(action("x", { broadcaster_id: "ch_1" }))).toBe(links.person("ch_1"));
    expect(linkOf(action("x", { stream_id: "01M" }))).toBe(links.stream("01M"));
    expect(linkOf(action("x", { webhook_id: "wh_1", event_id: "01M" }))).toBe(links.webhook("wh_1"));
    expect(linkOf(action("x", { key_id: "key_1" }))).toBeNull();
  });
});
