/** How loud a sound is, and what a meter shows of it. No clock and no browser in here. */

/** The left end of the meter, and what counts as silence. In dB below full scale, as all levels are. */
export const FLOOR_DB = -60;
/** From here on, encoders and players may distort: EBU R 128 asks for a true peak of -1 dB at most. */
export const CLIPPING_DB = -1;

const FALL_DB_PER_S = 20;
const SILENT_AFTER_MS = 5_000;
const CLIPPING_FOR_MS = 2_000;
const TOLD_EVERY_MS = 1_000;

export type Heard = "sound" | "silence" | "clipping";

/** The level of the loudest sample, between the floor and 0. */
export function peakOf(samples: Float32Array): number {
  let peak = 0;
  for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
  return peak === 0 ? FLOOR_DB : Math.min(0, Math.max(FLOOR_DB, 20 * Math.log10(peak)));
}

/** Where a level is on the meter, from 0 to 1. */
export function share(level: number): number {
  return (level - FLOOR_DB) / -FLOOR_DB;
}

/** What the bars show and what is said of the sound. Times are in ms. */
export class Meter {
  private shown: readonly number[] = [];
  private drawnAt: number;
  private toldAt: number;
  private loudAt: number;
  private clippedAt = Number.NEGATIVE_INFINITY;
  private loudest = FLOOR_DB;

  constructor(now: number) {
    this.drawnAt = now;
    this.toldAt = now;
    this.loudAt = now;
  }

  /** The level of each channel's bar, which rises at once and falls slowly enough for an eye. */
  hear(peaks: readonly number[], now: number): readonly number[] {
    const fallen = (FALL_DB_PER_S * (now - this.drawnAt)) / 1000;
    this.drawnAt = now;
    this.shown = peaks.map((peak, channel) => Math.max(peak, (this.shown[channel] ?? FLOOR_DB) - fallen, FLOOR_DB));
    const peak = Math.max(...peaks);
    if (peak > FLOOR_DB) this.loudAt = now;
    if (peak > CLIPPING_DB) this.clippedAt = now;
    this.loudest = Math.max(this.loudest, peak);
    return this.shown;
  }

  /** Once a second, what was heard since, and the loudest of it; null in between. */
  tell(now: number): { readonly heard: Heard; readonly peak: number } | null {
    if (now - this.toldAt < TOLD_EVERY_MS) return null;
    const peak = Math.round(this.loudest);
    this.toldAt = now;
    this.loudest = FLOOR_DB;
    if (now - this.clippedAt < CLIPPING_FOR_MS) return { heard: "clipping", peak };
    return { heard: now - this.loudAt > SILENT_AFTER_MS ? "silence" : "sound", peak };
  }
}
