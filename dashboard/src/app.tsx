import { useCallback, useEffect, useState } from "preact/hooks";
import { Cognito } from "./auth/cognito";
import { Session } from "./auth/session";
import { type Config, loadConfig } from "./config";
import { SignIn } from "./sign-in";
import { forgetDismissed } from "./studio/dismissed";
import { Studio } from "./studio/studio";
import { Wordmark } from "./ui/icon";
import { t as common } from "./words/common";
import { t } from "./words/sign-in";

type Stage =
  | { readonly name: "starting" }
  | { readonly name: "broken"; readonly message: string }
  | { readonly name: "signed-out"; readonly config: Config; readonly notice: string | null }
  | { readonly name: "signed-in"; readonly config: Config; readonly session: Session };

/** Chooses the page by configuration and sign-in session. */
export function App() {
  const [stage, setStage] = useState<Stage>({ name: "starting" });

  const start = useCallback(async () => {
    setStage({ name: "starting" });
    try {
      const config = await loadConfig();
      const session = Session.restore(cognitoOf(config));
      setStage(session ? { name: "signed-in", config, session } : { name: "signed-out", config, notice: null });
    } catch (error) {
      setStage({ name: "broken", message: error instanceof Error ? error.message : String(error) });
    }
  }, []);

  useEffect(() => void start(), [start]);

  switch (stage.name) {
    case "starting":
      return (
        <main class="gate" aria-busy="true" data-testid="starting">
          <Wordmark />
          <p class="muted">{t.starting}</p>
        </main>
      );
    case "broken":
      return (
        <main class="gate">
          <section class="card gate-card" data-testid="config-error">
            <Wordmark />
            <h1>{t.cannotStart}</h1>
            <p role="alert">{stage.message}</p>
            <button type="button" class="button primary" onClick={() => void start()}>
              {common.tryAgain}
            </button>
          </section>
        </main>
      );
    case "signed-out": {
      const { config, notice } = stage;
      return (
        <SignIn
          notice={notice}
          demo={config.demo}
          signIn={async (email, password) => {
            const session = await Session.signIn(cognitoOf(config), email, password);
            setStage({ name: "signed-in", config, session });
          }}
        />
      );
    }
    case "signed-in": {
      const { config, session } = stage;
      return (
        <Studio
          config={config}
          session={session}
          onSignedOut={(notice) => {
            setStage({ name: "signed-out", config, notice });
            forgetDismissed();
            void session.signOut();
          }}
        />
      );
    }
  }
}

function cognitoOf(config: Config): Cognito {
  return new Cognito(config.cognito.endpoint, config.cognito.clientId);
}
