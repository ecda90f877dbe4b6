import { useCallback } from "preact/hooks";
import type { Refusal, RefusalPage } from "../contract";
import { t as admin } from "../words/admin/frame";
import { t } from "../words/admin/refusals";
import type { PageProps } from "./admin";
import { refusalReason } from "./codes";
import { Heading, Problem, ReadAgain, Rows, Section, ShowMore } from "./parts";
import { kindsOf } from "./refusal-kinds";
import { RefusalRow } from "./refusal-row";
import { links } from "./route";
import { usePaged } from "./use-loaded";

const A_WEEK_MS = 7 * 86_400_000;
/** Publishers whose key belongs to nobody: in no broadcaster's list, so somebody has to look here. */
const UNKNOWN_KEYS = "key_unknown";

const refusalsOf = (page: RefusalPage): readonly Refusal[] => page.refusals;

/** Refused publishers of everybody, by reason; without a person chosen also those whose key is unknown. */
export default function RefusalsPage({ api, route }: PageProps) {
  const { reason, person, address } = route.page === "refusals" ? route : { reason: "", person: "", address: "" };
  const read = useCallback(
    (cursor: string | null) =>
      api.refusals({
        reason,
        broadcaster_id: person,
        client_ip: address,
        cursor,
        since: new Date(Date.now() - A_WEEK_MS).toISOString(),
      }),
    [api, reason, person, address],
  );
  const { items, more, problem, loadMore, reload } = usePaged(read, refusalsOf);
  const narrowed = reason !== "" || person !== "" || address !== "";
  const others = Object.fromEntries(Object.entries({ person, address }).filter(([, value]) => value !== ""));
  return (
    <>
      <Heading beside={<ReadAgain onClick={reload} />}>{t.title}</Heading>
      <Problem text={problem} onRetry={reload} />
      <nav class="chips" aria-label={t.reasons}>
        {narrowed && (
          <a class="chip" href={links.refusals}>
            {t.all}
          </a>
        )}
        {reason === "" && person === "" && (
          <a class="chip" href={links.refusalsBy({ ...others, reason: UNKNOWN_KEYS })} data-testid="unknown-keys">
            {t.unknownKeys}
          </a>
        )}
        {kindsOf(items ?? []).map((kind) => (
          <a
            key={kind.reason}
            class="chip"
            aria-current={kind.reason === reason ? "true" : undefined}
            href={links.refusalsBy({ ...others, reason: kind.reason })}
            data-testid="refusal-kind"
          >
            {refusalReason(kind.reason)} ({kind.count}
            {more ? "+" : ""})
          </a>
        ))}
      </nav>
      <Section title={titleOf(reason, person, address)} testid="refusals" beside={<p class="muted">{t.lastWeek}</p>}>
        <Rows items={items} empty={t.none}>
          {(refusal) => <RefusalRow key={`${refusal.at} ${refusal.reason} ${refusal.client_ip}`} refusal={refusal} />}
        </Rows>
        <ShowMore more={more} onMore={loadMore} />
      </Section>
    </>
  );
}

function titleOf(reason: string, person: string, address: string): string {
  const parts = [reason && refusalReason(reason), person && t.of(person), address && admin.from(address)].filter(
    Boolean,
  );
  return parts.length > 0 ? t.refused(parts.join(", ")) : t.allReasons;
}
