import type { Config } from "../config";
import type { PublicApi } from "../public-api";
import { Wordmark } from "../ui/icon";
import { t } from "../words/watch";
import { type Watched, watchUrl } from "./address";
import { cardOf, noticeOf } from "./cards";
import { Stage } from "./stage";
import { useWatch } from "./use-watch";

interface EmbedPageProps {
  readonly config: Config;
  readonly api: PublicApi;
  readonly watched: Watched;
}

/** The player alone, for the pages of others. */
export function EmbedPage({ config, api, watched }: EmbedPageProps) {
  const watching = useWatch(config, api, watched, true);
  const { state, handle } = watching;
  const title = state.channel?.title || t.liveStream;
  return (
    <main class="embed" data-testid="embed" data-status={state.status ?? ""}>
      <h1 class="sr-only">{title}</h1>
      <Stage
        handle={handle}
        live
        title={title}
        poster={state.channel?.playback.thumbnail_url ?? null}
        card={cardOf(watching)}
        notice={noticeOf(watching)}
      />
      {state.channel && (
        <a
          class="embed-home"
          href={watchUrl(state.channel.channel_id)}
          target="_blank"
          rel="noopener"
          aria-label={t.watchOnSite(title)}
        >
          <Wordmark />
        </a>
      )}
    </main>
  );
}
