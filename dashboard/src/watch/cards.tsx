import type { ComponentChildren } from "preact";
import type { Recording } from "../public-api";
import { shortDuration } from "../ui/format";
import { Moment } from "../ui/moment";
import { ViewerIcon } from "../ui/viewer-icon";
import { t } from "../words/watch";
import { type Watched, watchUrl } from "./address";
import type { Watching } from "./use-watch";

/** What stands in the picture's place; null while there is a picture, or will be in a moment. */
export function cardOf({ watched, state, handle, recordings, recordingGone, recording }: Watching): ComponentChildren {
  const { phase } = handle.view;
  if (state.problem === "not-found") {
    return (
      <Card title={t.noChannel} testid="not-found">
        <p>{t.noChannelHint}</p>
        <a class="stage-link" href="/">
          {t.seeLive}
        </a>
      </Card>
    );
  }
  if (state.problem === "expired") {
    return (
      <Card title={t.expired} testid="expired">
        <p>{t.expiredHint}</p>
      </Card>
    );
  }
  if (recordingGone) {
    return (
      <Card title={t.recordingGone} testid="recording-gone">
        <p>{t.recordingGoneHint}</p>
      </Card>
    );
  }
  if (phase === "unsupported") {
    return (
      <Card title={t.unsupported} testid="unsupported">
        <p>{t.unsupportedHint}</p>
      </Card>
    );
  }
  if (recording) {
    return null;
  }
  if (state.problem === "unreachable" && state.channel === null) {
    return (
      <Card title={t.unreachable} testid="unreachable">
        <p>{t.unreachableHint}</p>
      </Card>
    );
  }
  const shown = phase === "playing" || phase === "blocked";
  if (state.status === "OFFLINE" && !shown) {
    return <Offline watched={watched} state={state} last={recordings[0] ?? null} />;
  }
  return null;
}

/** What is said above the picture. */
export function noticeOf({ state, handle }: Watching): string | null {
  const { phase } = handle.view;
  if (state.status === "RECONNECTING") return t.interrupted;
  return state.status === "LIVE" && phase === "waiting" ? t.starting : null;
}

function Offline({ watched, state, last }: Pick<Watching, "watched" | "state"> & { readonly last: Recording | null }) {
  const next = state.channel?.upcoming?.find((one) => Date.parse(one.ends_at) > Date.now());
  const name = state.channel?.display_name || state.channel?.title || t.thisChannel;
  return (
    <Card title={state.ended ? t.hasEnded : t.isOffline(name)} testid={state.ended ? "ended" : "offline"}>
      {next && (
        <p data-testid="next-broadcast">
          {t.nextPlanned(<strong>{next.title}</strong>, <Moment at={Date.parse(next.starts_at)} />)}
        </p>
      )}
      <p>{t.nextPlaysHere}</p>
      {last && (
        <a
          class="stage-link"
          href={watchUrl(watched.channelId, last.stream_id, watched.token)}
          data-testid="last-stream"
        >
          <ViewerIcon name="play" />
          {t.watchLast(last.duration_ms === null ? null : shortDuration(last.duration_ms))}
        </a>
      )}
    </Card>
  );
}

function Card({ title, testid, children }: { title: string; testid: string; children: ComponentChildren }) {
  return (
    <div class="card-text" role="status" data-testid={testid}>
      <h2>{title}</h2>
      {children}
    </div>
  );
}

export function RecordingCard({ watched, recording }: { readonly watched: Watched; readonly recording: Recording }) {
  return (
    <li class="stream-card" data-testid="recording">
      <a class="stream-link" href={watchUrl(watched.channelId, recording.stream_id, watched.token)}>
        <div class="thumb">
          {recording.poster_url ? (
            <img src={recording.poster_url} alt="" loading="lazy" width="640" height="360" />
          ) : (
            <span class="thumb-none">
              <ViewerIcon name="play" />
            </span>
          )}
          {recording.duration_ms !== null && (
            <span class="badge badge-time">{shortDuration(recording.duration_ms)}</span>
          )}
        </div>
        <h3 class="stream-title">{recording.title || t.untitled}</h3>
      </a>
      <p class="stream-facts">
        <Moment at={Date.parse(recording.started_at)} />
      </p>
    </li>
  );
}
