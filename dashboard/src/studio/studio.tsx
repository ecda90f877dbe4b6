import { useEffect, useState } from "preact/hooks";
import type { Session } from "../auth/session";
import type { Config } from "../config";
import { LanguageSwitch } from "../i18n/language-switch";
import { SchedulePanel } from "../schedule/schedule-panel";
import { Confirm } from "../ui/confirm";
import { sentence } from "../ui/format";
import { useNow } from "../ui/hooks";
import { t as common } from "../words/common";
import { t } from "../words/studio";
import { CHANNEL_CLOSED, ClosedNotice, closureNow } from "./closed";
import { ConnectPanel } from "./connect-panel";
import { DetailsForm } from "./details-form";
import { useKeys } from "./keys/use-keys";
import { KeysPanel } from "./keys-panel";
import { LinkBanner, LinkMark } from "./link";
import { RecordingsPanel } from "./recordings-panel";
import { RefusalNotice } from "./refusal";
import { RefusalsPanel } from "./refusals-panel";
import { SharePanel } from "./share-panel";
import { StatusPanel } from "./status-panel";
import { shownStatus, tabTitle } from "./status-words";
import { StudioHeader } from "./studio-header";
import { useAlerts } from "./use-alerts";
import { useStudio } from "./use-studio";
import { WaitingNotice } from "./waiting";

interface StudioProps {
  readonly config: Config;
  readonly session: Session;
  readonly onSignedOut: (notice: string | null) => void;
}

/** The broadcaster's page: stream status on top, encoder settings and channel details below. */
export function Studio({ config, session, onSignedOut }: StudioProps) {
  const { state, dispatch, api, loadProblem, reload, retryNow } = useStudio(config, session, onSignedOut);
  const { channel, stream } = state;
  const keys = useKeys(api, `${stream.streamId} ${stream.status} ${channel?.version} ${channel?.key?.key_id}`);
  const alerts = useAlerts(state);
  // Of the details: edited and not saved; and asking whether to sign out though they are.
  const [dirty, setDirty] = useState(false);
  const [leaving, setLeaving] = useState(false);
  const status = channel && shownStatus(state);
  const now = useNow(channel?.closed != null);
  const closed = channel && status === "OFFLINE" ? closureNow(channel, now) : null;

  const title = tabTitle(status, state.refusal !== null, state.stream.live?.test === true);
  useEffect(() => {
    document.title = title;
    return () => {
      document.title = "stream-sync";
    };
  }, [title]);

  return (
    <div class="page" data-testid="studio">
      <StudioHeader
        email={session.email}
        page="studio"
        onSignOut={() => (dirty ? setLeaving(true) : onSignedOut(null))}
      >
        <LinkMark link={state.link} />
      </StudioHeader>
      <main class="main" id="main" tabIndex={-1}>
        <h1 class="sr-only">{t.studio}</h1>
        <LinkBanner link={state.link} onRetry={retryNow} />
        <WaitingNotice waiting={state.waiting} />
        {closed && (
          <ClosedNotice
            closed={closed}
            refusal={state.refusal?.code === CHANNEL_CLOSED ? state.refusal : null}
            api={api}
            onAllowed={(opened) => {
              dispatch({ kind: "details-saved", details: opened });
              if (state.refusal?.code === CHANNEL_CLOSED) dispatch({ kind: "refusal-dismissed" });
              // The button that had the focus is gone.
              document.getElementById("main")?.focus();
            }}
          />
        )}
        {state.refusal && !(closed && state.refusal.code === CHANNEL_CLOSED) && (
          <RefusalNotice
            refusal={state.refusal}
            onDismiss={() => {
              dispatch({ kind: "refusal-dismissed" });
              // The button that had the focus is gone.
              document.getElementById("main")?.focus();
            }}
          />
        )}
        {channel ? (
          <>
            {status && (
              <StatusPanel
                state={state}
                shown={status}
                title={channel.title}
                api={api}
                alerts={alerts}
                closed={closed !== null}
                onTestDismissed={() => {
                  dispatch({ kind: "test-dismissed" });
                  // The button that had the focus is gone.
                  document.getElementById("main")?.focus();
                }}
              />
            )}
            <SharePanel channel={channel} stream={state.stream} api={api} />
            <div class="columns">
              <ConnectPanel
                channel={channel}
                running={state.stream.status !== "OFFLINE"}
                api={api}
                onKeyRead={(credentials) => dispatch({ kind: "key-read", credentials })}
              />
              <DetailsForm
                details={channel}
                api={api}
                onSaved={(details) => dispatch({ kind: "details-saved", details })}
                onDirty={setDirty}
              />
            </div>
            <SchedulePanel api={api} channel={channel} handle={keys} apiUrl={config.apiUrl} />
            <RecordingsPanel
              api={api}
              streamId={state.stream.status === "OFFLINE" ? null : state.stream.streamId}
              visibility={channel.visibility}
            />
            <KeysPanel
              api={api}
              channel={channel}
              handle={keys}
              onSaved={(details) => dispatch({ kind: "details-saved", details })}
            />
            <RefusalsPanel api={api} newest={state.refusal?.serverAt ?? null} />
          </>
        ) : loadProblem ? (
          <section class="card" data-testid="load-error">
            <h2>{t.loadFailed}</h2>
            <p role="alert">
              {sentence(loadProblem.detail)} {sentence(loadProblem.action)}
            </p>
            <button type="button" class="button primary" onClick={reload}>
              {common.tryAgain}
            </button>
          </section>
        ) : (
          <Skeleton />
        )}
      </main>
      <LanguageSwitch />
      {leaving && (
        <Confirm
          title={t.leaveTitle}
          confirmLabel={t.leave}
          busyLabel={t.leave}
          onConfirm={async () => onSignedOut(null)}
          onClose={() => setLeaving(false)}
        >
          <p>{t.leaveText}</p>
        </Confirm>
      )}
    </div>
  );
}

function Skeleton() {
  return (
    <div class="skeletons" aria-busy="true" data-testid="loading">
      <p class="sr-only" role="status">
        {t.loading}
      </p>
      <div class="card skeleton skeleton-tall" />
      <div class="columns">
        <div class="card skeleton skeleton-tall" />
        <div class="card skeleton skeleton-tall" />
      </div>
    </div>
  );
}
