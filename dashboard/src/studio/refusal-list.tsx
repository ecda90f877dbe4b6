import type { Refusal } from "../contract";
import { sentence } from "../ui/format";
import { Moment } from "../ui/moment";
import { t } from "../words/recordings";
import { told } from "../words/server";
import { ownersAdvice } from "./refusal-advice";

/** Refused publishers: when, why, from where, and what to do about it. */
export function RefusalList({ refusals }: { refusals: readonly Refusal[] }) {
  return (
    <ul class="refusal-list">
      {refusals.map((refusal) => (
        <li key={`${refusal.at} ${refusal.reason} ${refusal.client_ip}`} data-testid="refusal-row">
          <p class="refusal-title">{sentence(told(refusal.title ?? refusal.reason))}</p>
          <p class="muted">
            <Moment at={Date.parse(refusal.at)} />
            {refusal.key_label && ` · ${t.withKey(refusal.key_label)}`}
            {refusal.client_ip && ` · ${t.from(refusal.client_ip)}`}
          </p>
          {adviceOn(refusal)}
        </li>
      ))}
    </ul>
  );
}

function adviceOn({ reason, key_label, action }: Refusal) {
  const advice = ownersAdvice(reason, key_label) ?? told(action);
  return advice && <p>{sentence(advice)}</p>;
}
