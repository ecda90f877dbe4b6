import { useState } from "preact/hooks";
import type { Api } from "../api";
import { explain } from "../problem";
import { Confirm } from "../ui/confirm";
import { dayAndTimeWithZone, duration, sentence } from "../ui/format";
import { Moment } from "../ui/moment";
import { t } from "../words/recordings";
import { type OpenWithToken, openWithToken, RecordingLinks } from "./recording-links";
import { type Recorded, size } from "./recordings";
import { useRecordings } from "./use-recordings";

interface RecordingsPanelProps {
  readonly api: Api;
  /** Of the stream that runs. */
  readonly streamId: string | null;
  /** Of the channel. */
  readonly visibility: string;
}

/** Past streams that were recorded: to watch, download, keep or delete. */
export function RecordingsPanel({ api, streamId, visibility }: RecordingsPanelProps) {
  const { streams, problem, reload } = useRecordings(api, streamId, visibility);
  const [deleting, setDeleting] = useState<Recorded | null>(null);
  const [failure, setFailure] = useState<string | null>(null);

  const keep = async (stream: Recorded) => {
    try {
      await api.keepRecording(stream.id, !stream.recording.kept);
      setFailure(null);
    } catch (error) {
      setFailure(explain(error));
    }
    reload();
  };

  return (
    <section class="card" aria-labelledby="recordings-heading" data-testid="recordings">
      <header class="card-head">
        <h2 id="recordings-heading">{t.recordings}</h2>
        <p class="muted">{t.recordingsHint}</p>
      </header>
      {(problem ?? failure) && (
        <p class="field-error" role="alert" data-testid="recordings-error">
          {sentence(problem ?? failure ?? "")}
        </p>
      )}
      {streams?.length === 0 && <p class="muted">{t.none}</p>}
      <ul class="recordings">
        {(streams ?? []).map((stream) => (
          <Row
            key={stream.id}
            stream={stream}
            onOpen={(address) => void openWithToken(api, address, setFailure)}
            onKeep={() => void keep(stream)}
            onDelete={() => setDeleting(stream)}
          />
        ))}
      </ul>
      {deleting && (
        <Confirm
          title={t.deleteTitle}
          confirmLabel={t.delete}
          busyLabel={t.deleting}
          onConfirm={async () => {
            await api.deleteRecording(deleting.id);
            reload();
          }}
          onClose={() => setDeleting(null)}
        >
          <p>{t.deleteConsequence}</p>
        </Confirm>
      )}
    </section>
  );
}

interface RowProps {
  readonly stream: Recorded;
  readonly onOpen: OpenWithToken;
  readonly onKeep: () => void;
  readonly onDelete: () => void;
}

function Row({ stream, onOpen, onKeep, onDelete }: RowProps) {
  const { recording } = stream;
  const { status, download_url, kept } = recording;
  const isFinished = status === "available" || status === "incomplete";
  return (
    <li class="recording-row" data-testid="recording" data-status={status}>
      <div class="recording-lines">
        <p class="recording-title">{stream.title || t.untitled}</p>
        <p class="muted">
          <Moment at={Date.parse(stream.started_at ?? stream.created_at)} />
          {factsOf(stream).map((fact) => ` · ${fact}`)}
        </p>
        {isFinished && download_url === null && <p class="recording-missing">{t.switchedOff}</p>}
        {recording.reason_text !== null && <p class="recording-missing">{recording.reason_text}</p>}
      </div>
      {isFinished && (
        <div class="recording-actions">
          <RecordingLinks stream={stream} onOpen={onOpen} />
          <button type="button" class="button small" data-testid="keep-recording" aria-pressed={kept} onClick={onKeep}>
            {t.keep}
          </button>
          <button type="button" class="button small danger-quiet" data-testid="delete-recording" onClick={onDelete}>
            {t.delete}
          </button>
        </div>
      )}
    </li>
  );
}

function factsOf({ recording }: Recorded): string[] {
  if (recording.status === "recording") return [t.recording];
  if (recording.status === "failed") return [t.notRecorded];
  return [
    duration(recording.duration_ms ?? 0),
    size(recording.size_bytes ?? 0),
    ...(recording.private ? [t.private] : []),
    ...(recording.kept ? [t.kept] : []),
    ...(recording.expires_at !== null ? [t.expiresOn(dayAndTimeWithZone(Date.parse(recording.expires_at)))] : []),
  ];
}
