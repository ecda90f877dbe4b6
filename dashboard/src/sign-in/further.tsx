import { useMemo, useState } from "preact/hooks";
import { Registration } from "../auth/account";
import type { Cognito, Further } from "../auth/cognito";
import type { Step } from "../auth/steps";
import type { Config } from "../config";
import { explain } from "../problem";
import { t } from "../words/registration";
import { t as form } from "../words/sign-in";
import { CodeField, EmailField, GateForm, PasswordField, Way } from "./form";

export interface FurtherProps {
  readonly step: Exclude<Step, { name: "sign-in" }>;
  readonly notice: string | null;
  readonly config: Config;
  readonly cognito: Cognito;
  readonly go: (step: Step, notice?: string) => void;
  readonly signIn: (email: string, password: string) => Promise<void>;
  readonly answer: (further: Further, text: string, email: string) => Promise<void>;
}

/** Every step of signing in but the first; a chunk of its own. */
export default function FurtherSteps(props: FurtherProps) {
  const { step } = props;
  const registration = useMemo(() => new Registration(props.cognito), [props.cognito]);
  // By the step's name: fields of one step are not those of another.
  switch (step.name) {
    case "further":
      return step.further.step === "mfa" ? (
        <MfaCode {...props} further={step.further} />
      ) : (
        <NewPassword {...props} further={step.further} />
      );
    case "sign-up":
      return <SignUp {...props} registration={registration} />;
    case "confirm":
      return <ConfirmAddress {...props} password={step.password} registration={registration} />;
    case "forgot":
      return <Forgot {...props} registration={registration} />;
    case "reset":
      return <Reset {...props} registration={registration} />;
  }
}

type Registering = FurtherProps & { readonly registration: Registration };

function digits(code: string): string {
  return code.replaceAll(" ", "");
}

function BackToSignIn({ step, go }: Pick<FurtherProps, "step" | "go">) {
  return (
    <Way to={() => go({ name: "sign-in", email: step.email })} testid="to-sign-in">
      {t.back}
    </Way>
  );
}

function MfaCode({ step, go, answer, further }: FurtherProps & { readonly further: Further }) {
  const [code, setCode] = useState("");
  return (
    <GateForm
      name="mfa"
      title={t.mfaTitle}
      intro={t.mfaIntro}
      submit={t.goOn}
      busyLabel={t.checking}
      onSubmit={() => answer(further, digits(code), step.email)}
      foot={<BackToSignIn step={step} go={go} />}
    >
      <CodeField value={code} onInput={setCode} />
    </GateForm>
  );
}

function NewPassword({ step, go, answer, further }: FurtherProps & { readonly further: Further }) {
  const [password, setPassword] = useState("");
  return (
    <GateForm
      name="first-password"
      title={t.firstTitle}
      intro={t.firstIntro}
      submit={t.saveAndGoOn}
      busyLabel={t.saving}
      onSubmit={() => answer(further, password, step.email)}
      foot={<BackToSignIn step={step} go={go} />}
    >
      <PasswordField
        label={t.newPassword}
        value={password}
        onInput={setPassword}
        isNew
        hint={form.passwordRule}
        testid="new-password"
      />
    </GateForm>
  );
}

function SignUp({ step, go, registration }: Registering) {
  const [email, setEmail] = useState(step.email);
  const [password, setPassword] = useState("");
  const submit = async () => {
    await registration.signUp(email.trim(), password);
    go({ name: "confirm", email: email.trim(), password });
  };
  return (
    <GateForm
      name="sign-up"
      title={t.signUpTitle}
      intro={t.signUpIntro}
      submit={t.signUp}
      busyLabel={t.signingUp}
      onSubmit={submit}
      foot={<BackToSignIn step={step} go={go} />}
    >
      <EmailField value={email} onInput={setEmail} />
      <PasswordField value={password} onInput={setPassword} isNew hint={form.passwordRule} testid="new-password" />
    </GateForm>
  );
}

function ConfirmAddress({
  step,
  go,
  config,
  registration,
  signIn,
  password,
  notice,
}: Registering & { password: string | null }) {
  const [code, setCode] = useState("");
  const { email } = step;
  const submit = async () => {
    await registration.confirm(email, digits(code));
    if (password === null) go({ name: "sign-in", email }, t.confirmed);
    else await signIn(email, password);
  };
  return (
    <GateForm
      name="confirm"
      title={t.confirmTitle}
      intro={t.confirmIntro(<strong>{email}</strong>)}
      submit={t.confirm}
      busyLabel={t.confirming}
      notice={notice}
      onSubmit={submit}
      foot={
        <div class="gate-ways">
          <BackToSignIn step={step} go={go} />
          <Resend send={() => registration.resend(email)} />
        </div>
      }
    >
      <CodeField value={code} onInput={setCode} hint={laptopHint(config, "confirmation")} />
    </GateForm>
  );
}

function Forgot({ step, go, registration }: Registering) {
  const [email, setEmail] = useState(step.email);
  const submit = async () => {
    await registration.forgot(email.trim());
    go({ name: "reset", email: email.trim() });
  };
  return (
    <GateForm
      name="forgot"
      title={t.forgotTitle}
      intro={t.forgotIntro}
      submit={t.sendCode}
      busyLabel={t.sending}
      onSubmit={submit}
      foot={<BackToSignIn step={step} go={go} />}
    >
      <EmailField value={email} onInput={setEmail} />
    </GateForm>
  );
}

function Reset({ step, go, config, registration }: Registering) {
  const [code, setCode] = useState("");
  const [password, setPassword] = useState("");
  const { email } = step;
  const submit = async () => {
    await registration.reset(email, digits(code), password);
    go({ name: "sign-in", email }, t.changed);
  };
  return (
    <GateForm
      name="reset"
      title={t.resetTitle}
      intro={t.resetIntro(<strong>{email}</strong>)}
      submit={t.change}
      busyLabel={t.changing}
      onSubmit={submit}
      foot={
        <div class="gate-ways">
          <BackToSignIn step={step} go={go} />
          <Resend send={() => registration.forgot(email)} />
        </div>
      }
    >
      <CodeField value={code} onInput={setCode} hint={laptopHint(config, "reset")} />
      <PasswordField
        label={t.newPassword}
        value={password}
        onInput={setPassword}
        isNew
        hint={form.passwordRule}
        testid="new-password"
      />
    </GateForm>
  );
}

/** The emulator sends no email: its codes are always the same. */
function laptopHint(config: Config, kind: "confirmation" | "reset"): string | undefined {
  const code = config.demo?.codes?.[kind];
  return code ? t.laptopCode(code) : undefined;
}

const RESEND_AFTER_MS = 30_000;

function Resend({ send }: { send: () => Promise<void> }) {
  const [said, setSaid] = useState("");
  const [waiting, setWaiting] = useState(false);
  const resend = async () => {
    setWaiting(true);
    setTimeout(() => setWaiting(false), RESEND_AFTER_MS);
    try {
      await send();
      setSaid(t.resent);
    } catch (failure) {
      setSaid(explain(failure));
    }
  };
  return (
    <>
      <button
        type="button"
        class="button text small"
        data-testid="resend"
        aria-disabled={waiting}
        onClick={() => !waiting && void resend()}
      >
        {t.resend}
      </button>
      <span class="field-hint" role="status" data-testid="resent">
        {said}
      </span>
    </>
  );
}
