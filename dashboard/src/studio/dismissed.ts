/** Which refusal this tab's reader has dismissed; it survives a reload and ends with the sign-in session. */

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
