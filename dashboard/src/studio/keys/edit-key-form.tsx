import { useEffect, useRef, useState } from "preact/hooks";
import type { Api } from "../../api";
import { type Key, type KeyEdit, limits } from "../../contract";
import { ApiProblem } from "../../problem";
import { t } from "../../words/keys";
import { FieldError, FormFoot, NetworksField, TestOnlyField } from "./fields";
import { localInput, networksOf } from "./key-text";

interface EditKeyFormProps {
  readonly api: Api;
  readonly shown: Key;
  readonly onSaved: () => void;
  readonly onCancel: () => void;
}

/**
 * What may be changed of a key later: its name, its expiry, its networks, whether it is for tests only. Only what was
 * edited is sent.
 */
export function EditKeyForm({ api, shown, onSaved, onCancel }: EditKeyFormProps) {
  const before = {
    label: shown.label,
    until: shown.expires_at === null ? "" : localInput(Date.parse(shown.expires_at)),
    networks: shown.allow_list.join(", "),
    testOnly: shown.test_only,
  };
  const [text, setText] = useState(before);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus(), []);

  const save = async (event: Event) => {
    event.preventDefault();
    if (busy) return;
    const changes: KeyEdit = {
      ...(text.label !== before.label && { label: text.label.trim() }),
      ...(text.until !== before.until && { expires_at: text.until === "" ? null : new Date(text.until).toISOString() }),
      ...(text.networks !== before.networks && { allow_list: networksOf(text.networks) }),
      ...(text.testOnly !== before.testOnly && { test_only: text.testOnly }),
    };
    setBusy(true);
    setProblem(null);
    try {
      await api.editKey(shown.key_id, changes);
      onSaved();
    } catch (failure) {
      if (!(failure instanceof ApiProblem)) throw failure;
      setProblem(failure);
      setBusy(false);
    }
  };

  return (
    <form class="key-form" aria-label={t.editTitle} data-testid="edit-key-form" onSubmit={(event) => void save(event)}>
      <div class="field-pair">
        <label class="field">
          <span class="label">{t.name}</span>
          <input
            ref={first}
            class="input"
            maxLength={limits.KeyEdit.label.maxLength}
            value={text.label}
            data-testid="key-label"
            onInput={(event) => setText({ ...text, label: event.currentTarget.value })}
          />
          <FieldError problem={problem} name="label" />
        </label>
        <label class="field">
          <span class="label">
            {t.validUntil} <span class="muted">{t.emptyNoExpiry}</span>
          </span>
          <input
            class="input"
            type="datetime-local"
            value={text.until}
            data-testid="key-until"
            onInput={(event) => setText({ ...text, until: event.currentTarget.value })}
          />
          <FieldError problem={problem} name="expires_at" />
        </label>
      </div>
      <NetworksField value={text.networks} problem={problem} onInput={(networks) => setText({ ...text, networks })} />
      <TestOnlyField checked={text.testOnly} onChange={(testOnly) => setText({ ...text, testOnly })} />
      {shown.status === "in-use" && <p class="field-hint">{t.editInUse}</p>}
      <FormFoot problem={problem} busy={busy} onCancel={onCancel} testid="save-key">
        {busy ? t.saving : t.save}
      </FormFoot>
    </form>
  );
}
