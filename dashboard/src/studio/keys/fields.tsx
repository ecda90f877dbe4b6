import { type ApiProblem, explain } from "../../problem";
import { Check } from "../../ui/check";
import { t as common } from "../../words/common";
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

interface TestOnlyFieldProps {
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}

export function TestOnlyField({ checked, onChange }: TestOnlyFieldProps) {
  return (
    <Check checked={checked} testid="key-test-only" onChange={onChange}>
      {t.testOnly} <span class="muted">{t.testOnlyHint}</span>
    </Check>
  );
}

interface FormFootProps {
  readonly problem: ApiProblem | null;
  readonly busy: boolean;
  readonly onCancel: () => void;
  /** Of the button that submits; `children` is what it says. */
  readonly testid: string;
  readonly children: string;
}

/** What is wrong with the form as a whole, and its two buttons. */
export function FormFoot({ problem, busy, onCancel, testid, children }: FormFootProps) {
  return (
    <>
      {problem && Object.keys(problem.fields).length === 0 && (
        <p class="field-error" role="alert">
          {explain(problem)}
        </p>
      )}
      <div class="field-foot">
        <span />
        <button type="button" class="button text" onClick={onCancel}>
          {common.cancel}
        </button>
        <button type="submit" class="button primary" data-testid={testid} aria-disabled={busy}>
          {children}
        </button>
      </div>
    </>
  );
}
