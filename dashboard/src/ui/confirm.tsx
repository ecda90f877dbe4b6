import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { explain } from "../problem";
import { t } from "../words/common";

interface ConfirmProps {
  readonly title: string;
  readonly children: ComponentChildren;
  readonly confirmLabel: string;
  readonly busyLabel: string;
  /** What the person agreed to. While it runs the dialog stays; if it fails, the dialog says why and lets them retry. */
  readonly onConfirm: () => Promise<void>;
  readonly onClose: () => void;
}

/**
 * A modal question before something that cannot be undone. The native dialog keeps the focus inside, closes on Escape
 * and gives the focus back; Cancel has it first, so that a stray Enter does no harm.
 */
export function Confirm({ title, children, confirmLabel, busyLabel, onConfirm, onClose }: ConfirmProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);

  useEffect(() => dialog.current?.showModal(), []);

  const confirm = async () => {
    setBusy(true);
    setError(null);
    try {
      await onConfirm();
      dialog.current?.close();
    } catch (failure) {
      setError(explain(failure));
      setBusy(false);
    }
  };

  return (
    <dialog
      ref={dialog}
      class="dialog"
      aria-labelledby="confirm-title"
      aria-describedby="confirm-text"
      data-testid="dialog"
      onClose={onClose}
      onCancel={(event) => busy && event.preventDefault()}
    >
      <h2 id="confirm-title">{title}</h2>
      <div id="confirm-text" class="dialog-text">
        {children}
      </div>
      {error && (
        <p class="field-error" role="alert" data-testid="dialog-error">
          {error}
        </p>
      )}
      <div class="dialog-actions">
        <button
          type="button"
          class="button"
          data-testid="cancel"
          disabled={busy}
          onClick={() => dialog.current?.close()}
        >
          {t.cancel}
        </button>
        <button
          type="button"
          class="button danger"
          data-testid="confirm"
          disabled={busy}
          onClick={() => void confirm()}
        >
          {busy ? busyLabel : confirmLabel}
        </button>
      </div>
    </dialog>
  );
}
