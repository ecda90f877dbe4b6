import { useState } from "preact/hooks";
import type { Api } from "../api";
import { measuresAreFresh, type StudioState } from "../realtime/state";
import { Confirm } from "../ui/confirm";
import { ago, duration, secondsLeft } from "../ui/format";
import { useNow } from "../ui/hooks";
import { Icon } from "../ui/icon";
import { Moment } from "../ui/moment";
import { HealthPanel } from "./health-panel";
import { Measures } from "./measures";
import { announcement, interruption, isWaitingForKeyFrame, type ShownStatus, shownStatus } from "./status-words";

interface StatusPanelProps {
  readonly state: StudioState;
  readonly title: string;
  readonly api: Api;
}

export function StatusPanel({ state, title, api }: StatusPanelProps) {
  const { stream } = state;
  const shown = shownStatus(state);
  const running = stream.status !== "OFFLINE";
  const now = useNow(running || shown === "UNKNOWN");
  // The stream that the user asked to end; the request is complete when that stream is over.
  const [ending, setEnding] = useState<string | null>(null);
  const [asking, setAsking] = useState(false);
  const fresh = shown === "LIVE" && measuresAreFresh(state, now);
  const isEnding = ending !== null && ending === stream.streamId;

  return (
    <section class={`card status-card status-${shown.toLowerCase()}`} aria-labelledby="status-heading">
      <h2 id="status-heading" class="sr-only">
        Stream status
      </h2>
      <p class="sr-only" role="status" aria-live="polite">
        {announcement(shown, stream)}
      </p>
      <div class="status-head">
        <div class="status-lead">
          <span class="pill" data-testid="status" data-status={shown}>
            <span class="dot" aria-hidden="true" />
            {shown}
          </span>
          <div class="status-lines">
            <p class="status-title">{title || "Untitled stream"}</p>
            <p class="status-text" data-testid="status-text">
              <StatusText state={state} shown={shown} now={now} />
            </p>
          </div>
        </div>
        {running && shown !== "UNKNOWN" && (
          <button
            type="button"
            class="button danger-quiet"
            data-testid="stop-stream"
            aria-disabled={isEnding}
            onClick={() => !isEnding && setAsking(true)}
          >
            <Icon name="stop" />
            {isEnding ? "Ending…" : "End stream"}
          </button>
        )}
      </div>
      {running ? (
        <>
          <Measures live={stream.live} samples={state.samples} now={now} startedAt={stream.startedAt} fresh={fresh} />
          {stream.live?.health && <HealthPanel health={stream.live.health} fresh={fresh} />}
        </>
      ) : (
        <FirstSteps />
      )}
      {asking && (
        <Confirm
          title="End the stream?"
          confirmLabel="End stream"
          busyLabel="Ending…"
          onConfirm={async () => {
            await api.stopStream();
            setEnding(stream.streamId);
          }}
          onClose={() => setAsking(false)}
        >
          <p>Your channel goes offline immediately. Encoders that reconnect are refused until you allow them again.</p>
          <p>Stop streaming in your encoder as well: many keep trying.</p>
        </Confirm>
      )}
    </section>
  );
}

function StatusText({ state, shown, now }: { state: StudioState; shown: ShownStatus; now: number }) {
  const { stream, link } = state;
  switch (shown) {
    case "LIVE":
      return stream.startedAt === null ? (
        <>Live</>
      ) : (
        <>
          Live for{" "}
          <span class="figures" data-testid="uptime">
            {duration(now - stream.startedAt)}
          </span>
        </>
      );
    case "RECONNECTING":
      if (isWaitingForKeyFrame(stream)) return <>{stream.reasonText}</>;
      return (
        <>
          <span data-testid="interruption">{interruption(stream)}</span> Waiting
          {stream.until === null ? (
            " for it to reconnect."
          ) : (
            <>
              {" "}
              <span class="figures" data-testid="reconnect-countdown">
                {secondsLeft(stream.until, now)}
              </span>{" "}
              s for it to reconnect.
            </>
          )}
        </>
      );
    case "UNKNOWN":
      return (
        <>
          Last known: {stream.status}
          {link.phase === "lost" && `, ${ago(now - link.since)}`}.
        </>
      );
    case "OFFLINE":
      return stream.reasonText === null ? (
        <>You are offline.</>
      ) : (
        <>
          <span data-testid="end-reason">{stream.reasonText}</span>
          {stream.endedAt !== null && !isWaitingForKeyFrame(stream) && (
            <>
              {" "}
              Ended on <Moment at={stream.endedAt} />.
            </>
          )}
          {stream.action !== null && <span data-testid="end-action"> {stream.action}</span>}
        </>
      );
  }
}

function FirstSteps() {
  return (
    <ol class="steps" data-testid="first-steps">
      <li>
        <p>
          <strong>Copy</strong> the server URL and the stream key below.
        </p>
      </li>
      <li>
        <p>
          <strong>Paste</strong> them into OBS or any RTMP encoder.
        </p>
      </li>
      <li>
        <p>
          <strong>Start streaming.</strong> This page shows LIVE within two seconds.
        </p>
      </li>
    </ol>
  );
}
