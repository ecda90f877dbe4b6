import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { LanguageSwitch } from "../i18n/language-switch";
import { explain } from "../problem";
import { Icon, Wordmark } from "../ui/icon";
import { t } from "../words/sign-in";

interface GateFormProps {
  /** Begins the test ids of its parts. */
  readonly name: string;
  readonly title: string;
  readonly intro: ComponentChildren;
  readonly submit: string;
  readonly busyLabel: string;
  /** What happened before, if the person should know. */
  readonly notice?: string | null;
  /** What fails in it is said above the fields. */
  readonly onSubmit: () => Promise<void>;
  /** The fields. */
  readonly children: ComponentChildren;
  /** Below the button: other ways. */
  readonly foot?: ComponentChildren;
}

/** A page with one form: each step of signing in is one. */
export function GateForm({ name, title, intro, submit, busyLabel, notice, onSubmit, children, foot }: GateFormProps) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const form = useRef<HTMLFormElement>(null);
  const mounted = useRef(true);
  useEffect(() => {
    mounted.current = true;
    form.current?.querySelector<HTMLInputElement>("input:not([readonly])")?.focus();
    return () => {
      mounted.current = false;
    };
  }, []);

  const run = async (event: Event) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setError(null);
    try {
      await onSubmit();
    } catch (failure) {
      if (mounted.current) {
        setError(explain(failure));
        form.current?.querySelector<HTMLInputElement>("[data-secret]")?.select();
      }
    } finally {
      if (mounted.current) setBusy(false);
    }
  };

  return (
    <main class="gate">
      <form ref={form} class="card gate-card" data-testid={`${name}-form`} onSubmit={(event) => void run(event)}>
        <Wordmark />
        <div>
          <h1>{title}</h1>
          <p class="muted">{intro}</p>
        </div>
        {notice && !error && (
          <p class="notice notice-quiet" role="status" data-testid={`${name}-notice`}>
            {notice}
          </p>
        )}
        {error && (
          <div class="notice notice-danger" role="alert" data-testid={`${name}-error`}>
            <Icon name="warning" />
            <p class="notice-body">{error}</p>
          </div>
        )}
        {children}
        <button type="submit" class="button primary wide" disabled={busy} data-testid={`${name}-submit`}>
          {busy ? busyLabel : submit}
        </button>
        {foot}
      </form>
      <LanguageSwitch />
    </main>
  );
}

export interface FieldProps {
  readonly value: string;
  readonly onInput: (value: string) => void;
}

export function EmailField({ value, onInput, readOnly = false }: FieldProps & { readonly readOnly?: boolean }) {
  return (
    <label class="field">
      <span class="label">{t.email}</span>
      <input
        class="input"
        type="email"
        name="email"
        autocomplete="username"
        required
        readOnly={readOnly}
        value={value}
        data-testid="email"
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </label>
  );
}

interface PasswordFieldProps extends FieldProps {
  readonly label?: string;
  /** A password that is being chosen: password managers offer to make one. */
  readonly isNew?: boolean;
  readonly hint?: string;
  readonly testid?: string;
}

export function PasswordField(props: PasswordFieldProps) {
  const { value, onInput, label = t.password, isNew = false, hint, testid = "password" } = props;
  return (
    <label class="field">
      <span class="label">{label}</span>
      <input
        class="input"
        type="password"
        name={testid}
        autocomplete={isNew ? "new-password" : "current-password"}
        required
        maxLength={256}
        value={value}
        data-testid={testid}
        data-secret
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      {hint && <span class="field-hint">{hint}</span>}
    </label>
  );
}

/** Six digits, from an email or an app; phones offer to fill them in. */
export function CodeField({ value, onInput, hint }: FieldProps & { readonly hint?: ComponentChildren }) {
  return (
    <label class="field">
      <span class="label">{t.code}</span>
      <input
        class="input mono"
        inputMode="numeric"
        autocomplete="one-time-code"
        pattern="[0-9 ]{6,7}"
        title={t.codeTitle}
        maxLength={7}
        required
        value={value}
        data-testid="code"
        data-secret
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      {hint && <span class="field-hint">{hint}</span>}
    </label>
  );
}

/** A way to another step. */
export function Way({ to, testid, children }: { to: () => void; testid: string; children: ComponentChildren }) {
  return (
    <button type="button" class="button text small" data-testid={testid} onClick={to}>
      {children}
    </button>
  );
}
