import { render } from "preact";
import { Discovery } from "../discovery/discovery";
import { PublicApi } from "../public-api";
import { Starting } from "../ui/starting";
import "../styles/tokens.css";
import "../styles/base.css";
import "../styles/controls.css";
import "../styles/layout.css";
import "../styles/streams.css";
import "../styles/discovery.css";

const root = document.getElementById("app");
const isHome = location.pathname === "/" || location.pathname === "/index.html";
if (root) {
  render(
    <Starting>
      {(config) => <Discovery api={new PublicApi(config.apiUrl)} demo={config.demo} lost={!isHome} />}
    </Starting>,
    root,
  );
}
