import { useMemo, useRef } from "preact/hooks";
import { Api } from "../api";
import type { Session } from "../auth/session";
import type { Config } from "../config";
import { LanguageSwitch } from "../i18n/language-switch";
import { StudioHeader } from "../studio/studio-header";
import { t } from "../words/studio";
import type { StudioPage } from "./address";
import { StreamPage } from "./stream-page";
import { StreamsPage } from "./streams-page";
import "../styles/charts.css";
import "../styles/sessions.css";

interface SessionsProps {
  readonly config: Config;
  readonly session: Session;
  readonly page: StudioPage;
  readonly onSignedOut: (notice: string | null) => void;
}

/** The broadcaster's past streams: the list, or one of them. */
export function Sessions({ config, session, page, onSignedOut }: SessionsProps) {
  const signedOut = useRef(onSignedOut);
  signedOut.current = onSignedOut;
  const api = useMemo(
    () => new Api(config.apiUrl, session, () => signedOut.current(t.sessionEnded)),
    [config.apiUrl, session],
  );
  return (
    <div class="page" data-testid="sessions">
      <StudioHeader email={session.email} page={page.name} onSignOut={() => onSignedOut(null)} />
      <main class="main" id="main" tabIndex={-1}>
        {page.name === "stream" ? <StreamPage api={api} streamId={page.streamId} /> : <StreamsPage api={api} />}
      </main>
      <LanguageSwitch />
    </div>
  );
}
