/** What the page says of stream keys, and what it asks for when one is made. */

import type { Key, KeyRole, NewKey } from "../../contract";
import { shortDuration } from "../../ui/format";
import { t } from "../../words/keys";

export const ROLES: readonly KeyRole[] = ["owner", "backup", "guest"];

/** How long a new key is valid. */
export type Validity = "hour" | "day" | "broadcast" | "always" | "until";

export const VALIDITIES: readonly Validity[] = ["hour", "day", "broadcast", "always", "until"];

export interface KeyDraft {
  readonly label: string;
  readonly role: KeyRole;
  readonly validity: Validity;
  /** Local time, as an input of that kind holds it. */
  readonly until: string;
  /** How many broadcasts; empty: any number. */
  readonly uses: string;
  readonly networks: string;
  readonly testOnly: boolean;
}

export const GUEST_FOR_AN_HOUR: KeyDraft = {
  label: "",
  role: "guest",
  validity: "hour",
  until: "",
  uses: "",
  networks: "",
  testOnly: false,
};

/** The label that the API gives to keys which clients ask for before each stream. */
const GENERATED = "generated";

/** What the API accepts. */
export const MAX_USES = 1_000;

const HOUR_MS = 3_600_000;

export function newKeyOf(draft: KeyDraft, now: number): NewKey {
  const uses = draft.validity === "broadcast" ? 1 : draft.uses.trim() === "" ? null : Number(draft.uses);
  return {
    label: draft.label.trim(),
    role: draft.role,
    expires_at: expiryOf(draft.validity, draft.until, now),
    max_uses: uses,
    allow_list: networksOf(draft.networks),
    test_only: draft.testOnly,
  };
}

export function expiryOf(validity: Validity, until: string, now: number): string | null {
  switch (validity) {
    case "hour":
      return new Date(now + HOUR_MS).toISOString();
    case "day":
      return new Date(now + 24 * HOUR_MS).toISOString();
    case "until":
      return until === "" ? null : new Date(until).toISOString();
    default:
      return null;
  }
}

/** Separated by spaces, commas or lines. */
export function networksOf(text: string): string[] {
  return [...new Set(text.split(/[\s,]+/).filter(Boolean))];
}

/** As an `<input type="datetime-local">` holds it, in the reader's time zone. */
export function localInput(ms: number): string {
  const local = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

/** A key's name on the page. The one of the connect panel has none of its own. */
export function nameOf(key: Pick<Key, "key_id" | "label" | "hint">, currentId: string | null): string {
  if (key.label !== "") return key.label === GENERATED ? t.generated : key.label;
  return key.key_id === currentId ? t.mainKey : t.endingIn(key.hint);
}

export function statusLabel(key: Pick<Key, "status" | "uses_left" | "not_before">, now: number): string {
  if (key.status === "expired" && key.uses_left === 0) return t.usedUp;
  const isLater = key.status === "active" && key.not_before !== null && Date.parse(key.not_before) > now;
  return isLater ? t.notValidYet : t.status[key.status];
}

/** How many broadcasts are left; null where the number has no limit. */
export function usesText(key: Pick<Key, "max_uses" | "uses_left">): string | null {
  if (key.max_uses === null || key.uses_left === null) return null;
  if (key.max_uses === 1) return key.uses_left === 1 ? t.oneBroadcast : t.oneBroadcastUsed;
  return t.broadcastsLeft(key.uses_left, key.max_uses);
}

/** "in 59 min", "in 2 days". */
export function expiresIn(ms: number): string {
  if (ms < 0) return t.now;
  const days = Math.floor(ms / (24 * HOUR_MS));
  return days >= 2 ? t.inDays(days) : t.inTime(shortDuration(ms));
}

export function isOver(key: Pick<Key, "status">): boolean {
  return key.status === "revoked" || key.status === "expired";
}
