import { useState } from "preact/hooks";
import type { Api } from "../api";
import type { Closed, OwnChannel } from "../contract";
import { ApiProblem } from "../problem";
import type { Refusal } from "../realtime/refusal";
import { sentence } from "../ui/format";
import { Icon } from "../ui/icon";
import { Moment } from "../ui/moment";
import { told } from "../words/server";
import { t } from "../words/studio";

/** The refusal that a closed channel answers with. */
export const CHANNEL_CLOSED = "channel_closed";

interface ClosedNoticeProps {
  readonly closed: Closed;
  /** The latest refusal, if it is one of this channel being closed. */
  readonly refusal: Refusal | null;
  readonly api: Api;
  readonly onAllowed: (channel: OwnChannel) => void;
}

/** The stream was ended here or by an administrator: encoders are refused, and this is the way back. */
export function ClosedNotice({ closed, refusal, api, onAllowed }: ClosedNoticeProps) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ApiProblem | null>(null);

  async function allow() {
    setBusy(true);
    setProblem(null);
    try {
      onAllowed(await api.allowPublishing());
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      setProblem(error);
      setBusy(false);
    }
  }

  return (
    <div class="notice notice-warning" role="status" data-testid="closed">
      <Icon name="stop" />
      <div class="notice-body">
        <p class="notice-title">
          {told(closed.reason_text)} {t.closedNow}
        </p>
        <p>{t.closedHint}</p>
        {refusal && (
          <p class="notice-hint" data-testid="closed-attempts">
            {t.keepsTrying(refusal.count, <Moment at={refusal.at} />)}
          </p>
        )}
        {problem && (
          <p role="alert">
            {sentence(problem.detail)} {sentence(problem.action)}
          </p>
        )}
      </div>
      <button
        type="button"
        class="button"
        data-testid="allow-again"
        aria-disabled={busy}
        onClick={() => !busy && allow()}
      >
        {busy ? t.allowing : t.allow}
      </button>
    </div>
  );
}

/** The closure in force, by this machine's clock. */
export function closureNow(channel: OwnChannel, now: number): Closed | null {
  return channel.closed !== null && Date.parse(channel.closed.until) > now ? channel.closed : null;
}
