/** Administrators' requests in words. Pure. */

import type { AdminAction } from "../contract";
import { t } from "../words/admin/audit";
import { inWords } from "./codes";
import { links } from "./route";

/** An operation that is not in the catalogue is shown by its own name. */
export function said({ action }: AdminAction): string {
  return (t.actions as Readonly<Record<string, string>>)[action] ?? inWords(action.replace(/^admin_/, ""));
}

/** The page of what it was done to. */
export function linkOf({ target }: AdminAction): string | null {
  if (target.broadcaster_id) return links.person(target.broadcaster_id);
  if (target.stream_id) return links.stream(target.stream_id);
  if (target.webhook_id) return links.webhook(target.webhook_id);
  if (target.node_id) return links.nodes;
  return null;
}
