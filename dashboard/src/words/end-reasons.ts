/** Why a stream ended, in a few words. The server has them as sentences (server.ts). */

import type { EndReason } from "../contract";
import { catalogue } from "../i18n/catalogue";

const english: Record<EndReason, string> = {
  clean_stop: "Stopped in the encoder",
  unpublished: "Publisher left the media server",
  grace_over: "Connection lost, not resumed in time",
  no_media: "No video or audio arrived",
  key_reset: "Stream key was reset",
  key_revoked: "Stream key was revoked",
  key_expired: "Stream key expired",
  stopped: "Ended in the studio",
  admin_stopped: "Ended by an administrator",
  blocked: "Broadcaster was blocked",
  lease_lost: "Another connection took over",
  taken_over: "Taken over by a higher key",
  node_drained: "Ingest server taken out of service",
  node_lost: "Ingest server failed",
  protocol_error: "Encoder sent invalid RTMP",
  test_replaced: "Another stream replaced the test",
};

export type EndReasonWords = typeof english;
const t = catalogue(english, { de: () => import("./end-reasons.de") });

/** A reason that only a newer server has is shown as it is. */
export function endReason(code: string): string {
  return (t as Readonly<Record<string, string>>)[code] ?? code;
}
