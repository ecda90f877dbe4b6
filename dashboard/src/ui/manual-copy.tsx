import { useEffect, useRef } from "preact/hooks";
import { t } from "../words/common";
import { Icon } from "./icon";

/** A secret does not stay on an unattended screen. */
const SECRET_SHOWN_MS = 120_000;

interface ManualCopyProps {
  readonly label: string;
  readonly text: string;
  readonly secret: boolean;
  readonly onDismiss: () => void;
}

/** For pages without a clipboard: the text itself, selected, and the keys to press. Removed when dismissed. */
export function ManualCopy({ label, text, secret, onDismiss }: ManualCopyProps) {
  const field = useRef<HTMLInputElement>(null);
  const opener = useRef(document.activeElement);

  useEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, [text]);

  useEffect(() => {
    if (!secret) return;
    const timer = setTimeout(onDismiss, SECRET_SHOWN_MS);
    return () => clearTimeout(timer);
  }, [secret, onDismiss]);

  const dismiss = () => {
    if (opener.current instanceof HTMLElement) opener.current.focus();
    onDismiss();
  };

  return (
    <div class="notice notice-warning" role="group" aria-label={t.copyByHand(label)} data-testid="manual-copy">
      <Icon name="warning" />
      <div class="notice-body">
        <p class="notice-title" role="alert">
          {t.copyByHandTitle(label)}
        </p>
        <input
          ref={field}
          class="input mono"
          readOnly
          value={text}
          spellcheck={false}
          autocomplete="off"
          aria-label={t.copyByHandField(label)}
          data-testid="manual-copy-text"
          onFocus={(event) => event.currentTarget.select()}
        />
        <p class="notice-hint">
          {t.copyByHandHint(<kbd>{copyShortcut()}</kbd>)}
          {secret && ` ${t.copyByHandSecret}`}
        </p>
      </div>
      <button type="button" class="button small" data-testid="manual-copy-dismiss" onClick={dismiss}>
        {t.dismiss}
      </button>
    </div>
  );
}

function copyShortcut(): string {
  return /Mac|iPhone|iPad/.test(navigator.userAgent) ? "⌘ C" : "Ctrl + C";
}
