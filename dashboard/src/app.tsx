import { withWords } from "./i18n/catalogue";
import { pageAt } from "./sessions/address";
import { Gate } from "./sign-in/gate";
import { forgetDismissed } from "./studio/dismissed";
import { Studio } from "./studio/studio";
import { lazy } from "./ui/lazy";

const Sessions = lazy(async () => (await withWords(() => import("./sessions/sessions"))).Sessions);

/** The studio and the past broadcasts, for who has signed in. */
export function App() {
  const page = pageAt(location.pathname);
  return (
    <Gate onEnd={forgetDismissed}>
      {(signedIn) => (page.name === "studio" ? <Studio {...signedIn} /> : <Sessions {...signedIn} page={page} />)}
    </Gate>
  );
}
