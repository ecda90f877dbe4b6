import { show } from "../i18n/show";
import { PublicApi } from "../public-api";
import { Starting } from "../ui/starting";
import { isOtherToken, watchedAt } from "../watch/address";
import { EmbedPage } from "../watch/embed-page";

import "../styles/tokens.css";
import "../styles/base.css";
import "../styles/controls.css";
import "../styles/notices.css";
import "../styles/layout.css";
import "../styles/player.css";
import "../styles/embed.css";

// While the configuration is read; the page plays in most cases.
void import("hls.js");

const watched = watchedAt(location);
if (!watched) location.replace("/");
else {
  addEventListener("hashchange", () => isOtherToken(watched, location) && location.reload());
  void show(
    <Starting>
      {(config) => <EmbedPage config={config} api={new PublicApi(config.apiUrl)} watched={watched} />}
    </Starting>,
  );
}
