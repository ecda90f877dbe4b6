import { useState } from "preact/hooks";
import type { Api } from "../api";
import { openWithToken, RecordingLinks } from "../studio/recording-links";
import { isPlayable } from "../studio/recordings";
import { RefusalList } from "../studio/refusal-list";
import { sentence } from "../ui/format";
import { Moment } from "../ui/moment";
import { told } from "../words/server";
import { t } from "../words/sessions";
import { t as studio } from "../words/studio";
import { STREAMS_PATH, streamPath } from "./address";
import { ExportPanel } from "./export-panel";
import { allFacts, isRunning } from "./facts";
import { Facts } from "./facts-list";
import { MeasurementsPanel } from "./measurements-panel";
import { Broken, useTitle } from "./page-parts";
import { TimelinePanel } from "./timeline-panel";
import { type Recorded, useRecorded } from "./use-past-stream";

/** The API lists no more beside a stream. */
const MOST_REFUSALS = 50;

/** One broadcast: what it was, how it went, and how it ended. */
export function StreamPage({ api, streamId }: { api: Api; streamId: string }) {
  const { recorded, problem, reload } = useRecorded(api, streamId);
  useTitle(recorded?.stream.title || t.list);
  return (
    <>
      <nav class="stream-steps" aria-label={t.list}>
        <a href={STREAMS_PATH}>{t.back}</a>
        {recorded?.stream.previous_stream_id && (
          <a href={streamPath(recorded.stream.previous_stream_id)} data-testid="previous-stream">
            {t.before}
          </a>
        )}
        {recorded?.stream.next_stream_id && <a href={streamPath(recorded.stream.next_stream_id)}>{t.next}</a>}
      </nav>
      {problem !== null && <Broken title={t.broken} problem={problem} onRetry={reload} />}
      {recorded === undefined && problem === null && <div class="card skeleton skeleton-tall" aria-busy="true" />}
      {recorded === null && (
        <section class="card" data-testid="no-such-stream">
          <h1>{t.notFound}</h1>
          <p>{t.notFoundHint}</p>
        </section>
      )}
      {recorded && (
        <>
          <SummaryPanel api={api} recorded={recorded} />
          <MeasurementsPanel api={api} recorded={recorded} />
          <TimelinePanel entries={recorded.entries} />
          <section class="card" aria-labelledby="refusals-heading" data-testid="refusals-nearby">
            <header class="card-head">
              <h2 id="refusals-heading">{t.refusals}</h2>
              <p class="muted">{t.refusalsHint}</p>
            </header>
            {recorded.stream.refusals.length === 0 && <p class="muted">{t.noRefusals}</p>}
            <RefusalList refusals={recorded.stream.refusals} isCut={recorded.stream.refusals.length >= MOST_REFUSALS} />
          </section>
          <ExportPanel api={api} streamId={streamId} />
        </>
      )}
    </>
  );
}

function SummaryPanel({ api, recorded: { stream, broadcast } }: { api: Api; recorded: Recorded }) {
  const [failure, setFailure] = useState<string | null>(null);
  const findings = stream.summary?.findings ?? [];
  return (
    <section class="card" data-testid="stream-summary" data-stream={stream.id}>
      <div class="stream-row-head">
        <div>
          <h1>{stream.title || t.untitled}</h1>
          <p class="muted">
            <Moment at={broadcast.start} />
            {stream.ended_at !== null && (
              <>
                {" – "}
                <Moment at={Date.parse(stream.ended_at)} />
              </>
            )}
            {stream.test && ` · ${t.test}`}
          </p>
        </div>
        {isRunning(stream) && (
          <a class="button small" href="/studio">
            {studio.studio}
          </a>
        )}
        {isPlayable(stream) && (
          <div class="recording-actions">
            <RecordingLinks stream={stream} onOpen={(address) => void openWithToken(api, address, setFailure)} />
          </div>
        )}
      </div>
      {failure !== null && (
        <p class="field-error" role="alert">
          {sentence(failure)}
        </p>
      )}
      {stream.end_reason_text !== null && (
        <p data-testid="end-reason">
          {sentence(told(stream.end_reason_text))}{" "}
          {stream.end_reason_action && sentence(told(stream.end_reason_action))}
        </p>
      )}
      <Facts facts={allFacts(stream, broadcast.rows)} />
      {findings.length > 0 && (
        <div>
          <h2>{t.findings}</h2>
          <ul class="findings-brief">
            {findings.map(({ code, title, count, action }) => (
              <li key={code} data-testid="finding" data-code={code}>
                <strong>{told(title)}</strong>
                {count > 1 && ` (${t.times(count)})`}
                <p data-testid="finding-action">{told(action)}</p>
              </li>
            ))}
          </ul>
        </div>
      )}
    </section>
  );
}
