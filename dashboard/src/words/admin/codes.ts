/** The API's codes in words: they stand in a line of facts, so without a capital letter. */

import type {
  DeliveryStatus,
  KeyReading,
  Node,
  Overall,
  RefusedMessage,
  StreamState,
  Visibility,
} from "../../contract";
import { catalogue } from "../../i18n/catalogue";

const state: Record<StreamState, string> = {
  CONNECTING: "connecting",
  LIVE: "live",
  RECONNECTING: "reconnecting",
  ENDED: "ended",
};

const health: Record<Overall, string> = { good: "Good", fair: "Fair", poor: "Poor" };

const visibility: Record<Visibility, string> = { public: "public", unlisted: "unlisted", private: "private" };

const key: Record<KeyReading, string> = {
  active: "active",
  "in-use": "in use",
  revoked: "revoked",
  expired: "expired",
};

const node: Record<Node["status"], string> = { serving: "serving", draining: "draining", gone: "gone" };

const delivery: Record<DeliveryStatus, string> = { pending: "pending", delivered: "delivered", dead: "dead" };

const refusal: Record<RefusedMessage["code"], string> = {
  at_capacity: "servers full",
  broadcaster_blocked: "person blocked",
  channel_closed: "channel closed",
  key_expired: "key expired",
  key_in_use: "already live",
  key_malformed: "key malformed",
  key_missing: "key missing",
  key_not_allowed_here: "network not allowed",
  key_not_yet_valid: "key not valid yet",
  key_revoked: "key revoked",
  key_unknown: "key unknown",
  key_used_up: "key used up",
  node_draining: "node draining",
  starts_limited: "too many starts",
  store_unavailable: "database unreachable",
  takeovers_limited: "too many takeovers",
  wrong_application: "wrong application",
};

const english = { state, health, visibility, key, node, delivery, refusal };

export type CodeWords = typeof english;
export const t = catalogue(english, { de: () => import("./codes.de") });
