import { AccountPage } from "../account/account-page";
import { show } from "../i18n/show";
import { Gate } from "../sign-in/gate";
import { forgetDismissed } from "../studio/dismissed";
import "../styles/tokens.css";
import "../styles/base.css";
import "../styles/controls.css";
import "../styles/notices.css";
import "../styles/layout.css";
import "../styles/account.css";

void show(<Gate onEnd={forgetDismissed}>{(signedIn) => <AccountPage {...signedIn} />}</Gate>);
