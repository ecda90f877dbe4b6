import { isWaiting, type Waiting } from "../realtime/waiting";
import { useNow } from "../ui/hooks";
import { Icon } from "../ui/icon";
import { t } from "../words/studio";

/** An encoder that is connected and waits for a place: at which place in the queue, and for how long at most. */
export function WaitingNotice({ waiting }: { waiting: Waiting | null }) {
  const now = useNow(waiting?.place != null);
  if (!isWaiting(waiting, now)) return null;
  const left = Math.max(0, Math.ceil((waiting.until - now) / 1000));
  return (
    <div class="notice notice-warning" role="status" data-testid="waiting" data-place={waiting.place}>
      <Icon name="warning" />
      <div class="notice-body">
        <p class="notice-title">{t.waiting}</p>
        <p>
          <span data-testid="waiting-place">{t.place(waiting.place)}</span> {t.waitingHint}
        </p>
        <p class="notice-hint">
          <span aria-hidden="true">{t.refusedIn(left)}</span>
          {waiting.clientIp && ` · ${t.from(waiting.clientIp)}`}
        </p>
      </div>
    </div>
  );
}
