import { Check } from "../ui/check";
import { Summary } from "../ui/summary";
import { t } from "../words/alerts";
import type { Alerts } from "./use-alerts";

/** Off until the person chooses: the browser's question for permission follows their click only. */
export function AlertsPanel({ alerts }: { alerts: Alerts }) {
  const { choice, denied, setSound, setNotification } = alerts;
  return (
    <details class="help" data-testid="alerts">
      <Summary>
        {t.title}
        <span class="muted">{choice.sound || choice.notification ? t.on : t.off}</span>
      </Summary>
      <p class="muted">{t.lead}</p>
      <div class="checks">
        <Check checked={choice.sound} testid="alert-sound" onChange={setSound}>
          {t.sound}
        </Check>
        {"Notification" in window && (
          <Check checked={choice.notification} testid="alert-notification" onChange={setNotification}>
            {t.notification}
          </Check>
        )}
      </div>
      {denied && (
        <p class="field-error" role="alert" data-testid="alert-denied">
          {t.denied}
        </p>
      )}
    </details>
  );
}
