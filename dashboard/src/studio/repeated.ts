/** Attempts of one encoder that retries by itself, as one. Pure. */

import type { Refusal } from "../contract";

export interface Attempts {
  /** The last one. */
  readonly refusal: Refusal;
  readonly count: number;
  /** Of the first one, in ms. */
  readonly since: number;
  /** The list ends with them: there may have been more before. */
  readonly isCut: boolean;
}

/**
 * Refusals, newest first, with those in a row that have the same reason, key and address as one entry. `isCut`: the list
 * may not reach back to the first refusal.
 */
export function attemptsOf(refusals: readonly Refusal[], isCut: boolean): Attempts[] {
  const found: Attempts[] = [];
  for (const refusal of refusals) {
    const since = Date.parse(refusal.at);
    const last = found.at(-1);
    if (last && isRepeated(last.refusal, refusal)) found[found.length - 1] = { ...last, count: last.count + 1, since };
    else found.push({ refusal, count: 1, since, isCut: false });
  }
  const oldest = found.at(-1);
  if (isCut && oldest) found[found.length - 1] = { ...oldest, isCut };
  return found;
}

function isRepeated(one: Refusal, other: Refusal): boolean {
  return one.reason === other.reason && one.key_id === other.key_id && one.client_ip === other.client_ip;
}
