/** A stream's health in words. */

import type { Overall, StreamHealth } from "../contract";

export const OVERALL: Readonly<Record<Overall, string>> = { good: "Good", fair: "Fair", poor: "Poor" };

/** For screen readers: changes when a finding comes or goes, and not with its figures. */
export function healthAnnouncement({ overall, findings }: StreamHealth): string {
  return [`Stream health: ${OVERALL[overall]}.`, ...findings.map(({ title }) => `${title}.`)].join(" ");
}
