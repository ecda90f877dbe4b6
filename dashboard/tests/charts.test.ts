import { describe, expect, it } from "vitest";
import { aligned, columnsOf, scaleEnd } from "../src/charts/columns";
import { marksOf } from "../src/charts/marks";
import {
  hasHole,
  type LiveSample,
  merged,
  type Row,
  regrouped,
  resolutionFor,
  rowOf,
  total,
  withSample,
} from "../src/charts/rows";
import { samplesOf, updated } from "../src/charts/samples";
import { elapsed, figures, findingTitle, markText, summary, windowOf } from "../src/charts/words";
import type { StreamSample } from "../src/contract";

const TEN_S = 10_000;
const MINUTE = 60_000;
const START = Date.parse("2026-11-26T21:00:00Z");

function sample(at: number, kbps: number): LiveSample {
  return { at, bitrate_kbps: kbps, video_fps: 30, keyframe_interval_s: null, viewers: null };
}

function row(at: number, min: number, average: number, max: number, count = 10): Row {
  return rowOf(at, (metric) => (metric === "bitrate_kbps" ? { min, average, max, count } : null));
}

describe("rows of live measurements", () => {
  it("hold lowest, average and highest of ten seconds", () => {
    const samples = [sample(START, 1000), sample(START + 1000, 3000), sample(START + TEN_S, 500)];
    const rows = samples.reduce(withSample, [] as readonly Row[]);
    expect(rows.map((each) => [each.at - START, each.bitrate_kbps])).toEqual([
      [0, { min: 1000, average: 2000, max: 3000, count: 2 }],
      [TEN_S, { min: 500, average: 500, max: 500, count: 1 }],
    ]);
    expect(rows[0]?.keyframe_interval_s).toBeNull();
  });

  it("ignore what arrives late", () => {
    const rows = withSample([], sample(START + TEN_S, 1000));
    expect(withSample(rows, sample(START, 1))).toBe(rows);
  });

  it("are joined to longer ones by their weight", () => {
    const rows = [row(START, 900, 1000, 1100, 9), row(START + TEN_S, 100, 200, 300, 1), row(START + MINUTE, 1, 1, 1)];
    expect(regrouped(rows, MINUTE).map((each) => [each.at - START, each.bitrate_kbps])).toEqual([
      [0, { min: 100, average: 920, max: 1100, count: 10 }],
      [MINUTE, { min: 1, average: 1, max: 1, count: 10 }],
    ]);
  });

  it("begin where the stored ones do", () => {
    expect(regrouped([row(START + 7_000, 1, 1, 1)], TEN_S, START + 5_000)[0]?.at).toBe(START + 5_000);
  });
});

describe("stored rows with those of the page", () => {
  const stored = [row(START, 900, 1000, 1100), row(START + TEN_S, 900, 1000, 1100)];

  it("are the whole broadcast after a reload", () => {
    const live = [row(START + 2 * TEN_S, 1, 2, 3)];
    expect(merged(stored, live, TEN_S).map(({ at }) => at - START)).toEqual([0, TEN_S, 2 * TEN_S]);
  });

  it("count more where both have measured, for the page may have begun in the middle", () => {
    expect(merged(stored, [row(START, 5, 5, 5)], TEN_S)[0]?.bitrate_kbps?.average).toBe(1000);
  });

  it("have a newest one that may be incomplete, so that both count", () => {
    const [, newest] = merged(stored, [row(START + TEN_S, 500, 600, 700)], TEN_S);
    expect(newest?.bitrate_kbps).toEqual({ min: 500, average: 800, max: 1100, count: 20 });
  });

  it("are as long as the stored ones", () => {
    const live = [0, 1, 2, 3, 4, 5].map((each) => row(START + MINUTE + each * TEN_S, 1, each, 9));
    expect(merged([row(START, 1, 1, 1)], live, MINUTE)).toHaveLength(2);
  });

  it("are all there is without a stored one", () => {
    expect(merged([], stored, TEN_S)).toEqual(stored);
  });

  it("have a hole between them until the last minute is stored", () => {
    expect(hasHole(stored, [row(START + 2 * TEN_S, 1, 1, 1)], TEN_S)).toBe(false);
    expect(hasHole(stored, [row(START + 3 * TEN_S, 1, 1, 1)], TEN_S)).toBe(true);
    expect(hasHole([], [row(START, 1, 1, 1)], TEN_S)).toBe(true);
    expect(hasHole(stored, [], TEN_S)).toBe(false);
  });
});

describe("columns", () => {
  it("stand at the middle of each row, in seconds since the start", () => {
    const columns = columnsOf([row(START, 1, 2, 3), row(START + TEN_S, 4, 5, 6)], "bitrate_kbps", START, TEN_S, 3600);
    expect(columns).toEqual({ x: [5, 15], average: [2, 5], min: [1, 4], max: [3, 6] });
  });

  it("have a gap where nothing was measured", () => {
    const rows = [row(START, 1, 1, 1), row(START + 6 * TEN_S, 1, 1, 1)];
    const columns = columnsOf(rows, "bitrate_kbps", START, TEN_S, 3600);
    expect(columns.x).toEqual([5, 15, 65]);
    expect(columns.average).toEqual([1, null, 1]);
  });

  it("are never outside the broadcast, though its first and last row may be", () => {
    const rows = [row(START - 9_000, 1, 1, 1), row(START + 1_000, 1, 1, 1)];
    expect(columnsOf(rows, "bitrate_kbps", START, TEN_S, 3).x).toEqual([0, 3]);
  });

  it("are empty of a metric that was not measured", () => {
    expect(columnsOf([row(START, 1, 1, 1)], "viewers", START, TEN_S, 3600).average).toEqual([null]);
  });

  it("take another broadcast's values at the same time since its start", () => {
    const other = columnsOf([row(0, 7, 7, 7), row(TEN_S, 8, 8, 8)], "bitrate_kbps", 1_000, TEN_S, 3600);
    expect(other.x).toEqual([4, 14]);
    expect(aligned([5, 15, 25], other, TEN_S)).toEqual([7, 8, null]);
    expect(aligned([5], columnsOf([], "bitrate_kbps", 0, TEN_S, 3600), TEN_S)).toEqual([null]);
  });
});

describe("a scale", () => {
  it("ends at a round number with air above the highest value", () => {
    const ends = [50, 950, 2500, 4800, 9500].map((highest) => scaleEnd("bitrate_kbps", highest));
    expect(ends).toEqual([150, 1500, 3000, 6000, 15_000]);
  });

  it("has a least length of its own", () => {
    expect(scaleEnd("bitrate_kbps", null)).toBe(150);
    expect(scaleEnd("viewers", 0)).toBe(5);
    expect(scaleEnd("video_fps", 30)).toBe(40);
  });
});

describe("stored samples", () => {
  const span = { min: 1, average: 2, max: 3 };
  const stored = (at: string, bitrate: typeof span | null): StreamSample => ({
    at,
    bitrate_kbps: bitrate,
    video_fps: null,
    keyframe_interval_s: null,
    viewers: null,
    video_bitrate_kbps: span,
    audio_bitrate_kbps: span,
  });

  it("are read with what was not measured", () => {
    const { rows, rowMs } = samplesOf([stored("2026-11-26T21:00:00Z", span), stored("2026-11-26T21:01:00Z", null)], 60);
    expect(rowMs).toBe(MINUTE);
    expect(rows).toEqual([rowOf(START, (metric) => (metric === "bitrate_kbps" ? { ...span, count: 60 } : null))]);
  });

  it("replace the last one that was read before, which may have changed, and follow it", () => {
    const known = [row(START, 1, 1, 1), row(START + TEN_S, 1, 1, 1)];
    const newer = [row(START + TEN_S, 2, 2, 2), row(START + 2 * TEN_S, 2, 2, 2)];
    expect(updated(known, newer)).toEqual([known[0], ...newer]);
    expect(updated(known, [])).toBe(known);
  });

  it("come in rows that fit a chart", () => {
    expect([1, 3, 13, 61].map((hours) => resolutionFor(hours * 60 * MINUTE))).toEqual([10, 60, 300, 1800]);
  });
});

describe("marks", () => {
  const at = "2026-11-26T21:00:00Z";
  const entry = (seq: number, kind: string, facts = {}) => ({ seq, at, kind, facts });

  it("are the events of a timeline that a chart shows, with their reason", () => {
    const marks = marksOf([
      entry(1, "Session Created"),
      entry(2, "Stream Start"),
      entry(3, "Stream Interrupted", { reason: "protocol_error" }),
      entry(4, "Health Finding Start", { code: "gopSizeLong", severity: "warning" }),
      entry(5, "connection", { reason: "clean_stop" }),
    ]);
    expect(marks.map(({ kind, code }) => [kind, code])).toEqual([
      ["start", null],
      ["interrupted", "protocol_error"],
      ["raised", "gopSizeLong"],
    ]);
    expect(marks.map(markText)).toEqual(["Live", "Interrupted", "Health finding: Key frames are too far apart"]);
  });

  it("name a finding that only a newer server has by its code", () => {
    expect(findingTitle("somethingNew")).toBe("somethingNew");
  });
});

describe("a chart in words", () => {
  const rows = [row(START, 900, 1000, 1100), row(START + TEN_S, 1900, 2000, 2100)];

  it("says average, range and what happened", () => {
    const marks = marksOf([{ seq: 1, at: "2026-11-26T21:00:00Z", kind: "Stream Interrupted", facts: {} }]);
    expect(summary("bitrate_kbps", rows, marks)).toBe(
      "Bitrate over the whole broadcast: average 1,500 kbit/s (900 to 2,100), 1 interruption.",
    );
    expect(summary("viewers", rows, [])).toBe("Viewers: no measurements yet.");
    expect(total([], "viewers")).toBeNull();
  });

  it("says the window of its averages", () => {
    expect(windowOf(TEN_S)).toBe("average of 10 s, with lowest and highest");
    expect(windowOf(5 * MINUTE)).toBe("average of 5 min, with lowest and highest");
  });

  it("says figures once where they are all the same, and that there are none", () => {
    expect(figures("video_fps", { min: 30, average: 30, max: 30, count: 1 })).toBe("30 fps");
    expect(figures("viewers", { min: 1, average: 2.4, max: 3, count: 1 })).toBe("2 (1 to 3)");
    expect(figures("viewers", null)).toBe("Not measured");
  });

  it("counts time from the start", () => {
    expect([5, 65, 600, 3_725].map(elapsed)).toEqual(["0:05", "1:05", "10:00", "1:02:05"]);
  });
});
