import { useState } from "preact/hooks";
import type { Config } from "../config";
import { LanguageSwitch } from "../i18n/language-switch";
import type { PublicApi, Search } from "../public-api";
import { Icon } from "../ui/icon";
import { SiteHeader } from "../ui/site-header";
import { ViewerIcon } from "../ui/viewer-icon";
import { t as common } from "../words/common";
import { t } from "../words/discovery";
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
            placeholder={t.search}
            aria-label={t.search}
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
            {t.noSuchPage}
          </p>
        )}
        <div class="section-head">
          <h1>{t.title}</h1>
          {(chips.length > 1 || search.category || search.tag) && (
            <div class="chips" role="group" aria-label={t.filter}>
              {search.tag && (
                <button type="button" class="chip" aria-pressed="true" onClick={() => refine({ tag: "" })}>
                  #{search.tag}
                  <Icon name="close" />
                  <span class="sr-only">{t.removeFilter}</span>
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
              {common.tryAgain}
            </button>
          </div>
        )}
        <p class="sr-only" role="status">
          {live.loaded ? t.liveCount(live.streams.length) : t.loading}
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
            {t.showMore}
          </button>
        )}
      </main>
      <LanguageSwitch />
    </div>
  );
}

function Nobody({ filtered, demo, onClear }: { filtered: boolean; demo: boolean; onClear: () => void }) {
  if (filtered) {
    return (
      <section class="card empty" data-testid="nothing-found">
        <h2>{t.noMatch}</h2>
        <p class="muted">{t.noMatchHint}</p>
        <button type="button" class="button" onClick={onClear}>
          {t.showAll}
        </button>
      </section>
    );
  }
  return (
    <section class="card empty" data-testid="nobody-live">
      <ViewerIcon name="live" />
      <h2>{t.nobody}</h2>
      <p class="muted">{t.nobodyHint}</p>
      {demo && <p class="muted">{t.demo(<kbd>make demo</kbd>)}</p>}
      <a class="button primary" href="/studio">
        {t.goLive}
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
