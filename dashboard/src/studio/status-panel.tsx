import { useState } from "preact/hooks";
import type { Api } from "../api";
import { measuresAreFresh, type StudioState } from "../realtime/state";
import { Confirm } from "../ui/confirm";
import { ago, duration, secondsLeft } from "../ui/format";
import { useNow } from "../ui/hooks";
import { Icon } from "../ui/icon";
import { Moment } from "../ui/moment";
import { Measures } from "./measures";
import { announcement, interruption, isWaitingForKeyFrame, type ShownStatus, shownStatus } from "./status-words";

interface StatusPanelProps {
  readonly state: StudioState;
  readonly title: string;
  readonly api: Api;
}

export function StatusPanel({ state, title, api }: StatusPanelProps) {
  const { broadcast } = state;
  const shown = shownStatus(state);
  const running = broadcast.status !== "OFFLINE";
  const now = useNow(running || shown === "UNKNOWN");
  // The stream that the user asked to end; the request is complete when that stream is over.
  const [ending, setEnding] = useState<string | null>(null);
  const [asking, setAsking] = useState(false);
  const isEnding = ending !== null && ending === broadcast.streamId;

  return (
    <section class={`card status-card status-${shown.toLowerCase()}`} aria-labelledby="status-heading">
      <h2 id="status-heading" class="sr-only">
        Stream status
      </h2>
      <p class="sr-only" role="status" aria-live="polite">
        {announcement(shown, broadcast)}
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
            data-testid="stop-broadcast"
            aria-disabled={isEnding}
            onClick={() => !isEnding && setAsking(true)}
          >
            <Icon name="stop" />
            {isEnding ? "Ending…" : "End stream"}
          </button>
        )}
      </div>
      {running ? (
        <Measures
          live={broadcast.live}
          samples={state.samples}
          now={now}
          startedAt={broadcast.startedAt}
          fresh={shown === "LIVE" && measuresAreFresh(state, now)}
        />
      ) : (
        <FirstSteps />
      )}
      {asking && (
        <Confirm
          title="End the stream?"
          confirmLabel="End stream"
          busyLabel="Ending…"
          onConfirm={async () => {
            await api.stopBroadcast();
            setEnding(broadcast.streamId);
          }}
          onClose={() => setAsking(false)}
        >
          <p>Your channel goes offline immediately. If your encoder keeps sending, it starts a new stream.</p>
          <p>Stop streaming in your encoder as well: many encoders reconnect automatically.</p>
        </Confirm>
      )}
    </section>
  );
}

function StatusText({ state, shown, now }: { state: StudioState; shown: ShownStatus; now: number }) {
  const { broadcast, link } = state;
  switch (shown) {
    case "LIVE":
      return broadcast.startedAt === null ? (
        <>Live</>
      ) : (
        <>
          Live for{" "}
          <span class="figures" data-testid="uptime">
            {duration(now - broadcast.startedAt)}
          </span>
        </>
      );
    case "RECONNECTING":
      if (isWaitingForKeyFrame(broadcast)) return <>{broadcast.reasonText}</>;
      return (
        <>
          <span data-testid="interruption">{interruption(broadcast)}</span> Waiting
          {broadcast.until === null ? (
            " for it to reconnect."
          ) : (
            <>
              {" "}
              <span class="figures" data-testid="reconnect-countdown">
                {secondsLeft(broadcast.until, now)}
              </span>{" "}
              s for it to reconnect.
            </>
          )}
        </>
      );
    case "UNKNOWN":
      return (
        <>
          Last known: {broadcast.status}
          {link.phase === "lost" && `, ${ago(now - link.since)}`}.
        </>
      );
    case "OFFLINE":
      return broadcast.reasonText === null ? (
        <>You are offline.</>
      ) : (
        <>
          <span data-testid="end-reason">{broadcast.reasonText}</span>
          {broadcast.endedAt !== null && !isWaitingForKeyFrame(broadcast) && (
            <>
              {" "}
              Ended on <Moment at={broadcast.endedAt} />.
            </>
          )}
          {broadcast.action !== null && <span data-testid="end-action"> {broadcast.action}</span>}
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
