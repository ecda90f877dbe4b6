/** The sign-in session: stored for all tabs of this browser, renewed in the background by whichever tab needs it. */

import { t } from "../words/auth";
import type { Cognito, Tokens } from "./cognito";
import { AuthError } from "./errors";

/** Renew this long before expiry, so that no token expires during a request. */
const RENEW_BEFORE_MS = 5 * 60_000;
export const STORAGE_KEY = "stream-sync.session";

export interface StoredSession extends Tokens {
  readonly email: string;
}

/** What a session is kept in, and what keeps two tabs from renewing it at once. */
export interface Place {
  readonly storage: Pick<Storage, "getItem" | "setItem" | "removeItem">;
  readonly now: () => number;
  readonly alone: <T>(work: () => Promise<T>) => Promise<T>;
}

/**
 * localStorage, so that a session outlives the tab and the browser. Scripts of this origin can read it, as they could
 * use any token that this page can use: the content security policy admits no other scripts (decision 61).
 */
export function browserPlace(): Place {
  return {
    storage: available() ?? new MemoryStorage(),
    now: Date.now,
    // Absent where the page is not a secure context.
    alone: (work) => (navigator.locks ? navigator.locks.request(STORAGE_KEY, work) : work()),
  };
}

export class Session {
  private renewal: Promise<void> | null = null;

  private constructor(
    private readonly cognito: Cognito,
    private readonly place: Place,
    private current: StoredSession,
  ) {}

  static begin(cognito: Cognito, tokens: Tokens, email: string, place: Place = browserPlace()): Session {
    const session = new Session(cognito, place, { ...tokens, email });
    session.store();
    return session;
  }

  /** The session of this browser; null if there is none. */
  static restore(cognito: Cognito, place: Place = browserPlace()): Session | null {
    const stored = read(place);
    return stored && new Session(cognito, place, stored);
  }

  get email(): string {
    return this.current.email;
  }

  /** What the ID token says of the account. For display: the API checks the token itself. */
  get claims(): Readonly<Record<string, unknown>> {
    return claimsOf(this.current.idToken);
  }

  /** Another tab has stored something. False if this session is over: signed out, or signed in as somebody else. */
  follow(): boolean {
    const stored = read(this.place);
    if (stored === null || claimsOf(stored.idToken).sub !== this.claims.sub) return false;
    this.current = stored;
    return true;
  }

  /**
   * A token that stays valid for at least five minutes; `force` renews it regardless (the server rejected this one).
   * Throws AuthError: kind `expired` means that the session is over, `network` that a retry may succeed.
   */
  async token(force = false): Promise<string> {
    await this.renewed(force);
    return this.current.idToken;
  }

  /** As `token`, for the calls to Cognito about the account itself. */
  async accessToken(): Promise<string> {
    await this.renewed(false);
    return this.current.accessToken;
  }

  /** Of this browser: in its other tabs as well. */
  async signOut(): Promise<void> {
    this.forget();
    try {
      await this.cognito.revoke(this.current.refreshToken);
    } catch (error) {
      // The tokens are gone from this browser either way: signing out must not depend on the service.
      if (!(error instanceof AuthError)) throw error;
    }
  }

  /** Of every browser: no refresh token that the account has works any more. Throws AuthError. */
  async signOutEverywhere(): Promise<void> {
    await this.cognito.call("GlobalSignOut", { AccessToken: await this.accessToken() }, "account");
    this.forget();
  }

  forget(): void {
    this.place.storage.removeItem(STORAGE_KEY);
  }

  private async renewed(force: boolean): Promise<void> {
    if (!force && this.isFresh(this.current)) return;
    const worn = this.current.idToken;
    // One renewal at a time, over all tabs: a pool that rotates refresh tokens takes each of them once.
    this.renewal ??= this.place
      .alone(() => this.renew(worn))
      .finally(() => {
        this.renewal = null;
      });
    await this.renewal;
  }

  private async renew(worn: string): Promise<void> {
    if (!this.follow()) throw new AuthError("expired", t.sessionEnded);
    if (this.current.idToken !== worn && this.isFresh(this.current)) return; // another tab has done it
    try {
      const tokens = await this.cognito.refresh(this.current.refreshToken);
      if (!this.follow()) throw new AuthError("expired", t.sessionEnded); // signed out meanwhile
      this.current = { ...tokens, email: this.current.email };
    } catch (error) {
      if (error instanceof AuthError && error.kind === "expired") this.forget();
      throw error;
    }
    this.store();
  }

  private isFresh(tokens: Tokens): boolean {
    return tokens.expiresAt - this.place.now() > RENEW_BEFORE_MS;
  }

  private store(): void {
    this.place.storage.setItem(STORAGE_KEY, JSON.stringify(this.current));
  }
}

function read(place: Place): StoredSession | null {
  const text = place.storage.getItem(STORAGE_KEY);
  if (text === null) return null;
  try {
    const stored = JSON.parse(text) as Partial<StoredSession>;
    const { idToken, accessToken, refreshToken, email, expiresAt } = stored;
    const isWhole = [idToken, accessToken, refreshToken, email].every(
      (part) => typeof part === "string" && part !== "",
    );
    if (isWhole && typeof expiresAt === "number") return stored as StoredSession;
  } catch {
    // Not ours, or of an older version.
  }
  place.storage.removeItem(STORAGE_KEY);
  return null;
}

/** The payload of a JWT, not verified; empty for what is none. */
export function claimsOf(token: string): Readonly<Record<string, unknown>> {
  try {
    const payload = (token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/");
    const bytes = Uint8Array.from(atob(payload), (character) => character.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** Null where the browser is set to store nothing. */
function available(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

class MemoryStorage {
  private readonly items = new Map<string, string>();
  getItem(key: string): string | null {
    return this.items.get(key) ?? null;
  }
  setItem(key: string, value: string): void {
    this.items.set(key, value);
  }
  removeItem(key: string): void {
    this.items.delete(key);
  }
}
