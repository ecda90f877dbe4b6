const FIRST_MS = 2_000;
const LONGEST_MS = 30_000;

/**
 * How long to wait before attempt `failures + 1`, in ms: doubles from 1-2 s up to 15-30 s. The random half keeps
 * dashboards that lost their server together from coming back together. `random` is in [0, 1).
 */
export function retryDelay(failures: number, random: number): number {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** failures);
  return ceiling / 2 + (ceiling / 2) * random;
}
