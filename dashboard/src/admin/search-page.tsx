import { useCallback } from "preact/hooks";
import type { Broadcaster, FoundStream, Key, Node, SearchResults } from "../contract";
import { Moment } from "../ui/moment";
import { t as codes } from "../words/admin/codes";
import { t as admin } from "../words/admin/frame";
import { t } from "../words/admin/search";
import { endReason } from "../words/end-reasons";
import type { PageProps } from "./admin";
import { Facts, Heading, Problem, Rows, Section } from "./parts";
import { RefusalRow } from "./refusal-row";
import { links } from "./route";
import { useLoaded } from "./use-loaded";

/** What one text finds, by kind. Kinds without a result are left out. */
export default function SearchPage({ api, route }: PageProps) {
  const q = route.page === "search" ? route.q : "";
  const read = useCallback(() => (q === "" ? Promise.resolve(null) : api.search(q)), [api, q]);
  const { value, problem, reload } = useLoaded(read);
  return (
    <>
      <Heading>{q === "" ? t.search : t.searchFor(q)}</Heading>
      <Problem text={problem} onRetry={reload} />
      {q === "" ? (
        <p class="muted">{t.help}</p>
      ) : value === null ? (
        problem === null && <p class="muted">{t.searching}</p>
      ) : (
        <Results found={value} />
      )}
    </>
  );
}

function Results({ found }: { found: SearchResults }) {
  const kinds = [found.people, found.streams, found.keys, found.nodes, found.refusals];
  const count = kinds.reduce((sum, kind) => sum + kind.length, 0);
  return (
    <>
      <p class="muted" role="status" data-testid="found">
        {count === 0 ? t.nothing : t.found(count)}
        {!found.complete && ` ${t.notAll}`}
      </p>
      {found.people.length > 0 && (
        <Section title={t.people} testid="found-people">
          <Rows items={found.people} empty="">
            {(person) => <PersonRow key={person.broadcaster_id} person={person} />}
          </Rows>
        </Section>
      )}
      {found.streams.length > 0 && (
        <Section title={t.streams} testid="found-streams">
          <Rows items={found.streams} empty="">
            {(stream) => <StreamRow key={stream.id} stream={stream} />}
          </Rows>
        </Section>
      )}
      {found.keys.length > 0 && (
        <Section title={t.keys} testid="found-keys">
          <Rows items={found.keys} empty="">
            {(key) => <KeyRow key={key.key_id} found={key} />}
          </Rows>
        </Section>
      )}
      {found.nodes.length > 0 && (
        <Section title={t.nodes} testid="found-nodes">
          <Rows items={found.nodes} empty="">
            {(node) => <NodeRow key={node.node_id} node={node} />}
          </Rows>
        </Section>
      )}
      {found.refusals.length > 0 && (
        <Section title={t.refusals} testid="found-refusals" beside={<p class="muted">{t.lastDay}</p>}>
          <Rows items={found.refusals} empty="">
            {(refusal) => <RefusalRow key={`${refusal.at} ${refusal.reason}`} refusal={refusal} />}
          </Rows>
        </Section>
      )}
    </>
  );
}

function PersonRow({ person }: { person: Broadcaster }) {
  return (
    <li class="row" data-testid="found-person">
      <a class="row-title" href={links.person(person.broadcaster_id)}>
        {person.display_name || person.email || person.broadcaster_id}
      </a>
      <Facts>
        {[
          person.blocked !== null && <span class="mark mark-danger">{t.blocked}</span>,
          person.email,
          person.title,
          person.broadcaster_id,
        ]}
      </Facts>
    </li>
  );
}

function StreamRow({ stream }: { stream: FoundStream }) {
  return (
    <li class="row" data-testid="found-stream">
      <a class="row-title" href={links.stream(stream.id)}>
        {stream.title || admin.untitled}
      </a>
      <Facts>
        {[
          codes.state[stream.state],
          <a key="person" href={links.person(stream.broadcaster.broadcaster_id)}>
            {stream.broadcaster.display_name || stream.broadcaster.broadcaster_id}
          </a>,
          <Moment key="at" at={Date.parse(stream.created_at)} />,
          stream.node_id,
          stream.client_ip,
          stream.end_reason && endReason(stream.end_reason),
        ]}
      </Facts>
    </li>
  );
}

function KeyRow({ found }: { found: Key }) {
  return (
    <li class="row" data-testid="found-key">
      <a class="row-title" href={links.person(found.broadcaster_id)}>
        <span class="mono">••••{found.hint}</span> {found.label}
      </a>
      <Facts>{[codes.key[found.status], found.key_id, found.broadcaster_id]}</Facts>
    </li>
  );
}

function NodeRow({ node }: { node: Node }) {
  return (
    <li class="row" data-testid="found-node">
      <a class="row-title" href={links.nodes}>
        {node.node_id}
      </a>
      <Facts>{[codes.node[node.status], admin.publishers(node.active, node.capacity), node.region]}</Facts>
    </li>
  );
}
