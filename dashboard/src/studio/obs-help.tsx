import { Icon } from "../ui/icon";
import { t } from "../words/connect";

export function ObsHelp() {
  return (
    <details class="help" data-testid="obs-help">
      <summary>
        <Icon name="chevron" />
        {t.obs}
      </summary>
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
