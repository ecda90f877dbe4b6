import { describe, expect, it } from "vitest";
import type { LineMeasure, OwnerMessage } from "../src/contract";
import { initialState, reduce, type StudioEvent, type StudioState } from "../src/realtime/state";
import { anythingMeasured, tabTitle } from "../src/studio/status-words";
import { lineSentence, recommendation } from "../src/studio/test-words";
import german from "../src/words/test-mode.de";
import { AT, live, metrics, STREAM_2, snapshot, status } from "./messages";

function line(overrides: Partial<LineMeasure> = {}): LineMeasure {
  return { seconds: 60, bitrate_kbps: 6100, breaks: 0, recommended_kbps: 6100, ...overrides };
}

describe("a connection test", () => {
  it("says what was carried, and for how long", () => {
    expect(lineSentence(line())).toBe("Your connection carried 6.1 Mbit/s without a break for 60 s.");
    expect(lineSentence(line({ seconds: 300, bitrate_kbps: 940 }))).toBe(
      "Your connection carried 940 kbit/s without a break for 5 min.",
    );
  });

  it("says how often it was interrupted", () => {
    expect(lineSentence(line({ breaks: 1, seconds: 12 }))).toBe(
      "Your connection carried 6.1 Mbit/s with 1 interruption; the last one ended 12 s ago.",
    );
    expect(lineSentence(line({ breaks: 3, seconds: 0 }))).toContain("3 interruptions");
  });

  it("recommends the bitrate that was carried, or less", () => {
    expect(recommendation(line())).toContain("You can stream at 6,100 kbit/s");
    expect(recommendation(line({ bitrate_kbps: 6153 }))).toContain("You can stream at 6,100 kbit/s");
    expect(recommendation(line({ breaks: 1, recommended_kbps: 4500 }))).toContain("to 4,500 kbit/s or less");
  });

  it("recommends nothing too early", () => {
    expect(recommendation(null)).toContain("after 20 s");
    expect(recommendation(line({ recommended_kbps: null }))).toContain("after 20 s");
  });

  it("is not mistaken for a broadcast in the tab's title", () => {
    expect(tabTitle("LIVE", false, true)).toBe("◇ TEST · stream-sync");
    expect(tabTitle("OFFLINE", false, true)).toBe("Offline · stream-sync");
  });

  it("has measured nothing when it begins", () => {
    expect(anythingMeasured(live({ test: true }))).toBe(false);
  });
});

describe("a connection test that is over", () => {
  const NOW = 1_000_000;
  const running = [snapshot(), status({ live: live({ test: true }) }), metrics({ test: true, line: line() })];
  const over = status({ seq: 2, status: "OFFLINE", reason: "unpublished" });
  const hear = (messages: readonly OwnerMessage[], state: StudioState = initialState): StudioState =>
    messages.reduce((known, message) => reduce(known, { kind: "message", message, now: NOW }), state);

  it("keeps its result with the time of its end", () => {
    expect(hear(running).tested).toBeNull();
    expect(hear([...running, over]).tested).toEqual({ line: line(), endedAt: Date.parse(AT) });
  });

  it("keeps it where the page missed the end, and reads that the channel is offline", () => {
    const ended = { stream_id: "", started_at: AT, ended_at: "2026-01-01T12:00:30Z" };
    const last_end = { ...ended, reason: "unpublished", reason_text: "Ended.", action: null } as const;
    expect(hear([...running, snapshot({ last_end }, 2)]).tested?.endedAt).toBe(Date.parse(ended.ended_at));
  });

  it("keeps it through an interruption in which the encoder did not come back", () => {
    const interrupted = status({ seq: 2, status: "RECONNECTING" });
    expect(hear([...running, interrupted]).tested).toBeNull();
    expect(hear([...running, interrupted, { ...over, seq: 3 }]).tested?.line).toEqual(line());
  });

  it("is still read while the broadcast runs that ended it", () => {
    const broadcast = status({ seq: 2, stream_id: STREAM_2, live: live({ stream_id: STREAM_2 }) });
    const state = hear([...running, broadcast]);
    expect(state.tested).toEqual({ line: line(), endedAt: NOW });
    expect(hear([status({ seq: 3, stream_id: STREAM_2, status: "OFFLINE" })], state).tested).toBe(state.tested);
  });

  it("makes way for the next test", () => {
    const next = status({ seq: 3, stream_id: STREAM_2, live: live({ stream_id: STREAM_2, test: true }) });
    expect(hear([...running, over, next]).tested).toBeNull();
  });

  it("goes away when it is dismissed, and stays away", () => {
    const dismissed: StudioEvent = { kind: "test-dismissed" };
    const state = reduce(hear([...running, over]), dismissed);
    expect(state.tested).toBeNull();
    expect(hear([snapshot({}, 3)], state).tested).toBeNull();
  });

  it("has no result if nothing was measured, or if it was a broadcast", () => {
    expect(hear([snapshot(), status({ live: live({ test: true }) }), over]).tested).toBeNull();
    expect(hear([snapshot(), status({ live: live() }), metrics({ line: line() }), over]).tested).toBeNull();
  });

  it("says what is true of the past", () => {
    expect(lineSentence(line({ breaks: 2, seconds: 12 }), true)).toBe(
      "Your connection carried 6.1 Mbit/s with 2 interruptions; the last one was 12 s before the end.",
    );
    expect(recommendation(line({ recommended_kbps: null }), true)).toBe(
      "The test was too short for a recommendation. Let the next one run for 60 s.",
    );
    expect(recommendation(line(), true)).toBe(recommendation(line()));
    expect(german.brokenBefore("6 Mbit/s", 1, "12 s")).toContain("die letzte war 12 s vor dem Ende");
    expect(german.tooShort(60)).toContain("60 s");
  });
});
