import { useState } from "preact/hooks";
import type { Api } from "../../api";
import type { OwnChannelDetails, SecondPublisher } from "../../contract";
import { explain } from "../../problem";
import { sentence } from "../../ui/format";
import { t } from "../../words/keys";

interface PolicyProps {
  readonly api: Api;
  readonly policy: SecondPublisher;
  readonly onSaved: (details: OwnChannelDetails) => void;
}

/** What becomes of an encoder that connects while another one is live. Saved when it is chosen. */
export function Policy({ api, policy, onSaved }: PolicyProps) {
  const [problem, setProblem] = useState<string | null>(null);

  const choose = async (second_publisher: SecondPublisher) => {
    try {
      onSaved(await api.saveDetails({ second_publisher }));
      setProblem(null);
    } catch (failure) {
      setProblem(explain(failure));
    }
  };

  return (
    <div class="field">
      <label class="field">
        <span class="label">{t.second}</span>
        <select
          class="input"
          value={policy}
          data-testid="second-publisher"
          onChange={(event) => void choose(event.currentTarget.value as SecondPublisher)}
        >
          <option value="refuse">{t.refuse}</option>
          <option value="takeover">{t.takeover}</option>
        </select>
      </label>
      <p class="field-hint">{policy === "takeover" ? t.takeoverHint : t.refuseHint}</p>
      {problem && (
        <p class="field-error" role="alert">
          {sentence(problem)}
        </p>
      )}
    </div>
  );
}
