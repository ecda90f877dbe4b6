import { useCallback, useState } from "preact/hooks";
import type { ActiveStream } from "../contract";
import { t } from "../words/admin/streams";
import type { PageProps } from "./admin";
import { EndStream } from "./end-stream";
import { Heading, Problem } from "./parts";
import { useLoaded } from "./use-loaded";
import { inOrder, summary } from "./wall-order";
import { WallStream } from "./wall-stream";

/** The API shares one answer for a second among all who ask. */
const REFRESH_MS = 5_000;
/** Pages of two hundred streams that are read for one look. */
const MOST_PAGES = 5;

/** Everything that is live, those with problems first. */
export default function Wall({ api }: PageProps) {
  const read = useCallback(async () => {
    const streams: ActiveStream[] = [];
    let cursor: string | null = null;
    for (let page = 0; page < MOST_PAGES; page++) {
      const found = await api.activeStreams(cursor);
      streams.push(...found.streams);
      cursor = found.next_cursor;
      if (cursor === null) break;
    }
    return { streams: inOrder(streams), whole: cursor === null };
  }, [api]);
  const { value, problem, reload } = useLoaded(read, REFRESH_MS);
  const [ending, setEnding] = useState<ActiveStream | null>(null);
  return (
    <>
      <Heading
        beside={
          value && (
            <p class="muted" role="status" data-testid="wall-summary">
              {summary(value.streams)}
            </p>
          )
        }
      >
        {t.wall}
      </Heading>
      <Problem text={problem} onRetry={reload} />
      {value?.streams.length === 0 && (
        <section class="card empty" data-testid="nobody-live">
          <h2>{t.nobody}</h2>
          <p class="muted">{t.nobodyHint}</p>
        </section>
      )}
      {value && value.streams.length > 0 && (
        <ul class="grid wall" data-testid="wall">
          {value.streams.map((stream) => (
            <WallStream key={stream.id} stream={stream} onEnd={() => setEnding(stream)} />
          ))}
        </ul>
      )}
      {value && !value.whole && <p class="muted">{t.notAll}</p>}
      {ending && <EndStream api={api} stream={ending} onEnded={reload} onClose={() => setEnding(null)} />}
    </>
  );
}
