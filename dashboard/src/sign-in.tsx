import { useEffect, useRef, useState } from "preact/hooks";
import { AuthError } from "./auth/cognito";
import type { Config } from "./config";
import { LanguageSwitch } from "./i18n/language-switch";
import { Icon, Wordmark } from "./ui/icon";
import { t } from "./words/sign-in";

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
          <h1>{t.title}</h1>
          <p class="muted">{t.lead}</p>
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
          <span class="label">{t.email}</span>
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
          <span class="label">{t.password}</span>
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
          {busy ? t.signingIn : t.signIn}
        </button>
        {demo && (
          <div class="demo">
            <p class="muted">{t.demo}</p>
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
              {t.demoFill}
            </button>
          </div>
        )}
      </form>
      <LanguageSwitch />
    </main>
  );
}
