import { describe, expect, it } from "vitest";
import { type Row, withSample } from "../src/charts/rows";
import type { Declared } from "../src/contract";
import { bitrateHint, declaredFps, declaredRates, declaredSize, declaredText } from "../src/studio/declared";
import { live } from "./messages";

const NOTHING: Declared = {
  width: null,
  height: null,
  fps: null,
  video_bitrate_kbps: null,
  audio_bitrate_kbps: null,
};
const DECLARED: Declared = { width: 1280, height: 720, fps: 30, video_bitrate_kbps: 2_500, audio_bitrate_kbps: 160 };

/** One measurement a second, of the given bitrates. */
function measured(...rates: number[]): readonly Row[] {
  return rates.reduce<readonly Row[]>(
    (rows, rate, second) =>
      withSample(rows, {
        at: second * 1000,
        bitrate_kbps: rate,
        video_fps: null,
        keyframe_interval_s: null,
        viewers: null,
      }),
    [],
  );
}

const steadily = (rate: number, seconds = 40) => measured(...Array<number>(seconds).fill(rate));

describe("what the encoder declares", () => {
  it("is said beside what is measured", () => {
    const seen = live({ width: 1280, height: 720, fps: 29.4, declared: DECLARED });
    expect(declaredSize(seen)).toBe("Declared 1280 × 720");
    expect(declaredFps(seen)).toBe("Declared 30");
    expect(declaredRates(DECLARED)).toBe("Declared: video\u00a02,500 · audio\u00a0160");
    expect(declaredText(DECLARED)).toBe("1280 × 720 · 30 fps · video\u00a02,500 · audio\u00a0160 kbit/s");
  });

  it("is marked where something else arrives", () => {
    const seen = live({ width: 1920, height: 1080, fps: 25, declared: DECLARED });
    expect(declaredSize(seen)).toBe("Differs from declared 1280 × 720");
    expect(declaredFps(seen)).toBe("Differs from declared 30");
  });

  it("is no difference to what is not measured yet", () => {
    expect(declaredSize(live({ declared: DECLARED }))).toBe("Declared 1280 × 720");
    expect(declaredFps(live({ declared: DECLARED }))).toBe("Declared 30");
  });

  it.each([null, NOTHING, { ...NOTHING, width: 1280 }])("is left out where it says nothing: %j", (declared) => {
    expect([declaredSize(live({ declared })), declaredFps(live({ declared }))]).toEqual([null, null]);
    expect([declaredRates(declared), declaredText(declared)]).toEqual([null, ""]);
  });

  it("is said as far as it is known", () => {
    expect(declaredRates({ ...NOTHING, audio_bitrate_kbps: 96 })).toBe("Declared: audio\u00a096");
    expect(declaredText({ ...NOTHING, fps: 59.94 })).toBe("59.94 fps");
  });
});

describe("a hint at the bitrate", () => {
  const hint = (rows: readonly Row[], declared: Declared | null = DECLARED) =>
    bitrateHint({ declared, audio_bitrate_kbps: 128 }, rows);

  it.each([
    [2_660, null],
    [1_400, null],
    [1_300, "but only 1,300 kbit/s arrive"],
    [3_900, null],
    [4_100, "but 4,100 kbit/s arrive"],
  ])("at %i of 2,660 kbit/s is %j", (rate, text) => {
    if (text === null) expect(hint(steadily(rate))).toBeNull();
    else expect(hint(steadily(rate))).toContain(`declares 2,660 kbit/s, ${text}`);
  });

  it("waits until enough is measured", () => {
    expect(hint([])).toBeNull();
    expect(hint(steadily(900, 14))).toBeNull();
    expect(hint(steadily(900, 15))).not.toBeNull();
  });

  it("is about the last half minute", () => {
    expect(hint(measured(...Array<number>(60).fill(900), ...Array<number>(30).fill(2_600)))).toBeNull();
  });

  it("counts the measured audio where only the video is declared", () => {
    expect(hint(steadily(900), { ...DECLARED, audio_bitrate_kbps: null })).toContain("declares 2,628 kbit/s");
  });

  it("needs a declared bitrate", () => {
    expect(hint(steadily(900), null)).toBeNull();
    expect(hint(steadily(900), { ...DECLARED, video_bitrate_kbps: null })).toBeNull();
  });
});
