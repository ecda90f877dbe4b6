import { useCallback, useState } from "preact/hooks";
import type { BroadcasterDetails } from "../contract";
import { Icon } from "../ui/icon";
import { Moment } from "../ui/moment";
import { t as codes } from "../words/admin/codes";
import { t as admin } from "../words/admin/frame";
import { t } from "../words/admin/person";
import type { PageProps } from "./admin";
import { Facts, Heading, Problem, Rows, Section } from "./parts";
import { PersonKeys } from "./person-keys";
import { PersonStreams } from "./person-streams";
import { ReasonDialog } from "./reason-dialog";
import { RefusalRow } from "./refusal-row";
import { links } from "./route";
import { useLoaded } from "./use-loaded";

const REFRESH_MS = 5_000;
const A_WEEK_MS = 7 * 86_400_000;

/** One broadcaster: who they are, what they stream and streamed, their keys, why they were refused; block and unblock. */
export default function PersonPage({ api, route }: PageProps) {
  const id = route.page === "person" ? route.id : "";
  const read = useCallback(() => api.person(id), [api, id]);
  const person = useLoaded(read, REFRESH_MS);
  const readRefusals = useCallback(
    () => api.refusals({ broadcaster_id: id, since: new Date(Date.now() - A_WEEK_MS).toISOString() }),
    [api, id],
  );
  const refusals = useLoaded(readRefusals, REFRESH_MS);
  const { value, problem, reload } = person;
  return (
    <>
      <Heading>{value ? nameOf(value) : t.person}</Heading>
      <Problem text={problem} onRetry={reload} />
      {value && (
        <>
          <About person={value} api={api} onChanged={reload} />
          <PersonStreams api={api} id={id} asOf={value} />
          <Section
            title={t.refusals}
            testid="person-refusals"
            beside={<a href={links.refusalsBy({ person: id })}>{t.lastWeek}</a>}
          >
            <Problem text={refusals.problem} onRetry={refusals.reload} />
            <Rows items={refusals.value?.refusals ?? null} empty={t.noRefusals}>
              {(refusal) => <RefusalRow key={`${refusal.at} ${refusal.reason}`} refusal={refusal} withPerson={false} />}
            </Rows>
          </Section>
          <PersonKeys api={api} keys={value.keys} onChanged={reload} />
          <Section title={t.blocks} testid="person-history" beside={<a href={links.auditOf(id)}>{t.allActions}</a>}>
            <Rows items={[...value.history].reverse()} empty={t.neverBlocked}>
              {(entry) => (
                <li class="row" key={`${entry.at} ${entry.kind}`}>
                  <p class="row-title">{t.history[entry.kind]}</p>
                  <Facts>{[<Moment key="at" at={Date.parse(entry.at)} />, admin.by(entry.by), entry.why]}</Facts>
                </li>
              )}
            </Rows>
          </Section>
        </>
      )}
    </>
  );
}

function nameOf(person: BroadcasterDetails): string {
  return person.display_name || person.email || person.broadcaster_id;
}

interface AboutProps {
  readonly person: BroadcasterDetails;
  readonly api: PageProps["api"];
  readonly onChanged: () => void;
}

function About({ person, api, onChanged }: AboutProps) {
  const [asking, setAsking] = useState(false);
  const { blocked, broadcaster_id: id } = person;
  return (
    <section class="card" aria-label={t.about} data-testid="person" data-blocked={blocked !== null}>
      {blocked && (
        <div class="notice notice-danger" role="status" data-testid="blocked">
          <Icon name="stop" />
          <div class="notice-body">
            <p class="notice-title">{t.blocked}</p>
            <p>{t.blockedBy(<Moment at={Date.parse(blocked.at)} />, blocked.by, blocked.why)}</p>
          </div>
        </div>
      )}
      <dl class="about">
        <Entry name={t.email} value={person.email} />
        <Entry name={t.channel} value={person.title || null} />
        <Entry name={t.visibility} value={codes.visibility[person.visibility]} />
        <Entry name={t.contact} value={person.contact || null} />
        <Entry name={t.channelId} value={id} mono />
        <Entry name={t.account} value={person.user_id} mono />
        <Entry name={t.region} value={person.region} />
        <div>
          <dt>{t.since}</dt>
          <dd>
            <Moment at={Date.parse(person.created_at)} />
          </dd>
        </div>
      </dl>
      <div class="actions">
        {person.visibility !== "private" && !blocked && (
          <a class="button" href={`/watch/${encodeURIComponent(id)}`}>
            {t.watchPage}
          </a>
        )}
        <button
          type="button"
          class={blocked ? "button" : "button danger-quiet"}
          data-testid={blocked ? "unblock" : "block"}
          onClick={() => setAsking(true)}
        >
          {blocked ? t.unblock : t.block}
        </button>
      </div>
      {asking &&
        (blocked ? (
          <ReasonDialog
            title={t.unblockTitle}
            confirmLabel={t.unblock}
            busyLabel={t.unblocking}
            onConfirm={async (why) => {
              await api.unblock(id, why);
              onChanged();
            }}
            onClose={() => setAsking(false)}
          >
            <p>{t.unblockConsequence}</p>
          </ReasonDialog>
        ) : (
          <ReasonDialog
            title={t.blockTitle}
            confirmLabel={t.block}
            busyLabel={t.blocking}
            onConfirm={async (why) => {
              await api.block(id, why);
              onChanged();
            }}
            onClose={() => setAsking(false)}
          >
            <p>{t.blockConsequence}</p>
          </ReasonDialog>
        ))}
    </section>
  );
}

function Entry({ name, value, mono = false }: { name: string; value: string | null; mono?: boolean }) {
  if (value === null) return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd class={mono ? "mono" : undefined}>{value}</dd>
    </div>
  );
}
