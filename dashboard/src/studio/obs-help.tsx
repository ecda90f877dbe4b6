import { Summary } from "../ui/summary";
import { t } from "../words/connect";

export function ObsHelp() {
  return (
    <details class="help" data-testid="obs-help">
      <Summary>{t.obs}</Summary>
      <ol>
        <li>{t.obsService()}</li>
        <li>{t.obsKey()}</li>
        <li>
          {t.obsOutput()}
          <p class="field-hint">{t.obsSimple()}</p>
        </li>
        <li>{t.obsStart()}</li>
      </ol>
      <p class="muted">{t.otherEncoders}</p>
    </details>
  );
}
