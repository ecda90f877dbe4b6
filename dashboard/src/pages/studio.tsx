import { render } from "preact";
import { App } from "../app";
import "../styles/tokens.css";
import "../styles/base.css";
import "../styles/controls.css";
import "../styles/layout.css";
import "../styles/studio.css";
import "../styles/health.css";
import "../styles/refusals.css";

const root = document.getElementById("app");
if (root) render(<App />, root);
