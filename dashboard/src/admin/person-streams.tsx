import { useCallback } from "preact/hooks";
import type { BroadcasterDetails, BroadcasterStreams, OwnStream } from "../contract";
import { shortDuration } from "../ui/format";
import { Moment } from "../ui/moment";
import { t as codes } from "../words/admin/codes";
import { t as admin } from "../words/admin/frame";
import { t } from "../words/admin/person";
import { endReason } from "../words/end-reasons";
import type { AdminApi } from "./admin-api";
import { Facts, Problem, Rows, Section, ShowMore } from "./parts";
import { links } from "./route";
import { usePaged } from "./use-loaded";

const streamsOf = (page: BroadcasterStreams) => page.streams;

/** What a person streams now and streamed before, newest first; the first page as new as `asOf`. */
export function PersonStreams({ api, id, asOf }: { api: AdminApi; id: string; asOf: BroadcasterDetails }) {
  const read = useCallback((cursor: string | null) => api.streamsOf(id, cursor), [api, id]);
  const { items, more, problem, loadMore, reload } = usePaged(read, streamsOf, asOf);
  return (
    <Section title={t.streams} testid="person-streams">
      <Problem text={problem} onRetry={reload} />
      <Rows items={items} empty={t.neverLive}>
        {(stream) => <StreamRow key={stream.id} stream={stream} />}
      </Rows>
      <ShowMore more={more} onMore={loadMore} />
    </Section>
  );
}

function StreamRow({ stream }: { stream: OwnStream }) {
  const running = stream.status === "active";
  return (
    <li class="row" data-testid="person-stream" data-state={stream.state}>
      <a class="row-title" href={links.stream(stream.id)}>
        {stream.title || admin.untitled}
      </a>
      <Facts>
        {[
          running && stream.state && <span class="mark mark-live">{codes.state[stream.state]}</span>,
          <Moment key="at" at={Date.parse(stream.started_at ?? stream.created_at)} />,
          stream.duration_s !== null && shortDuration(stream.duration_s * 1000),
          typeof stream.peak_viewers === "number" && t.peakViewers(stream.peak_viewers),
          stream.end_reason && endReason(stream.end_reason),
        ]}
      </Facts>
    </li>
  );
}
