import { Discovery } from "../discovery/discovery";
import { show } from "../i18n/show";
import { PublicApi } from "../public-api";
import { Starting } from "../ui/starting";
import "../styles/tokens.css";
import "../styles/base.css";
import "../styles/controls.css";
import "../styles/notices.css";
import "../styles/layout.css";
import "../styles/streams.css";
import "../styles/discovery.css";

const isHome = location.pathname === "/" || location.pathname === "/index.html";
void show(
  <Starting>{(config) => <Discovery api={new PublicApi(config.apiUrl)} demo={config.demo} lost={!isHome} />}</Starting>,
);
