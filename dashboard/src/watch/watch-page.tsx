import { useEffect, useState } from "preact/hooks";
import type { Config } from "../config";
import { LanguageSwitch } from "../i18n/language-switch";
import type { PublicApi } from "../public-api";
import { count, duration, oneDigit } from "../ui/format";
import { useNow } from "../ui/hooks";
import { Moment } from "../ui/moment";
import { SiteHeader } from "../ui/site-header";
import { ViewerIcon } from "../ui/viewer-icon";
import { t } from "../words/watch";
import { type Watched, watchUrl } from "./address";
import { cardOf, noticeOf, RecordingCard } from "./cards";
import { Share } from "./share";
import { Stage } from "./stage";
import { useWatch, type Watching } from "./use-watch";

const LATENCY_KEY = "stream-sync.latency";

interface WatchPageProps {
  readonly config: Config;
  readonly api: PublicApi;
  readonly watched: Watched;
}

/** A channel for its viewers: the player, what is on, how to share it, and past streams. */
export function WatchPage({ config, api, watched }: WatchPageProps) {
  const [lowLatency, setLowLatency] = useState(() => localStorage.getItem(LATENCY_KEY) !== "normal");
  const watching = useWatch(config, api, watched, lowLatency);
  const { state, handle, recordings, recording } = watching;
  const { channel } = state;
  const title = recording?.title || channel?.title || t.untitled;
  const isLive = watched.streamId === null && (state.status === "LIVE" || state.status === "RECONNECTING");
  const others = recordings.filter((one) => one.stream_id !== watched.streamId);

  useEffect(() => {
    if (channel) document.title = `${isLive ? "● " : ""}${title} · stream-sync`;
  }, [channel, title, isLive]);

  return (
    <div class="page" data-testid="watch" data-status={state.status ?? ""}>
      <SiteHeader />
      <main class="main watch-main" id="main">
        <Stage
          handle={handle}
          live={watched.streamId === null}
          title={title}
          poster={recording?.poster_url ?? channel?.playback.thumbnail_url ?? null}
          card={cardOf(watching)}
          notice={watched.streamId === null ? noticeOf(watching) : null}
        />
        {channel && (
          <section class="about" aria-labelledby="title">
            <div class="about-head">
              <div class="about-lines">
                <h1 id="title" data-testid="title">
                  {title}
                </h1>
                <p class="about-facts">
                  {channel.display_name && <strong data-testid="broadcaster">{channel.display_name}</strong>}
                  {watched.streamId === null ? (
                    <LiveFacts watching={watching} />
                  ) : (
                    recording && <span>{t.pastStreamOf(<Moment at={Date.parse(recording.started_at)} />)}</span>
                  )}
                </p>
              </div>
              <div class="about-actions">
                {recording?.download_url && (
                  <a class="button" href={recording.download_url} download data-testid="download">
                    <ViewerIcon name="download" />
                    {t.download}
                  </a>
                )}
                {watched.streamId !== null && (
                  <a class="button" href={watchUrl(channel.channel_id, null, watched.token)} data-testid="to-channel">
                    {state.status === "LIVE" ? t.watchLive : t.toChannel}
                  </a>
                )}
                {watched.token === null && (
                  <Share channelId={channel.channel_id} streamId={watched.streamId} title={title} />
                )}
              </div>
            </div>
            {isLive && (
              <Connection
                watching={watching}
                lowLatency={lowLatency}
                onChoose={(low) => {
                  localStorage.setItem(LATENCY_KEY, low ? "low" : "normal");
                  setLowLatency(low);
                }}
              />
            )}
            {(channel.category || channel.tags.length > 0) && (
              <p class="tags">
                {channel.category && (
                  <a class="tag" href={`/?category=${encodeURIComponent(channel.category)}`} data-testid="category">
                    {channel.category}
                  </a>
                )}
                {channel.tags.map((tag) => (
                  <a key={tag} class="tag" href={`/?tag=${encodeURIComponent(tag)}`}>
                    #{tag}
                  </a>
                ))}
              </p>
            )}
            {channel.description && (
              <p class="description" data-testid="description">
                {channel.description}
              </p>
            )}
          </section>
        )}
        {channel && others.length > 0 && (
          <section class="past" aria-labelledby="past">
            <h2 id="past">{t.pastStreams}</h2>
            <ul class="grid">
              {others.map((one) => (
                <RecordingCard key={one.stream_id} watched={watched} recording={one} />
              ))}
            </ul>
          </section>
        )}
      </main>
      <LanguageSwitch />
    </div>
  );
}

function LiveFacts({ watching: { state } }: { watching: Watching }) {
  const now = useNow(state.startedAt !== null);
  if (state.status === null) return null;
  if (state.status === "OFFLINE") return <span class="mark mark-offline">{t.offlineBadge}</span>;
  return (
    <>
      <span class="mark mark-live" data-testid="live-badge">
        <span class="dot" aria-hidden="true" />
        {t.liveBadge}
      </span>
      {state.viewers !== null && <span data-testid="viewers">{t.viewers(state.viewers, count(state.viewers))}</span>}
      {state.startedAt !== null && <span class="figures">{duration(now - state.startedAt)}</span>}
    </>
  );
}

interface ConnectionProps {
  readonly watching: Watching;
  readonly lowLatency: boolean;
  readonly onChoose: (low: boolean) => void;
}

/** How the stream arrives here, and the choice between close to live and steady. */
function Connection({ watching: { handle }, lowLatency, onChoose }: ConnectionProps) {
  const { latency, stalls, phase } = handle.view;
  return (
    <div class="connection">
      <label class="connection-choice">
        <span>{t.latency}</span>
        <select
          class="input"
          value={lowLatency ? "low" : "normal"}
          data-testid="latency-choice"
          onChange={(event) => onChoose(event.currentTarget.value === "low")}
        >
          <option value="low">{t.lowLatency}</option>
          <option value="normal">{t.normalLatency}</option>
        </select>
      </label>
      {phase === "playing" && (
        <p class="figures" data-testid="connection" data-stalls={stalls} data-latency={latency ?? ""}>
          {latency !== null && `${t.behind(oneDigit(latency))} · `}
          {stalls === 0 ? t.connectionGood : t.stalls(stalls)}
          {stalls > 1 && lowLatency && `: ${t.tryNormal}`}
        </p>
      )}
    </div>
  );
}
