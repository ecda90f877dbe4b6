import { isWaiting, type Waiting } from "../realtime/waiting";
import { useNow } from "../ui/hooks";
import { Icon } from "../ui/icon";

/** An encoder that is connected and waits for a place: at which place in the queue, and for how long at most. */
export function WaitingNotice({ waiting }: { waiting: Waiting | null }) {
  const now = useNow(waiting?.place != null);
  if (!isWaiting(waiting, now)) return null;
  const left = Math.max(0, Math.ceil((waiting.until - now) / 1000));
  return (
    <div class="notice notice-warning" role="status" data-testid="waiting" data-place={waiting.place}>
      <Icon name="warning" />
      <div class="notice-body">
        <p class="notice-title">Your encoder is connected and waits: all ingest servers are full.</p>
        <p>
          <span data-testid="waiting-place">Place {waiting.place} in the queue.</span> The stream starts by itself as
          soon as a place is free. Leave the encoder running.
        </p>
        <p class="notice-hint">
          <span aria-hidden="true">Refused in {left} s if no place becomes free</span>
          {waiting.clientIp && ` · from ${waiting.clientIp}`}
        </p>
      </div>
    </div>
  );
}
