import type { ApiProblem } from "../../problem";
import { t } from "../../words/keys";

/** What the server said of a field. */
export function FieldError({ problem, name }: { problem: ApiProblem | null; name: string }) {
  const message = problem?.fields[name];
  return message ? (
    <span class="field-error" role="alert" data-testid={`${name}-error`}>
      {message}
    </span>
  ) : null;
}

interface NetworksFieldProps {
  readonly value: string;
  readonly problem: ApiProblem | null;
  readonly onInput: (text: string) => void;
}

export function NetworksField({ value, problem, onInput }: NetworksFieldProps) {
  return (
    <label class="field">
      <span class="label">
        {t.networks} <span class="muted">{t.networksHint}</span>
      </span>
      <input
        class="input mono"
        value={value}
        placeholder={t.networksPlaceholder}
        spellcheck={false}
        data-testid="key-networks"
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      <FieldError problem={problem} name="allow_list" />
    </label>
  );
}
