import { useRef, useState } from "preact/hooks";
import type { Api } from "../api";
import { measuresAreFresh, type StudioState } from "../realtime/state";
import { streamPath } from "../sessions/address";
import { Confirm } from "../ui/confirm";
import { ago, duration, secondsLeft } from "../ui/format";
import { useNow } from "../ui/hooks";
import { Icon } from "../ui/icon";
import { Moment } from "../ui/moment";
import { t } from "../words/status";
import { t as test } from "../words/test-mode";
import { AlertsPanel } from "./alerts-panel";
import { HealthLink, HealthPanel } from "./health-panel";
import { Measures } from "./measures";
import { StatusBar } from "./status-bar";
import {
  announcement,
  happened,
  interruption,
  isExplained,
  isWaitingForKeyFrame,
  type ShownStatus,
} from "./status-words";
import { LastTest, TestResult } from "./test-mode";
import type { Alerts } from "./use-alerts";

interface StatusPanelProps {
  readonly state: StudioState;
  readonly shown: ShownStatus;
  readonly title: string;
  readonly api: Api;
  readonly alerts: Alerts;
  /** Encoders are refused until they are allowed again. */
  readonly closed: boolean;
  readonly onTestDismissed: () => void;
}

export function StatusPanel({ state, shown, title, api, alerts, closed, onTestDismissed }: StatusPanelProps) {
  const { stream } = state;
  const running = stream.status !== "OFFLINE";
  const isTest = stream.live?.test === true;
  const now = useNow(running || shown === "UNKNOWN");
  // The stream that the user asked to end; the request is complete when that stream is over.
  const [ending, setEnding] = useState<string | null>(null);
  const [asking, setAsking] = useState(false);
  const pill = isTest && shown !== "UNKNOWN" ? test.pill : t.pill[shown];
  const head = useRef<HTMLDivElement>(null);
  const fresh = shown === "LIVE" && measuresAreFresh(state, now);
  const lastStreamId = stream.streamId ?? state.channel?.last_end?.stream_id;
  const isEnding = ending !== null && ending === stream.streamId;

  return (
    <section class={`card status-card status-${shown.toLowerCase()}`} aria-labelledby="status-heading">
      <h2 id="status-heading" class="sr-only">
        {t.heading}
      </h2>
      <p class="sr-only" role="status" aria-live="polite">
        {announcement(shown, stream)}
      </p>
      <StatusBar
        shown={shown}
        label={pill}
        isTest={isTest}
        title={title || t.untitled}
        bitrate={fresh ? (stream.live?.bitrate_kbps ?? null) : null}
        head={head}
      />
      <div class="status-head" ref={head}>
        <div class="status-lead">
          <span class="pill" data-testid="status" data-status={shown} data-test={isTest}>
            <span class="dot" aria-hidden="true" />
            {pill}
          </span>
          <div class="status-lines">
            <p class="status-title">{title || t.untitled}</p>
            <p class="status-text" data-testid="status-text">
              <StatusText state={state} shown={shown} now={now} />
            </p>
            {shown === "LIVE" && stream.live?.health && <HealthLink health={stream.live.health} />}
          </div>
        </div>
        {shown === "OFFLINE" && lastStreamId != null && (
          <a class="button" href={streamPath(lastStreamId)} data-testid="last-broadcast">
            {t.lastBroadcast}
          </a>
        )}
        {running && shown !== "UNKNOWN" && (
          <button
            type="button"
            class="button danger-quiet"
            data-testid="stop-stream"
            aria-disabled={isEnding}
            onClick={() => !isEnding && setAsking(true)}
          >
            <Icon name="stop" />
            {isEnding ? t.ending : t.endStream}
          </button>
        )}
      </div>
      {state.tested && <LastTest tested={state.tested} onDismiss={onTestDismissed} />}
      {running ? (
        <>
          <Measures
            api={api}
            live={stream.live}
            rows={state.rows}
            now={now}
            startedAt={stream.startedAt}
            fresh={fresh}
            happened={happened(stream)}
            isConnected={state.link.phase === "open"}
          />
          {stream.live?.test && <TestResult line={stream.live.line} fresh={fresh} />}
          {stream.live?.health && <HealthPanel health={stream.live.health} fresh={fresh} />}
        </>
      ) : (
        <FirstSteps closed={closed} />
      )}
      <AlertsPanel alerts={alerts} />
      {asking && (
        <Confirm
          title={t.endTitle}
          confirmLabel={t.endStream}
          busyLabel={t.ending}
          onConfirm={async () => {
            await api.stopStream();
            setEnding(stream.streamId);
          }}
          onClose={() => setAsking(false)}
        >
          <p>{t.endConsequence}</p>
          <p>{t.endEncoder}</p>
        </Confirm>
      )}
    </section>
  );
}

function StatusText({ state, shown, now }: { state: StudioState; shown: ShownStatus; now: number }) {
  const { stream, link } = state;
  switch (shown) {
    case "LIVE":
      if (stream.startedAt === null) return <>{t.live}</>;
      return (
        <>
          {(stream.live?.test ? test.runningFor : t.liveFor)(
            <span class="figures" data-testid="uptime">
              {duration(now - stream.startedAt)}
            </span>,
          )}
        </>
      );
    case "RECONNECTING":
      if (isExplained(stream)) return <>{stream.reasonText}</>;
      return (
        <>
          <span data-testid="interruption">{interruption(stream)}</span>{" "}
          {stream.until === null
            ? t.waitingToReconnect
            : t.waitingSeconds(
                <span class="figures" data-testid="reconnect-countdown">
                  {secondsLeft(stream.until, now)}
                </span>,
              )}
        </>
      );
    case "UNKNOWN":
      return <>{t.lastKnown(t.pill[stream.status], link.phase === "lost" ? ago(now - link.since) : null)}</>;
    case "OFFLINE":
      if (stream.reasonText === null) return <>{t.youAreOffline}</>;
      return (
        <>
          <span data-testid="end-reason">{stream.reasonText}</span>
          {stream.endedAt !== null && !isWaitingForKeyFrame(stream) && (
            <> {t.endedOn(<Moment at={stream.endedAt} />)}</>
          )}
          {stream.action !== null && <span data-testid="end-action"> {stream.action}</span>}
        </>
      );
  }
}

/** `closed`: a valid key is refused as well, and the notice above says why. */
function FirstSteps({ closed }: { closed: boolean }) {
  return (
    <>
      <ol class="steps" data-testid="first-steps">
        <li>
          <p>{t.stepCopy()}</p>
        </li>
        <li>
          <p>{t.stepPaste()}</p>
        </li>
        <li>
          <p>{t.stepStart()}</p>
        </li>
      </ol>
      {!closed && (
        <p class="steps-hint" data-testid="unauthorized-hint">
          {t.unauthorized}
        </p>
      )}
    </>
  );
}
