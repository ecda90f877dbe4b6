import { useCallback, useState } from "preact/hooks";
import type { BroadcasterDetails } from "../contract";
import { Icon } from "../ui/icon";
import { Moment } from "../ui/moment";
import type { PageProps } from "./admin";
import { Facts, Heading, Problem, Rows, Section } from "./parts";
import { PersonKeys } from "./person-keys";
import { PersonStreams } from "./person-streams";
import { ReasonDialog } from "./reason-dialog";
import { RefusalRow } from "./refusal-row";
import { links } from "./route";
import { useLoaded } from "./use-loaded";

const REFRESH_MS = 15_000;
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
      <Heading>{value ? nameOf(value) : "Person"}</Heading>
      <Problem text={problem} onRetry={reload} />
      {value && (
        <>
          <About person={value} api={api} onChanged={reload} />
          <PersonStreams api={api} id={id} />
          <Section
            title="Refused connections"
            testid="person-refusals"
            beside={<a href={links.refusalsBy({ person: id })}>Last 7 days</a>}
          >
            <Problem text={refusals.problem} onRetry={refusals.reload} />
            <Rows items={refusals.value?.refusals ?? null} empty="None in the last 7 days.">
              {(refusal) => <RefusalRow key={`${refusal.at} ${refusal.reason}`} refusal={refusal} withPerson={false} />}
            </Rows>
          </Section>
          <PersonKeys api={api} keys={value.keys} onChanged={reload} />
          <Section
            title="Blocks"
            testid="person-history"
            beside={<a href={links.auditOf(id)}>All that administrators did here</a>}
          >
            <Rows items={[...value.history].reverse()} empty="Never blocked in the last 90 days.">
              {(entry) => (
                <li class="row" key={`${entry.at} ${entry.kind}`}>
                  <p class="row-title">{entry.kind === "blocked" ? "Blocked" : "Unblocked"}</p>
                  <Facts>{[<Moment key="at" at={Date.parse(entry.at)} />, `by ${entry.by}`, entry.why]}</Facts>
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
    <section class="card" aria-label="About this person" data-testid="person" data-blocked={blocked !== null}>
      {blocked && (
        <div class="notice notice-danger" role="status" data-testid="blocked">
          <Icon name="stop" />
          <div class="notice-body">
            <p class="notice-title">Blocked</p>
            <p>
              <Moment at={Date.parse(blocked.at)} /> by {blocked.by}
              {blocked.why && `: ${blocked.why}`}
            </p>
          </div>
        </div>
      )}
      <dl class="about">
        <Entry name="E-mail" value={person.email} />
        <Entry name="Channel" value={person.title || null} />
        <Entry name="Visibility" value={person.visibility} />
        <Entry name="Contact" value={person.contact || null} />
        <Entry name="Channel ID" value={id} mono />
        <Entry name="Account" value={person.user_id} mono />
        <Entry name="Region" value={person.region} />
        <div>
          <dt>Since</dt>
          <dd>
            <Moment at={Date.parse(person.created_at)} />
          </dd>
        </div>
      </dl>
      <div class="actions">
        {person.visibility !== "private" && !blocked && (
          <a class="button" href={`/watch/${encodeURIComponent(id)}`}>
            Watch page
          </a>
        )}
        <button
          type="button"
          class={blocked ? "button" : "button danger-quiet"}
          data-testid={blocked ? "unblock" : "block"}
          onClick={() => setAsking(true)}
        >
          {blocked ? "Unblock" : "Block"}
        </button>
      </div>
      {asking &&
        (blocked ? (
          <ReasonDialog
            title="Unblock this person?"
            confirmLabel="Unblock"
            busyLabel="Unblocking…"
            onConfirm={async (why) => {
              await api.unblock(id, why);
              onChanged();
            }}
            onClose={() => setAsking(false)}
          >
            <p>They can sign in and broadcast again, with the keys that they had.</p>
          </ReasonDialog>
        ) : (
          <ReasonDialog
            title="Block this person?"
            confirmLabel="Block"
            busyLabel="Blocking…"
            onConfirm={async (why) => {
              await api.block(id, why);
              onChanged();
            }}
            onClose={() => setAsking(false)}
          >
            <p>
              Their stream ends, their keys and their account are refused, and their pages disappear, all at once. It
              applies to every account with their e-mail address.
            </p>
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
