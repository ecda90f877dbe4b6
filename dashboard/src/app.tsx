import { Gate } from "./sign-in/gate";
import { forgetDismissed } from "./studio/dismissed";
import { Studio } from "./studio/studio";

/** The studio, for who has signed in. */
export function App() {
  return <Gate onEnd={forgetDismissed}>{(signedIn) => <Studio {...signedIn} />}</Gate>;
}
