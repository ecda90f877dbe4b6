/** What administrators did. */

import { catalogue } from "../../i18n/catalogue";

/** By the API's operation. */
const actions = {
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

const english = {
  title: "What administrators did",
  showAll: "Show everything",
  everything: "Everything",
  on: (target: string) => `On ${target}`,
  by: (operator: string) => `By ${operator}`,
  kept: "Last 90 days, newest first",
  none: "Nothing in the last 90 days.",
  unfinished: "did not finish",
  refused: (status: number) => `refused with ${status}`,
  actions,
};

export type AuditWords = typeof english;
export const t = catalogue(english, { de: () => import("./audit.de") });
