import type { ComponentChildren } from "preact";
import type { Recording } from "../public-api";
import { shortDuration } from "../ui/format";
import { Moment } from "../ui/moment";
import { ViewerIcon } from "../ui/viewer-icon";
import { type Watched, watchUrl } from "./address";
import type { Watching } from "./use-watch";

const INTERRUPTED = "The broadcaster's connection was interrupted. The stream goes on here as soon as it is back.";
const STARTING = "The stream is starting…";

/** What stands in the picture's place; null while there is a picture, or will be in a moment. */
export function cardOf({ watched, state, handle, recordings, recordingGone, recording }: Watching): ComponentChildren {
  const { phase } = handle.view;
  if (state.problem === "not-found") {
    return (
      <Card title="There is no such channel" testid="not-found">
        <p>It may be private, or the address may be incomplete.</p>
        <a class="stage-link" href="/">
          See what is live
        </a>
      </Card>
    );
  }
  if (state.problem === "expired") {
    return (
      <Card title="This link has expired" testid="expired">
        <p>The channel is private. Ask its broadcaster for a new link.</p>
      </Card>
    );
  }
  if (recordingGone) {
    return (
      <Card title="This stream can't be watched" testid="recording-gone">
        <p>It was not recorded, or its recording was deleted.</p>
      </Card>
    );
  }
  if (phase === "unsupported") {
    return (
      <Card title="This browser can't play the stream" testid="unsupported">
        <p>Any current browser can.</p>
      </Card>
    );
  }
  if (recording) {
    return null;
  }
  if (state.problem === "unreachable" && state.channel === null) {
    return (
      <Card title="The server can't be reached" testid="unreachable">
        <p>This page tries again by itself.</p>
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
  if (state.status === "RECONNECTING") return INTERRUPTED;
  return state.status === "LIVE" && phase === "waiting" ? STARTING : null;
}

function Offline({ watched, state, last }: Pick<Watching, "watched" | "state"> & { readonly last: Recording | null }) {
  const name = state.channel?.display_name || state.channel?.title || "This channel";
  return (
    <Card
      title={state.ended ? "The stream has ended" : `${name} is offline`}
      testid={state.ended ? "ended" : "offline"}
    >
      <p>When the next one starts, it plays here by itself.</p>
      {last && (
        <a
          class="stage-link"
          href={watchUrl(watched.channelId, last.stream_id, watched.token)}
          data-testid="last-stream"
        >
          <ViewerIcon name="play" />
          Watch the last stream
          {last.duration_ms !== null && ` (${shortDuration(last.duration_ms)})`}
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
        <h3 class="stream-title">{recording.title || "Untitled stream"}</h3>
      </a>
      <p class="stream-facts">
        <Moment at={Date.parse(recording.started_at)} />
      </p>
    </li>
  );
}
