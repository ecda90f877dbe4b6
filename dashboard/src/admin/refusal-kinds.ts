/** Refusals by reason. Pure. */

import type { Refusal } from "../contract";

export interface Kind {
  readonly reason: string;
  readonly title: string | null;
  readonly count: number;
}

/** How often each reason is in the list, the most frequent first. */
export function kindsOf(refusals: readonly Refusal[]): Kind[] {
  const found = new Map<string, Kind>();
  for (const { reason, title } of refusals) {
    found.set(reason, { reason, title, count: (found.get(reason)?.count ?? 0) + 1 });
  }
  return [...found.values()].sort((one, other) => other.count - one.count || one.reason.localeCompare(other.reason));
}
