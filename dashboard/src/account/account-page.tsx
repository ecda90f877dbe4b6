import { useEffect, useMemo, useState } from "preact/hooks";
import { Api } from "../api";
import { Account } from "../auth/account";
import type { OwnChannel } from "../contract";
import { LanguageSwitch } from "../i18n/language-switch";
import { explain } from "../problem";
import type { SignedIn } from "../sign-in/gate";
import { Wordmark } from "../ui/icon";
import { t } from "../words/account";
import { t as auth } from "../words/auth";
import { t as common } from "../words/common";
import { DataCard } from "./data-card";
import { MfaCard } from "./mfa-card";
import { PasswordCard } from "./password-card";
import { ProfileCard } from "./profile-card";
import { SessionsCard } from "./sessions-card";

/** What belongs to the person rather than to a stream. */
export function AccountPage({ config, cognito, session, onSignedOut }: SignedIn) {
  const account = useMemo(() => new Account(cognito, session), [cognito, session]);
  const api = useMemo(() => new Api(config.apiUrl, session, () => onSignedOut(auth.sessionEnded)), [config, session]);
  const [channel, setChannel] = useState<OwnChannel | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const load = () => {
    setProblem(null);
    api.channel().then(setChannel, (failure: unknown) => setProblem(explain(failure)));
  };
  useEffect(load, [api]);
  useEffect(() => {
    document.title = t.pageTitle;
  }, []);

  return (
    <div class="page" data-testid="account">
      <header class="topbar">
        <div class="topbar-inner account-bar">
          <a class="home-link" href="/" aria-label={common.homeLabel}>
            <Wordmark />
          </a>
          <nav class="account-links" aria-label={t.navigation}>
            <a class="button small" href="/studio" data-testid="studio-link">
              {common.studio}
            </a>
            <button type="button" class="button small" data-testid="sign-out" onClick={() => onSignedOut(null)}>
              {t.signOut}
            </button>
          </nav>
        </div>
      </header>
      <main class="main account-page" id="main" tabIndex={-1}>
        <div>
          <h1>{t.title}</h1>
          <p class="muted" data-testid="account-email">
            {session.email}
          </p>
        </div>
        {problem && (
          <section class="card" data-testid="load-error">
            <p role="alert">{problem}</p>
            <button type="button" class="button" onClick={load}>
              {common.tryAgain}
            </button>
          </section>
        )}
        {channel && (
          <ProfileCard channel={channel} api={api} account={account} session={session} onSaved={setChannel} />
        )}
        <PasswordCard account={account} email={session.email} />
        <MfaCard account={account} email={session.email} />
        <SessionsCard session={session} onSignedOut={onSignedOut} />
        <DataCard api={api} account={account} session={session} onSignedOut={onSignedOut} />
      </main>
      <LanguageSwitch />
    </div>
  );
}
