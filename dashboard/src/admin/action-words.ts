/** Administrators' requests in words. Pure. */

import type { AdminAction } from "../contract";
import { links } from "./route";
import { words } from "./words";

/** By the API's operation; one that is not here is shown by its own name. */
const SAID: Readonly<Record<string, string>> = {
  admin_end_stream: "Ended a stream",
  admin_end_stream_for: "Ended a stream",
  admin_create_broadcaster: "Created a broadcaster",
  admin_edit_broadcaster: "Edited a broadcaster",
  admin_block_broadcaster: "Blocked a person",
  admin_unblock_broadcaster: "Unblocked a person",
  admin_create_key: "Created a stream key",
  admin_revoke_key: "Revoked a stream key",
  admin_drain_node: "Drained a node",
  admin_undrain_node: "Undrained a node",
  admin_create_webhook: "Created a webhook",
  admin_edit_webhook: "Changed a webhook",
  admin_delete_webhook: "Deleted a webhook",
  admin_rotate_secret: "Replaced a webhook's secret",
  admin_replay_delivery: "Sent a delivery again",
  admin_replay_deliveries: "Sent deliveries again",
};

export function said({ action }: AdminAction): string {
  return SAID[action] ?? words(action.replace(/^admin_/, ""));
}

/** The page of what it was done to. */
export function linkOf({ target }: AdminAction): string | null {
  if (target.broadcaster_id) return links.person(target.broadcaster_id);
  if (target.stream_id) return links.stream(target.stream_id);
  if (target.webhook_id) return links.webhook(target.webhook_id);
  if (target.node_id) return links.nodes;
  return null;
}
