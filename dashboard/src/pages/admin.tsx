import { render } from "preact";
import { Admin } from "../admin/admin";
import { Gate } from "../sign-in/gate";
import { forgetDismissed } from "../studio/dismissed";
import "../styles/tokens.css";
import "../styles/base.css";
import "../styles/controls.css";
import "../styles/layout.css";
import "../styles/streams.css";
import "../styles/health.css";
import "../styles/admin.css";

const WORDS = {
  title: "Sign in as an administrator",
  intro: "With your own account, which an administrator has given the role.",
};

// In English only, so without waiting for another language's words.
const root = document.getElementById("app");
if (root) {
  render(
    <Gate words={WORDS} demo={(config) => config.demoAdmin} onEnd={forgetDismissed}>
      {(signedIn) => <Admin {...signedIn} />}
    </Gate>,
    root,
  );
}
