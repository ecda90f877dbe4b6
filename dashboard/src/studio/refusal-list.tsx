import type { Refusal } from "../contract";
import { sentence } from "../ui/format";
import { Moment } from "../ui/moment";
import { t } from "../words/recordings";
import { told } from "../words/server";
import { ownersAdvice } from "./refusal-advice";
import { type Attempts, attemptsOf } from "./repeated";

interface RefusalListProps {
  /** Newest first. */
  readonly refusals: readonly Refusal[];
  /** There may be older ones that are not listed. */
  readonly isCut: boolean;
}

/** Refused publishers: when, how often, why, from where, and what to do about it. */
export function RefusalList({ refusals, isCut }: RefusalListProps) {
  return (
    <ul class="refusal-list">
      {attemptsOf(refusals, isCut).map(({ refusal, ...attempts }) => (
        <li key={`${refusal.at} ${refusal.reason} ${refusal.client_ip}`} data-testid="refusal-row">
          <p class="refusal-title">{sentence(told(refusal.title ?? refusal.reason))}</p>
          <p class="muted">
            <When last={Date.parse(refusal.at)} {...attempts} />
            {refusal.key_label && ` · ${t.withKey(refusal.key_label)}`}
            {refusal.client_ip && ` · ${t.from(refusal.client_ip)}`}
          </p>
          {adviceOn(refusal)}
        </li>
      ))}
    </ul>
  );
}

function When({ last, count, since, isCut }: Omit<Attempts, "refusal"> & { readonly last: number }) {
  if (count === 1) return <Moment at={last} />;
  return (
    <>
      {isCut ? t.atLeast(t.attempts(count)) : t.attempts(count)}
      {!isCut && (
        <>
          {" "}
          · {t.first} <Moment at={since} seconds />
        </>
      )}{" "}
      · {t.last} <Moment at={last} seconds />
    </>
  );
}

function adviceOn({ reason, key_label, action }: Refusal) {
  const advice = ownersAdvice(reason, key_label) ?? told(action);
  return advice && <p>{sentence(advice)}</p>;
}
