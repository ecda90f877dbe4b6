import type { Link } from "../realtime/state";
import { secondsLeft, sentence } from "../ui/format";
import { useNow } from "../ui/hooks";
import { Icon } from "../ui/icon";
import { t as common } from "../words/common";
import { t } from "../words/studio";

/** Whether the page receives updates. */
export function LinkMark({ link }: { link: Link }) {
  return (
    <span class={`link-mark link-${link.phase}`} data-testid="link" data-link={link.phase}>
      <span class="dot" aria-hidden="true" />
      {t.link[link.phase]}
    </span>
  );
}

export function LinkBanner({ link, onRetry }: { link: Link; onRetry: () => void }) {
  const lost = link.phase === "lost" ? link : null;
  const now = useNow(lost !== null);
  if (link.phase === "closed") {
    return (
      <div class="notice notice-danger" role="alert" data-testid="link-closed">
        <Icon name="warning" />
        <div class="notice-body">
          <p class="notice-title">{sentence(link.reason)}</p>
          <p>{sentence(link.action)}</p>
        </div>
        <button type="button" class="button small" data-testid="link-retry" onClick={onRetry}>
          {common.tryAgain}
        </button>
      </div>
    );
  }
  if (!lost) return null;
  const left = secondsLeft(lost.retryAt, now);
  return (
    <div class="notice notice-quiet" data-testid="link-lost">
      <Icon name="offline" />
      <div class="notice-body">
        <p class="notice-title">{t.linkLost}</p>
        <p class="notice-hint">
          {t.linkLostHint} {left > 0 ? t.nextAttempt(left) : t.retryingNow}
        </p>
      </div>
      <button type="button" class="button small" data-testid="link-retry" onClick={onRetry}>
        {t.retryNow}
      </button>
    </div>
  );
}
