import { describe, expect, it } from "vitest";
import { instantOf, wallClock, zoneName, zones } from "../src/schedule/zones";

const BERLIN = "Europe/Berlin";

describe("a wall clock", () => {
  it.each([
    ["2026-12-04T20:00", BERLIN, "2026-12-04T19:00:00Z"],
    ["2026-07-04T20:00", BERLIN, "2026-07-04T18:00:00Z"],
    ["2026-12-04T00:00", "Pacific/Auckland", "2026-12-03T11:00:00Z"],
    ["2026-12-04T23:59", "America/St_Johns", "2026-12-05T03:29:00Z"],
    ["2026-12-04T20:00", "UTC", "2026-12-04T20:00:00Z"],
  ])("that shows %s in %s is an instant, and back", (wall, zone, at) => {
    expect(instantOf(wall, zone)).toBe(Date.parse(at));
    expect(wallClock(Date.parse(at), zone)).toBe(wall);
  });

  it("that goes back shows an hour twice: the first one counts", () => {
    expect(instantOf("2026-10-25T02:30", BERLIN)).toBe(Date.parse("2026-10-25T00:30:00Z"));
    expect(instantOf("2026-10-25T03:30", BERLIN)).toBe(Date.parse("2026-10-25T02:30:00Z"));
  });

  it("that goes forward leaves an hour out: a time in it is moved on", () => {
    expect(instantOf("2026-03-29T02:30", BERLIN)).toBe(Date.parse("2026-03-29T01:30:00Z"));
    expect(wallClock(Date.parse("2026-03-29T01:30:00Z"), BERLIN)).toBe("2026-03-29T03:30");
  });

  it("that shows nothing sensible is no instant", () => {
    expect(instantOf("", BERLIN)).toBeNull();
    expect(instantOf("2026-13-45T99:00", BERLIN)).toBeNull();
  });
});

describe("the zones", () => {
  it("are shown without underscores", () => {
    expect(zoneName("America/New_York")).toBe("America/New York");
  });

  it("have the reader's own among them, each once", () => {
    const all = zones(BERLIN);
    expect(all).toContain(BERLIN);
    expect(all).toContain("UTC");
    expect(new Set(all).size).toBe(all.length);
  });
});
