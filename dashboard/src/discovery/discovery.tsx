import { useState } from "preact/hooks";
import type { Config } from "../config";
import type { PublicApi, Search } from "../public-api";
import { Icon } from "../ui/icon";
import { SiteHeader } from "../ui/site-header";
import { ViewerIcon } from "../ui/viewer-icon";
import { StreamCard } from "./stream-card";
import { useLive } from "./use-live";

interface DiscoveryProps {
  readonly api: PublicApi;
  readonly demo: Config["demo"];
  /** The address has no page: say so, above what is live. */
  readonly lost: boolean;
}

/** What is live now, for visitors; the search is part of the address, so that it can be shared. */
export function Discovery({ api, demo, lost }: DiscoveryProps) {
  const [search, setSearch] = useState(searchInAddress);
  const live = useLive(api, search);
  const refine = (changes: Partial<Search>) => {
    const next = { ...search, ...changes };
    history.replaceState(null, "", addressOf(next));
    setSearch(next);
  };
  const filtered = search.q !== "" || search.category !== "" || search.tag !== "";
  const categories = [...new Set(live.streams.map((stream) => stream.category).filter(Boolean))].sort();
  const chips = search.category && !categories.includes(search.category) ? [search.category] : categories;

  return (
    <div class="page">
      <SiteHeader>
        <search class="site-search">
          <ViewerIcon name="search" />
          <input
            class="input"
            type="search"
            placeholder="Search live streams"
            aria-label="Search live streams"
            maxLength={100}
            value={search.q}
            data-testid="search"
            onInput={(event) => refine({ q: event.currentTarget.value })}
          />
        </search>
      </SiteHeader>
      <main class="main" id="main">
        {lost && (
          <p class="notice notice-quiet" role="status" data-testid="no-such-page">
            There is no page at this address. Here is what is live.
          </p>
        )}
        <div class="section-head">
          <h1>Live now</h1>
          {(chips.length > 1 || search.category || search.tag) && (
            <div class="chips" role="group" aria-label="Filter">
              {search.tag && (
                <button type="button" class="chip" aria-pressed="true" onClick={() => refine({ tag: "" })}>
                  #{search.tag}
                  <Icon name="close" />
                  <span class="sr-only">, remove this filter</span>
                </button>
              )}
              {chips.map((category) => (
                <button
                  key={category}
                  type="button"
                  class="chip"
                  data-testid="category"
                  aria-pressed={search.category === category}
                  onClick={() => refine({ category: search.category === category ? "" : category })}
                >
                  {category}
                </button>
              ))}
            </div>
          )}
        </div>
        {live.problem !== null && (
          <div class="notice notice-danger" role="alert" data-testid="live-error">
            <Icon name="warning" />
            <p class="notice-body">{live.problem}</p>
            <button type="button" class="button small" onClick={live.reload}>
              Try again
            </button>
          </div>
        )}
        <p class="sr-only" role="status">
          {live.loaded ? `${live.streams.length} live` : "Loading…"}
        </p>
        {live.streams.length > 0 ? (
          <ul class="grid" data-testid="live-list">
            {live.streams.map((stream) => (
              <StreamCard key={stream.channel_id} stream={stream} onTag={(tag) => refine({ tag })} />
            ))}
          </ul>
        ) : live.loaded ? (
          <Nobody filtered={filtered} demo={demo !== null} onClear={() => refine({ q: "", category: "", tag: "" })} />
        ) : (
          live.problem === null && <Skeletons />
        )}
        {live.more && (
          <button type="button" class="button show-more" data-testid="show-more" onClick={live.loadMore}>
            Show more
          </button>
        )}
      </main>
    </div>
  );
}

function Nobody({ filtered, demo, onClear }: { filtered: boolean; demo: boolean; onClear: () => void }) {
  if (filtered) {
    return (
      <section class="card empty" data-testid="nothing-found">
        <h2>No live stream matches</h2>
        <p class="muted">Search looks at titles, descriptions, tags and names of what is live now.</p>
        <button type="button" class="button" onClick={onClear}>
          Show everything that is live
        </button>
      </section>
    );
  }
  return (
    <section class="card empty" data-testid="nobody-live">
      <ViewerIcon name="live" />
      <h2>Nobody is live right now</h2>
      <p class="muted">This page updates by itself: streams appear here within seconds of their start.</p>
      {demo && (
        <p class="muted">
          On this machine, <kbd>make demo</kbd> streams a test card.
        </p>
      )}
      <a class="button primary" href="/studio">
        Go live from your studio
      </a>
    </section>
  );
}

function Skeletons() {
  return (
    <div class="grid" aria-hidden="true">
      {[1, 2, 3].map((each) => (
        <div key={each} class="thumb skeleton" />
      ))}
    </div>
  );
}

function searchInAddress(): Search {
  const query = new URLSearchParams(location.search);
  return { q: query.get("q") ?? "", category: query.get("category") ?? "", tag: query.get("tag") ?? "" };
}

function addressOf(search: Search): string {
  const query = new URLSearchParams(Object.entries(search).filter(([, value]) => value !== ""));
  return query.size > 0 ? `/?${query}` : "/";
}
