import type { VNode } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import type { SignedIn } from "../sign-in/gate";
import { Wordmark } from "../ui/icon";
import { ViewerIcon } from "../ui/viewer-icon";
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
  ["live", "Live", links.live],
  ["refusals", "Refusals", links.refusals],
  ["nodes", "Nodes", links.nodes],
  ["webhooks", "Webhooks", links.webhooks],
  ["audit", "Audit", links.audit],
] as const;

export const SESSION_ENDED = "Your session has ended. Please sign in again.";

/** The administrators' pages: a bar with a search for everything, and one page below it. */
export function Admin({ config, session, onSignedOut }: SignedIn) {
  const [route, go] = useRoute();
  const api = useMemo(
    () => new AdminApi(config.apiUrl, session, () => onSignedOut(SESSION_ENDED)),
    // The callback is a new one with every render, and does the same.
    [config, session],
  );
  return (
    <div class="page" data-testid="admin">
      <header class="topbar">
        <div class="topbar-inner admin-bar">
          <a class="home-link" href={links.live} aria-label="stream-sync: what is live">
            <Wordmark />
          </a>
          <SearchBox key={route.page === "search" ? route.q : ""} route={route} onSearch={(q) => go(links.search(q))} />
          <span class="account" title={session.email}>
            {session.email}
          </span>
          <button type="button" class="button small" data-testid="sign-out" onClick={() => onSignedOut(null)}>
            Sign out
          </button>
        </div>
        <nav class="admin-nav" aria-label="Admin" data-testid="admin-nav">
          {NAVIGATION.map(([page, label, address]) => (
            <a key={page} href={address} aria-current={isWithin(route, page) ? "page" : undefined}>
              {label}
            </a>
          ))}
        </nav>
      </header>
      <main class="main" id="main" tabIndex={-1}>
        <NotAllowed api={api} onSignOut={() => onSignedOut(null)}>
          <Page api={api} route={route} />
        </NotAllowed>
      </main>
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
          placeholder="Person, e-mail, key, stream, address"
          aria-label="Search people, e-mail addresses, channels, keys, streams and network addresses"
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
    PAGES[route.page]?.().then(
      (module) => wanted && setLoaded({ page: route.page, component: module.default }),
      () => wanted && setFailed(true),
    );
    return () => {
      wanted = false;
    };
  }, [route.page]);

  if (route.page === "none") return <Heading>There is no page at this address</Heading>;
  if (failed) return <p role="alert">This page could not be loaded. Reload it.</p>;
  if (loaded?.page !== route.page) return <p class="muted">Loading…</p>;
  const Component = loaded.component;
  return <Component api={api} route={route} />;
}
