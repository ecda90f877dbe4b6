import { describe, expect, it } from "vitest";
import { FLOOR_DB, Meter, peakOf, share } from "../src/studio/levels";

describe("the level of samples", () => {
  it.each([
    [[0, 0], FLOOR_DB],
    [[0.0001, 0], FLOOR_DB],
    [[0.1, -0.5], -6],
    [[1, 0], 0],
    [[1.4, 0], 0],
  ])("%j is %d dB", (samples, level) => {
    expect(peakOf(new Float32Array(samples))).toBeCloseTo(level, 1);
  });

  it("has its place on the meter", () => {
    expect([FLOOR_DB, -30, 0].map(share)).toEqual([0, 0.5, 1]);
  });
});

describe("the meter", () => {
  it("rises at once and falls by 20 dB a second, each channel for itself", () => {
    const meter = new Meter(0);
    expect(meter.hear([-10, -60], 100)).toEqual([-10, -60]);
    expect(meter.hear([-60, -20], 600)).toEqual([-20, -20]);
    expect(meter.hear([-60, -60], 10_000)).toEqual([-60, -60]);
  });

  it("tells the loudest of a second, once a second", () => {
    const meter = new Meter(0);
    meter.hear([-12, -8.4], 100);
    meter.hear([-40, -40], 900);
    expect(meter.tell(900)).toBeNull();
    expect(meter.tell(1000)).toEqual({ heard: "sound", peak: -8 });
    expect(meter.tell(1500)).toBeNull();
  });

  it("tells silence after five seconds without sound, and sound again at once", () => {
    const meter = new Meter(0);
    meter.hear([-20, -20], 1000);
    meter.hear([-60, -60], 6000);
    expect(meter.tell(6000)?.heard).toBe("sound");
    meter.hear([-60, -60], 7100);
    expect(meter.tell(7100)?.heard).toBe("silence");
    meter.hear([-50, -60], 8200);
    expect(meter.tell(8200)?.heard).toBe("sound");
  });

  it("tells clipping for two seconds", () => {
    const meter = new Meter(0);
    meter.hear([-0.2, -20], 500);
    expect(meter.tell(1000)?.heard).toBe("clipping");
    expect(meter.tell(2400)?.heard).toBe("clipping");
    expect(meter.tell(3500)?.heard).toBe("sound");
  });
});
