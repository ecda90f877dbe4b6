/** The refusal that was dismissed in this tab; kept across reloads, cleared at sign-out. */

const STORAGE_KEY = "stream-sync.dismissed-refusal";

export function readDismissed(storage: Storage = sessionStorage): string | null {
  return storage.getItem(STORAGE_KEY);
}

export function keepDismissed(serverAt: string, storage: Storage = sessionStorage): void {
  storage.setItem(STORAGE_KEY, serverAt);
}

export function forgetDismissed(storage: Storage = sessionStorage): void {
  storage.removeItem(STORAGE_KEY);
}
