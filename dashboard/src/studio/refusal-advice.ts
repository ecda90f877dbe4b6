import { t } from "../words/recordings";

/** The key cannot be used any more. */
const OVER: readonly string[] = ["key_revoked", "key_expired", "key_used_up"];

/**
 * What the channel's owner can do about a refused publisher with a key that has a name, such as a guest's; null where it is
 * what the encoder was told.
 */
export function ownersAdvice(code: string, keyLabel: string | null): string | null {
  return keyLabel !== null && keyLabel !== "" && OVER.includes(code) ? t.newKey : null;
}
