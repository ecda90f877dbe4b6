import type { ActiveStream } from "../contract";
import { Thumbnail } from "../discovery/thumbnail";
import { count, kbps, shortDuration } from "../ui/format";
import { ViewerIcon } from "../ui/viewer-icon";
import { Facts } from "./parts";
import { links } from "./route";
import { OVERALL } from "./words";

/** One stream of the wall. */
export function WallStream({ stream, onEnd }: { stream: ActiveStream; onEnd: () => void }) {
  const { health, technical } = stream;
  const title = stream.title || "Untitled stream";
  return (
    <li class="stream-card" data-testid="wall-stream" data-stream={stream.id} data-status={stream.status}>
      <a class="stream-link" href={links.stream(stream.id)}>
        <div class="thumb">
          <Thumbnail url={stream.playback.thumbnail_url} />
          <span class={stream.status === "LIVE" ? "badge badge-live" : "badge badge-wait"}>
            <span class="dot" aria-hidden="true" />
            {stream.status}
          </span>
          {typeof stream.viewers === "number" && (
            <span class="badge badge-viewers" data-testid="wall-viewers">
              <ViewerIcon name="viewers" />
              {count(stream.viewers)}
              <span class="sr-only"> watching</span>
            </span>
          )}
        </div>
        <h2 class="stream-title">{title}</h2>
      </a>
      <p>
        <a href={links.person(stream.channel_id)} data-testid="wall-person">
          {stream.broadcaster.display_name || stream.channel_id}
        </a>
      </p>
      <Facts>
        {[
          technical.bitrate_kbps != null && `${kbps(technical.bitrate_kbps)} kb/s`,
          technical.width && technical.height && `${technical.width} × ${technical.height}`,
          stream.duration_s !== null && shortDuration(stream.duration_s * 1000),
          <a key="node" href={links.nodes}>
            {stream.node_id}
          </a>,
          stream.visibility !== "public" && stream.visibility,
          stream.test && "test",
        ]}
      </Facts>
      <div class="wall-foot">
        {health && (
          <span class={`health-overall health-${health.overall}`} data-testid="wall-health">
            {OVERALL[health.overall]}
            {health.findings[0] && `: ${health.findings[0].title}`}
          </span>
        )}
        <button type="button" class="button small danger-quiet" data-testid="end-stream" onClick={onEnd}>
          End<span class="sr-only"> {title}</span>
        </button>
      </div>
    </li>
  );
}
