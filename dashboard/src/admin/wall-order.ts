/** What an administrator looks at first. Pure. */

import type { ActiveStream } from "../contract";
import { count } from "../ui/format";
import { t } from "../words/admin/streams";

const WORST_FIRST = { poor: 0, fair: 1, good: 2 } as const;

function rank({ status, health }: ActiveStream): number {
  if (status === "RECONNECTING") return 0;
  return health ? WORST_FIRST[health.overall] : WORST_FIRST.good;
}

/** Those with problems first, then those with most viewers; the API's order, oldest first, decides the rest. */
export function inOrder(streams: readonly ActiveStream[]): ActiveStream[] {
  return [...streams].sort((one, other) => rank(one) - rank(other) || (other.viewers ?? 0) - (one.viewers ?? 0));
}

/** "3 live, 1 reconnecting, 120 viewers" */
export function summary(streams: readonly ActiveStream[]): string {
  const reconnecting = streams.filter(({ status }) => status === "RECONNECTING").length;
  const viewers = streams.reduce((sum, stream) => sum + (stream.viewers ?? 0), 0);
  const live = t.live(streams.length - reconnecting);
  const parts = [live, ...(reconnecting > 0 ? [t.reconnecting(reconnecting)] : [])];
  return [...parts, t.viewers(viewers, count(viewers))].join(", ");
}
