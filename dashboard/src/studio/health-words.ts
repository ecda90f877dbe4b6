/** A stream's health in words. */

import type { StreamHealth } from "../contract";
import { told } from "../words/server";
import { t } from "../words/studio";

/** For screen readers: changes when a finding comes or goes, and not with its figures. */
export function healthAnnouncement({ overall, findings }: StreamHealth): string {
  return [`${t.health}: ${t.overall[overall]}.`, ...findings.map(({ title }) => `${told(title)}.`)].join(" ");
}
