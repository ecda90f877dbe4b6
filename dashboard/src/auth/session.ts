/** The sign-in session: stores the tokens and renews them in the background. */

import { AuthError, type Cognito, type Tokens } from "./cognito";

/** Renew this long before expiry, so that no token expires during a request. */
const RENEW_BEFORE_MS = 5 * 60_000;
const STORAGE_KEY = "stream-sync.session";

export interface StoredSession extends Tokens {
  readonly email: string;
}

/**
 * Tokens live in sessionStorage: they survive a reload, but end with the tab and are not shared with other tabs, as they
 * would be in localStorage. Scripts could not read an HttpOnly cookie, but the API is on another origin than the static
 * site and takes bearer tokens only; instead, the content security policy admits no scripts from elsewhere.
 */
export class Session {
  private renewal: Promise<string> | null = null;

  private constructor(
    private readonly cognito: Cognito,
    private readonly storage: Storage,
    private current: StoredSession,
    private readonly now: () => number,
  ) {}

  static async signIn(
    cognito: Cognito,
    email: string,
    password: string,
    storage: Storage = sessionStorage,
    now: () => number = Date.now,
  ): Promise<Session> {
    const tokens = await cognito.signIn(email, password);
    const session = new Session(cognito, storage, { ...tokens, email }, now);
    session.store();
    return session;
  }

  /** The session of this tab before a reload; null if there is none. */
  static restore(cognito: Cognito, storage: Storage = sessionStorage, now: () => number = Date.now): Session | null {
    const stored = storage.getItem(STORAGE_KEY);
    if (stored === null) return null;
    try {
      return new Session(cognito, storage, JSON.parse(stored) as StoredSession, now);
    } catch {
      storage.removeItem(STORAGE_KEY);
      return null;
    }
  }

  get email(): string {
    return this.current.email;
  }

  /**
   * A token that stays valid for at least five minutes; `force` renews it regardless (the server rejected this one).
   * Throws AuthError: kind `credentials` means that the session is over, `network` that a retry may succeed.
   */
  async token(force = false): Promise<string> {
    if (!force && this.current.expiresAt - this.now() > RENEW_BEFORE_MS) return this.current.idToken;
    // One renewal at a time: with rotating refresh tokens, a second one in parallel would invalidate the session.
    this.renewal ??= this.renew().finally(() => {
      this.renewal = null;
    });
    return this.renewal;
  }

  async signOut(): Promise<void> {
    this.storage.removeItem(STORAGE_KEY);
    try {
      await this.cognito.revoke(this.current.refreshToken);
    } catch (error) {
      // The tokens are gone from this browser either way: signing out must not depend on the service.
      if (!(error instanceof AuthError)) throw error;
    }
  }

  private async renew(): Promise<string> {
    const tokens = await this.cognito.refresh(this.current.refreshToken);
    this.current = { ...tokens, email: this.current.email };
    this.store();
    return tokens.idToken;
  }

  private store(): void {
    this.storage.setItem(STORAGE_KEY, JSON.stringify(this.current));
  }
}
