import { describe, expect, it } from "vitest";
import type { LineMeasure } from "../src/contract";
import { anythingMeasured, tabTitle } from "../src/studio/status-words";
import { lineSentence, recommendation } from "../src/studio/test-words";
import { live } from "./messages";

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
