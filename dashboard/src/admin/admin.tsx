import type { VNode } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { withWords } from "../i18n/catalogue";
import { LanguageSwitch } from "../i18n/language-switch";
import type { SignedIn } from "../sign-in/gate";
import { Wordmark } from "../ui/icon";
import { ViewerIcon } from "../ui/viewer-icon";
import { t } from "../words/admin/frame";
import { t as common } from "../words/common";
import { AdminApi } from "./admin-api";
import { NotAllowed } from "./not-allowed";
import { Heading } from "./parts";
import { type AdminRoute, links, searchable } from "./route";
import { useRoute } from "./use-route";

export interface PageProps {
  readonly api: AdminApi;
  readonly route: AdminRoute;
}

type PageComponent = (props: PageProps) => VNode;
type PageModule = { readonly default: PageComponent };

/** Each page is a chunk of its own, loaded when it is first looked at. */
const PAGES: Readonly<Record<AdminRoute["page"], (() => Promise<PageModule>) | null>> = {
  live: () => import("./wall"),
  search: () => import("./search-page"),
  person: () => import("./person-page"),
  stream: () => import("./stream-page"),
  refusals: () => import("./refusals-page"),
  nodes: () => import("./nodes-page"),
  webhooks: () => import("./webhooks-page"),
  webhook: () => import("./webhook-page"),
  audit: () => import("./audit-page"),
  none: null,
};

const NAVIGATION = [
  ["live", links.live],
  ["refusals", links.refusals],
  ["nodes", links.nodes],
  ["webhooks", links.webhooks],
  ["audit", links.audit],
] as const;

/** The administrators' pages: a bar with a search for everything, and one page below it. */
export function Admin({ config, session, onSignedOut }: SignedIn) {
  const [route, go] = useRoute();
  const api = useMemo(
    () => new AdminApi(config.apiUrl, session, () => onSignedOut(t.sessionEnded)),
    // The callback is a new one with every render, and does the same.
    [config, session],
  );
  return (
    <div class="page" data-testid="admin">
      <header class="topbar">
        <div class="topbar-inner admin-bar">
          <a class="home-link" href={links.live} aria-label={common.homeLabel}>
            <Wordmark />
          </a>
          <SearchBox key={route.page === "search" ? route.q : ""} route={route} onSearch={(q) => go(links.search(q))} />
          <span class="account" title={session.email}>
            {session.email}
          </span>
          <button type="button" class="button small" data-testid="sign-out" onClick={() => onSignedOut(null)}>
            {t.signOut}
          </button>
        </div>
        <nav class="admin-nav" aria-label={t.navigation} data-testid="admin-nav">
          {NAVIGATION.map(([page, address]) => (
            <a key={page} href={address} aria-current={isWithin(route, page) ? "page" : undefined}>
              {t.pages[page]}
            </a>
          ))}
        </nav>
      </header>
      <main class="main" id="main" tabIndex={-1}>
        <NotAllowed api={api} onSignOut={() => onSignedOut(null)}>
          <Page api={api} route={route} />
        </NotAllowed>
      </main>
      <LanguageSwitch />
    </div>
  );
}

function isWithin(route: AdminRoute, page: AdminRoute["page"]): boolean {
  return route.page === page || (page === "webhooks" && route.page === "webhook");
}

function SearchBox({ route, onSearch }: { route: AdminRoute; onSearch: (q: string) => void }) {
  const [text, setText] = useState(route.page === "search" ? route.q : "");
  return (
    <search class="site-search">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const q = searchable(text);
          if (q !== "") onSearch(q);
        }}
      >
        <ViewerIcon name="search" />
        <input
          class="input"
          type="search"
          placeholder={t.search}
          aria-label={t.searchLabel}
          maxLength={256}
          value={text}
          data-testid="admin-search"
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </form>
    </search>
  );
}

function Page({ api, route }: PageProps) {
  const [loaded, setLoaded] = useState<{ page: AdminRoute["page"]; component: PageComponent } | null>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    let wanted = true;
    setFailed(false);
    const load = PAGES[route.page];
    if (load === null) return;
    withWords(load).then(
      (module) => wanted && setLoaded({ page: route.page, component: module.default }),
      () => wanted && setFailed(true),
    );
    return () => {
      wanted = false;
    };
  }, [route.page]);

  if (route.page === "none") return <Heading>{t.noPage}</Heading>;
  if (failed) return <p role="alert">{t.pageNotLoaded}</p>;
  if (loaded?.page !== route.page) return <p class="muted">{t.loading}</p>;
  const Component = loaded.component;
  return <Component api={api} route={route} />;
}
