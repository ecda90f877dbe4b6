import type { ComponentChildren } from "preact";
import { STREAMS_PATH, type StudioPage } from "../sessions/address";
import { Wordmark } from "../ui/icon";
import { t as common } from "../words/common";
import { t } from "../words/studio";

interface StudioHeaderProps {
  readonly email: string;
  readonly page: StudioPage["name"];
  readonly onSignOut: () => void;
  readonly children?: ComponentChildren;
}

/** The bar on top of the broadcaster's pages. */
export function StudioHeader({ email, page, onSignOut, children }: StudioHeaderProps) {
  return (
    <header class="topbar">
      <div class="topbar-inner">
        <a class="home-link" href="/" aria-label={common.homeLabel}>
          <Wordmark />
        </a>
        <nav class="studio-nav" aria-label={t.pages}>
          <a href="/studio" {...(page === "studio" ? { "aria-current": "page" as const } : {})}>
            {t.studio}
          </a>
          <a
            href={STREAMS_PATH}
            data-testid="to-streams"
            {...(page === "streams" ? { "aria-current": "page" as const } : {})}
          >
            {t.broadcasts}
          </a>
        </nav>
        {children}
        <a class="account" href="/account" title={email} data-testid="account-link">
          {email}
        </a>
        <button type="button" class="button small" data-testid="sign-out" onClick={onSignOut}>
          {t.signOut}
        </button>
      </div>
    </header>
  );
}
