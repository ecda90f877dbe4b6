import { Admin } from "../admin/admin";
import { show } from "../i18n/show";
import { Gate } from "../sign-in/gate";
import { forgetDismissed } from "../studio/dismissed";
import { t } from "../words/admin/frame";
import "../styles/tokens.css";
import "../styles/base.css";
import "../styles/controls.css";
import "../styles/notices.css";
import "../styles/layout.css";
import "../styles/streams.css";
import "../styles/health.css";
import "../styles/admin.css";

function AdminPage() {
  return (
    <Gate
      words={{ title: t.signInTitle, intro: t.signInIntro }}
      demo={(config) => config.demoAdmin}
      onEnd={forgetDismissed}
    >
      {(signedIn) => <Admin {...signedIn} />}
    </Gate>
  );
}

void show(<AdminPage />);
