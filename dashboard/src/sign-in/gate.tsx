import type { ComponentChildren } from "preact";
import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Cognito, type Further, isFurther, type Outcome } from "../auth/cognito";
import { Session, STORAGE_KEY } from "../auth/session";
import { afterRefusal, type Step } from "../auth/steps";
import type { Config } from "../config";
import { withWords } from "../i18n/catalogue";
import { setTimeZone } from "../ui/format";
import { Wordmark } from "../ui/icon";
import { Starting } from "../ui/starting";
import { t } from "../words/sign-in";
import type { FurtherProps } from "./further";
import { SignIn } from "./sign-in";

export interface SignedIn {
  readonly config: Config;
  readonly cognito: Cognito;
  readonly session: Session;
  /** Ends the session in all tabs; `notice` is shown with the sign-in form. */
  readonly onSignedOut: (notice: string | null) => void;
}

/** What the sign-in form says where it is not the studio's. */
export interface GateWords {
  readonly title: string;
  readonly intro: string;
}

interface GateProps {
  readonly words?: GateWords;
  /** The account that a local installation offers to fill in. */
  readonly demo?: (config: Config) => Config["demo"];
  readonly children: (signedIn: SignedIn) => ComponentChildren;
  /** The session has ended, here or in another tab: forget what is its own. */
  readonly onEnd?: () => void;
}

/** A page for broadcasters: they sign in before they see it. */
export function Gate({ children, onEnd, words, demo }: GateProps) {
  return (
    <Starting>
      {(config) => (
        <SignInGate
          config={demo ? { ...config, demo: demo(config) } : config}
          page={children}
          onEnd={onEnd}
          words={words}
        />
      )}
    </Starting>
  );
}

interface SignInGateProps {
  readonly config: Config;
  readonly page: GateProps["children"];
  readonly onEnd: (() => void) | undefined;
  readonly words: GateWords | undefined;
}

function SignInGate({ config, page, onEnd, words }: SignInGateProps) {
  const cognito = useMemo(() => new Cognito(config.cognito), [config]);
  const [session, setSession] = useState(() => Session.restore(cognito));
  const [step, setStep] = useState<Step>({ name: "sign-in", email: "" });
  const [notice, setNotice] = useState<string | null>(null);
  const ended = useRef(onEnd);
  ended.current = onEnd;

  const go = useCallback((next: Step, why: string | null = null) => {
    setNotice(why);
    setStep(next);
  }, []);

  const end = useCallback(
    (why: string | null) => {
      ended.current?.();
      setSession(null);
      go({ name: "sign-in", email: "" }, why);
    },
    [go],
  );

  // Tabs agree: who signs in or out in one does so in all.
  useEffect(() => {
    const changed = (event: StorageEvent) => {
      if (event.key !== STORAGE_KEY && event.key !== null) return;
      if (session?.follow()) return;
      const other = Session.restore(cognito);
      if (session) end(other ? null : t.signedOutElsewhere);
      if (other) setSession(other);
    };
    addEventListener("storage", changed);
    return () => removeEventListener("storage", changed);
  }, [cognito, session, end]);

  const settle = (outcome: Outcome, email: string) => {
    if (isFurther(outcome)) go({ name: "further", email, further: outcome });
    else setSession(Session.begin(cognito, outcome, email));
  };
  const trying = async (email: string, password: string, attempt: Promise<Outcome>) => {
    try {
      settle(await attempt, email);
    } catch (error) {
      const next = afterRefusal(error, email, password);
      if (next === null) throw error;
      go(next, error instanceof Error ? error.message : null);
    }
  };
  const signIn = (email: string, password: string) => trying(email, password, cognito.signIn(email, password));
  const answer = (further: Further, text: string, email: string) => trying(email, "", cognito.answer(further, text));

  if (session) {
    setTimeZone(String(session.claims.zoneinfo ?? ""));
    const onSignedOut = (why: string | null) => {
      end(why);
      void session.signOut();
    };
    return <>{page({ config, cognito, session, onSignedOut })}</>;
  }
  if (step.name === "sign-in") {
    return (
      <SignIn
        key={step.email}
        email={step.email}
        notice={notice}
        words={words}
        config={config}
        signIn={signIn}
        onForgot={(email) => go({ name: "forgot", email })}
        onSignUp={(email) => go({ name: "sign-up", email })}
      />
    );
  }
  return (
    <Later step={step} notice={notice} config={config} cognito={cognito} go={go} signIn={signIn} answer={answer} />
  );
}

/** The other steps, once their chunk is here. */
function Later(props: FurtherProps) {
  const [Steps, setSteps] = useState<typeof import("./further").default | null>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    withWords(() => import("./further")).then(
      (loaded) => setSteps(() => loaded.default),
      () => setFailed(true),
    );
  }, []);
  if (Steps) return <Steps {...props} />;
  return (
    <main class="gate" aria-busy={!failed}>
      <Wordmark />
      {failed && <p role="alert">{t.notLoaded}</p>}
    </main>
  );
}
