import type { ActiveStream } from "../contract";
import { Thumbnail } from "../discovery/thumbnail";
import { bitrate, count, shortDuration } from "../ui/format";
import { ViewerIcon } from "../ui/viewer-icon";
import { t as codes } from "../words/admin/codes";
import { t as admin } from "../words/admin/frame";
import { t } from "../words/admin/streams";
import { told } from "../words/server";
import { Facts } from "./parts";
import { links } from "./route";

/** One stream of the wall. */
export function WallStream({ stream, onEnd }: { stream: ActiveStream; onEnd: () => void }) {
  const { health, technical } = stream;
  const title = stream.title || admin.untitled;
  return (
    <li class="stream-card" data-testid="wall-stream" data-stream={stream.id} data-status={stream.status}>
      <a class="stream-link" href={links.stream(stream.id)}>
        <div class="thumb">
          <Thumbnail url={stream.playback.thumbnail_url} />
          <span class={stream.status === "LIVE" ? "badge badge-live" : "badge badge-wait"}>
            <span class="dot" aria-hidden="true" />
            {t.badge[stream.status]}
          </span>
          {typeof stream.viewers === "number" && (
            <span class="badge badge-viewers" data-testid="wall-viewers">
              <ViewerIcon name="viewers" />
              {count(stream.viewers)}
              <span class="sr-only"> {t.watching}</span>
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
          technical.bitrate_kbps != null && bitrate(technical.bitrate_kbps),
          technical.width && technical.height && `${technical.width} × ${technical.height}`,
          stream.duration_s !== null && shortDuration(stream.duration_s * 1000),
          <a key="node" href={links.nodes}>
            {stream.node_id}
          </a>,
          stream.visibility !== "public" && codes.visibility[stream.visibility],
          stream.test && t.test,
        ]}
      </Facts>
      <div class="wall-foot">
        {health && (
          <span class={`health-overall health-${health.overall}`} data-testid="wall-health">
            {codes.health[health.overall]}
            {health.findings[0] && `: ${told(health.findings[0].title)}`}
          </span>
        )}
        <button type="button" class="button small danger-quiet" data-testid="end-stream" onClick={onEnd}>
          {t.end}
          <span class="sr-only"> {title}</span>
        </button>
      </div>
    </li>
  );
}
