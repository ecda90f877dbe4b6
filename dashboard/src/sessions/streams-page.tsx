import { useCallback, useEffect, useState } from "preact/hooks";
import type { Api } from "../api";
import type { OwnStream } from "../contract";
import { explain } from "../problem";
import { openWithToken, RecordingLinks } from "../studio/recording-links";
import { isPlayable } from "../studio/recordings";
import { Moment } from "../ui/moment";
import { t } from "../words/sessions";
import { t as studio } from "../words/studio";
import { streamPath } from "./address";
import { briefFacts, isRunning } from "./facts";
import { Facts } from "./facts-list";
import { Broken, useTitle } from "./page-parts";

const PAGE = 20;

/** The channel's broadcasts, newest first. */
export function StreamsPage({ api }: { api: Api }) {
  useTitle(t.list);
  const [streams, setStreams] = useState<readonly OwnStream[] | null>(null);
  const [cursor, setCursor] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  const load = useCallback(
    async (from: string | null) => {
      setBusy(true);
      try {
        const page = await api.streamsBefore(from, PAGE);
        // Those that have not started yet have only a key.
        const begun = page.streams.filter(({ state }) => state !== null);
        setStreams((known) => (from === null ? begun : [...(known ?? []), ...begun]));
        setCursor(page.next_cursor);
        setProblem(null);
      } catch (failure) {
        setProblem(explain(failure));
      }
      setBusy(false);
    },
    [api],
  );
  useEffect(() => void load(null), [load]);

  return (
    <>
      <h1>{t.list}</h1>
      {problem !== null && <Broken title={t.listBroken} problem={problem} onRetry={() => void load(cursor)} />}
      {streams === null && problem === null && <div class="card skeleton skeleton-tall" aria-busy="true" />}
      {streams?.length === 0 && <p class="muted">{t.none}</p>}
      <ul class="streams" data-testid="streams">
        {(streams ?? []).map((stream) => (
          <StreamRow key={stream.id} api={api} stream={stream} />
        ))}
      </ul>
      {cursor !== null && (
        <button
          type="button"
          class="button"
          data-testid="more-streams"
          aria-disabled={busy}
          onClick={() => !busy && void load(cursor)}
        >
          {t.more}
        </button>
      )}
    </>
  );
}

function StreamRow({ api, stream }: { api: Api; stream: OwnStream }) {
  const [failure, setFailure] = useState<string | null>(null);
  return (
    <li class="card stream-row" data-testid="stream-row" data-stream={stream.id}>
      <div class="stream-row-head">
        <div>
          <h2>
            <a href={streamPath(stream.id)}>{stream.title || t.untitled}</a>
          </h2>
          <p class="muted">
            <Moment at={Date.parse(stream.started_at ?? stream.created_at)} />
            {stream.test && ` · ${t.test}`}
          </p>
        </div>
        {isRunning(stream) ? (
          <a class="button small" href="/studio">
            {studio.studio}
          </a>
        ) : (
          isPlayable(stream) && (
            <div class="recording-actions">
              <RecordingLinks stream={stream} onOpen={(address) => void openWithToken(api, address, setFailure)} />
            </div>
          )
        )}
      </div>
      <Facts facts={briefFacts(stream)} />
      {failure !== null && (
        <p class="field-error" role="alert">
          {failure}
        </p>
      )}
    </li>
  );
}
