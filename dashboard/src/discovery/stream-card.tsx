import type { LiveStream } from "../public-api";
import { count, shortDuration } from "../ui/format";
import { useNow } from "../ui/hooks";
import { ViewerIcon } from "../ui/viewer-icon";
import { t } from "../words/discovery";
import { Thumbnail } from "./thumbnail";

const SHOWN_TAGS = 3;

interface StreamCardProps {
  readonly stream: LiveStream;
  readonly onTag: (tag: string) => void;
}

export function StreamCard({ stream, onTag }: StreamCardProps) {
  const now = useNow(true, 30_000);
  const title = stream.title || t.untitled;
  const startedAt = stream.live ? Date.parse(stream.live.started_at) : null;
  return (
    <li class="stream-card" data-testid="stream-card" data-channel={stream.channel_id}>
      <a class="stream-link" href={`/watch/${stream.channel_id}`}>
        <div class="thumb">
          <Thumbnail url={stream.playback.thumbnail_url} />
          <span class="badge badge-live">
            <span class="dot" aria-hidden="true" />
            {t.live}
          </span>
          {typeof stream.viewers === "number" && (
            <span class="badge badge-viewers" data-testid="card-viewers">
              <ViewerIcon name="viewers" />
              {count(stream.viewers)}
              <span class="sr-only"> {t.watching}</span>
            </span>
          )}
        </div>
        <h2 class="stream-title">{title}</h2>
      </a>
      <p class="stream-facts">
        {[
          stream.display_name,
          stream.category,
          startedAt !== null && now - startedAt >= 60_000 ? shortDuration(now - startedAt) : "",
        ]
          .filter(Boolean)
          .join(" · ")}
      </p>
      {stream.tags.length > 0 && (
        <p class="tags">
          {stream.tags.slice(0, SHOWN_TAGS).map((tag) => (
            <button key={tag} type="button" class="tag" onClick={() => onTag(tag)}>
              #{tag}
            </button>
          ))}
        </p>
      )}
    </li>
  );
}
