import { useEffect, useRef, useState } from "preact/hooks";
import { AuthError } from "./auth/cognito";
import type { Config } from "./config";
import { Icon, Wordmark } from "./ui/icon";

interface SignInProps {
  /** Why the user was signed out, e.g. an expired session. */
  readonly notice: string | null;
  readonly demo: Config["demo"];
  readonly signIn: (email: string, password: string) => Promise<void>;
}

export function SignIn({ notice, demo, signIn }: SignInProps) {
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const emailField = useRef<HTMLInputElement>(null);
  const passwordField = useRef<HTMLInputElement>(null);
  const submitButton = useRef<HTMLButtonElement>(null);

  useEffect(() => emailField.current?.focus(), []);

  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setError(null);
    try {
      await signIn(email.trim(), password);
    } catch (failure) {
      setBusy(false);
      setError(failure instanceof Error ? failure.message : String(failure));
      if (failure instanceof AuthError && failure.kind === "credentials") passwordField.current?.select();
    }
  };

  return (
    <main class="gate">
      <form class="card gate-card" data-testid="signin-form" onSubmit={(event) => void submit(event)}>
        <Wordmark />
        <div>
          <h1>Sign in to your studio</h1>
          <p class="muted">Your server URL, your stream key, and your stream's status as it changes.</p>
        </div>
        {notice && !error && (
          <p class="notice notice-quiet" role="status" data-testid="signin-notice">
            {notice}
          </p>
        )}
        {error && (
          <div class="notice notice-danger" role="alert" data-testid="signin-error">
            <Icon name="warning" />
            <p class="notice-body">{error}</p>
          </div>
        )}
        <label class="field">
          <span class="label">Email</span>
          <input
            ref={emailField}
            class="input"
            type="email"
            name="email"
            autocomplete="username"
            required
            value={email}
            data-testid="email"
            onInput={(event) => setEmail(event.currentTarget.value)}
          />
        </label>
        <label class="field">
          <span class="label">Password</span>
          <input
            ref={passwordField}
            class="input"
            type="password"
            name="password"
            autocomplete="current-password"
            required
            value={password}
            data-testid="password"
            onInput={(event) => setPassword(event.currentTarget.value)}
          />
        </label>
        <button
          ref={submitButton}
          type="submit"
          class="button primary wide"
          disabled={busy}
          data-testid="signin-submit"
        >
          {busy ? "Signing in…" : "Sign in"}
        </button>
        {demo && (
          <div class="demo">
            <p class="muted">This is a local installation. It comes with a demo account.</p>
            <button
              type="button"
              class="button wide"
              data-testid="demo-fill"
              onClick={() => {
                setEmail(demo.email);
                setPassword(demo.password);
                submitButton.current?.focus();
              }}
            >
              Fill in the demo account
            </button>
          </div>
        )}
      </form>
    </main>
  );
}
