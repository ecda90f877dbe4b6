/** The signed-in session: holds the tokens, hands out one that is good, renews it in silence. */

import { AuthError, type Cognito, type Tokens } from "./cognito";

/** Renew this long before the end, so that no request starts with a token that dies on the way. */
const RENEW_BEFORE_MS = 5 * 60_000;
const STORAGE_KEY = "stream-sync.session";

export interface StoredSession extends Tokens {
  readonly email: string;
}

/**
 * Tokens live in sessionStorage: they survive a reload, but end with the tab and are not shared with other tabs, as they
 * would be in localStorage. A cookie would be out of a script's reach, but the API is on another origin than the static
 * site and takes bearer tokens only; the page's content security policy keeps foreign scripts out instead.
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
   * A token that is good for minutes to come; `force` renews it even so (the server said no to this one).
   * Raises AuthError: kind `credentials` means that the session is over, `network` that it may be tried again.
   */
  async token(force = false): Promise<string> {
    if (!force && this.current.expiresAt - this.now() > RENEW_BEFORE_MS) return this.current.idToken;
    // One renewal at a time: with rotating refresh tokens, a second one in parallel would end the session.
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
      // The tokens are gone from this browser either way; a service that is away must not keep anyone signed in.
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
