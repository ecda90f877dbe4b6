import { useEffect, useRef, useState } from "preact/hooks";
import type { Api } from "../../api";
import { type IssuedKey, type KeyRole, limits } from "../../contract";
import { ApiProblem } from "../../problem";
import { Summary } from "../../ui/summary";
import { t } from "../../words/keys";
import { FieldError, FormFoot, NetworksField, TestOnlyField } from "./fields";
import {
  GUEST_FOR_AN_HOUR,
  type KeyDraft,
  localInput,
  MAX_USES,
  newKeyOf,
  ROLES,
  VALIDITIES,
  type Validity,
} from "./key-text";

const LIMITS = limits.NewKey;

interface NewKeyFormProps {
  readonly api: Api;
  readonly onIssued: (key: IssuedKey) => void;
  readonly onCancel: () => void;
}

/** Begins as a guest's key for one hour. */
export function NewKeyForm({ api, onIssued, onCancel }: NewKeyFormProps) {
  const [draft, setDraft] = useState<KeyDraft>(GUEST_FOR_AN_HOUR);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus(), []);
  const edit = (changes: Partial<KeyDraft>) => setDraft({ ...draft, ...changes });

  const create = async (event: Event) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setProblem(null);
    try {
      onIssued(await api.createKey(newKeyOf(draft, Date.now())));
    } catch (failure) {
      if (!(failure instanceof ApiProblem)) throw failure;
      setProblem(failure);
      setBusy(false);
    }
  };

  return (
    <form class="key-form" aria-label={t.newKey} data-testid="new-key-form" onSubmit={(event) => void create(event)}>
      <label class="field">
        <span class="label">{t.name}</span>
        <input
          ref={first}
          class="input"
          maxLength={LIMITS.label.maxLength}
          value={draft.label}
          placeholder={t.namePlaceholder}
          data-testid="key-label"
          onInput={(event) => edit({ label: event.currentTarget.value })}
        />
        <FieldError problem={problem} name="label" />
      </label>
      <div class="field-pair">
        <label class="field">
          <span class="label">{t.roleLabel}</span>
          <select
            class="input"
            value={draft.role}
            data-testid="key-role"
            onChange={(event) => edit({ role: event.currentTarget.value as KeyRole })}
          >
            {ROLES.map((role) => (
              <option key={role} value={role}>
                {t.role[role]}
              </option>
            ))}
          </select>
          <span class="field-hint">{t.roleHint[draft.role]}</span>
        </label>
        <label class="field">
          <span class="label">{t.validFor}</span>
          <select
            class="input"
            value={draft.validity}
            data-testid="key-validity"
            onChange={(event) => edit({ validity: event.currentTarget.value as Validity })}
          >
            {VALIDITIES.map((validity) => (
              <option key={validity} value={validity}>
                {t.validity[validity]}
              </option>
            ))}
          </select>
          {draft.validity !== "until" && <FieldError problem={problem} name="expires_at" />}
        </label>
      </div>
      {draft.validity === "until" && (
        <label class="field">
          <span class="label">{t.validUntil}</span>
          <input
            class="input"
            type="datetime-local"
            required
            min={localInput(Date.now())}
            value={draft.until}
            data-testid="key-until"
            onInput={(event) => edit({ until: event.currentTarget.value })}
          />
          <FieldError problem={problem} name="expires_at" />
        </label>
      )}
      <details class="help">
        <Summary>{t.moreLimits}</Summary>
        {draft.validity !== "broadcast" && (
          <label class="field">
            <span class="label">
              {t.broadcasts} <span class="muted">{t.emptyAny}</span>
            </span>
            <input
              class="input"
              type="number"
              min={1}
              max={MAX_USES}
              value={draft.uses}
              data-testid="key-max-uses"
              onInput={(event) => edit({ uses: event.currentTarget.value })}
            />
            <FieldError problem={problem} name="max_uses" />
          </label>
        )}
        <NetworksField value={draft.networks} problem={problem} onInput={(networks) => edit({ networks })} />
      </details>
      <TestOnlyField checked={draft.testOnly} onChange={(testOnly) => edit({ testOnly })} />
      <FormFoot problem={problem} busy={busy} onCancel={onCancel} testid="create-key">
        {busy ? t.creating : t.create}
      </FormFoot>
    </form>
  );
}
