import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Confirm } from "../ui/confirm";
import { t } from "../words/admin/frame";

const LONGEST = 200;

interface ReasonDialogProps {
  readonly title: string;
  readonly confirmLabel: string;
  readonly busyLabel: string;
  readonly onConfirm: (why: string) => Promise<void>;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** A question before something that others notice, and the reason for it, which is kept. */
export function ReasonDialog({ onConfirm, children, ...confirm }: ReasonDialogProps) {
  const [why, setWhy] = useState("");
  return (
    <Confirm {...confirm} onConfirm={() => onConfirm(why)}>
      {children}
      <label class="field">
        <span class="label">
          {t.reason((note) => (
            <span class="muted">{note}</span>
          ))}
        </span>
        <input
          class="input"
          maxLength={LONGEST}
          value={why}
          data-testid="reason"
          onInput={(event) => setWhy(event.currentTarget.value)}
        />
      </label>
    </Confirm>
  );
}
