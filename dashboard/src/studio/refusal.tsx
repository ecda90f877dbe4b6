import type { Refusal } from "../realtime/refusal";
import { sentence } from "../ui/format";
import { Icon } from "../ui/icon";
import { Moment } from "../ui/moment";
import { t as common } from "../words/common";
import { t } from "../words/studio";
import { ownersAdvice } from "./refusal-advice";

/** A refused publisher: when, why, and what to do about it. */
export function RefusalNotice({ refusal, onDismiss }: { refusal: Refusal; onDismiss: () => void }) {
  const action = ownersAdvice(refusal.code, refusal.keyLabel) ?? refusal.action;
  return (
    <div class="notice notice-danger" role="alert" data-testid="refusal" data-code={refusal.code}>
      <Icon name="warning" />
      <div class="notice-body">
        <p class="notice-title">
          <span>{t.refused} </span>
          <span data-testid="refusal-reason">{sentence(refusal.reason)}</span>
        </p>
        {action && <p data-testid="refusal-action">{sentence(action)}</p>}
        <p class="notice-hint">
          <Moment at={refusal.at} />
          {refusal.keyLabel && ` · ${t.withKey(refusal.keyLabel)}`}
          {refusal.clientIp && ` · ${t.from(refusal.clientIp)}`}
          {refusal.count > 1 && ` · ${t.times(refusal.count)}`}
        </p>
      </div>
      <button type="button" class="button small" data-testid="refusal-dismiss" onClick={onDismiss}>
        {common.dismiss}
      </button>
    </div>
  );
}
