import type { ComponentChildren } from "preact";
import { t } from "../words/common";
import { Wordmark } from "./icon";

/** The bar on top of the pages for viewers; broadcasters find their studio here. */
export function SiteHeader({ children }: { children?: ComponentChildren }) {
  return (
    <header class="topbar">
      <div class="topbar-inner site-bar">
        <a class="home-link" href="/" aria-label={t.homeLabel}>
          <Wordmark />
        </a>
        {children}
        <a class="button small site-studio" href="/studio" data-testid="studio-link">
          {t.studio}
        </a>
      </div>
    </header>
  );
}
