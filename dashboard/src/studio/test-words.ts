/** The result of a connection test in words. */

import type { LineMeasure } from "../contract";
import { bitrate } from "../ui/format";
import { t } from "../words/test-mode";

/** Seconds after which the node recommends a bitrate. */
const ENOUGH_S = 20;
/** Seconds that a test is worth running for: most lines show their faults within them. */
const WHOLE_S = 60;
/** What recommendations are rounded down to. */
const STEP_KBPS = 100;

/** "Your connection carried 6.1 Mbit/s without a break for 60 s." */
export function lineSentence(line: LineMeasure | null, isOver = false): string {
  if (line === null) return t.measuring;
  const rate = megabits(line.bitrate_kbps);
  const time = seconds(line.seconds);
  if (line.breaks === 0) return t.steady(rate, time);
  return (isOver ? t.brokenBefore : t.broken)(rate, line.breaks, time);
}

/** What to set in the encoder. */
export function recommendation(line: LineMeasure | null, isOver = false): string {
  if (line === null || line.recommended_kbps === null) {
    return isOver ? t.tooShort(WHOLE_S) : t.tooEarly(ENOUGH_S, WHOLE_S);
  }
  const rate = bitrate(line.recommended_kbps);
  const carried = Math.floor(line.bitrate_kbps / STEP_KBPS) * STEP_KBPS;
  return line.recommended_kbps >= carried ? t.keep(rate) : t.lower(rate);
}

function megabits(value: number): string {
  return value < 1000 ? bitrate(value) : `${(value / 1000).toFixed(1)} Mbit/s`;
}

function seconds(value: number): string {
  return value < 120 ? `${value} s` : `${Math.floor(value / 60)} min`;
}
