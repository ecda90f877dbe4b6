import { App } from "../app";
import { show } from "../i18n/show";
import "../styles/tokens.css";
import "../styles/base.css";
import "../styles/controls.css";
import "../styles/notices.css";
import "../styles/layout.css";
import "../styles/status.css";
import "../styles/preview.css";
import "../styles/studio.css";
import "../styles/recordings.css";
import "../styles/health.css";
import "../styles/refusals.css";
import "../styles/schedule.css";

void show(<App />);
