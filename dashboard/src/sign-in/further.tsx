import { useMemo, useState } from "preact/hooks";
import { Registration } from "../auth/account";
import type { Cognito, Further } from "../auth/cognito";
import type { Step } from "../auth/steps";
import type { Config } from "../config";
import { t } from "../words/registration";
import { t as form } from "../words/sign-in";
import { BackToSignIn, digits, EmailedCode } from "./emailed-code";
import { CodeField, EmailField, type FieldProps, GateForm, PasswordField } from "./form";

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

function NewPasswordField({ value, onInput }: FieldProps) {
  return (
    <PasswordField
      label={t.newPassword}
      value={value}
      onInput={onInput}
      isNew
      hint={form.passwordRule}
      testid="new-password"
    />
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
      <CodeField value={code} onInput={setCode} hint={t.mfaLost} />
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
      <NewPasswordField value={password} onInput={setPassword} />
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

function ConfirmAddress(props: Registering & { readonly password: string | null }) {
  const { step, go, config, registration, signIn, password, notice } = props;
  const { email } = step;
  const confirm = async (code: string) => {
    await registration.confirm(email, code);
    if (password === null) go({ name: "sign-in", email }, t.confirm.done);
    else await signIn(email, password);
  };
  return (
    <EmailedCode
      step={step}
      go={go}
      name="confirm"
      laptopCode={config.demo?.codes?.confirmation}
      notice={notice}
      onCode={confirm}
      resend={() => registration.resend(email)}
    />
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
  const [password, setPassword] = useState("");
  const { email } = step;
  const reset = async (code: string) => {
    await registration.reset(email, code, password);
    go({ name: "sign-in", email }, t.reset.done);
  };
  return (
    <EmailedCode
      step={step}
      go={go}
      name="reset"
      laptopCode={config.demo?.codes?.reset}
      onCode={reset}
      resend={() => registration.forgot(email)}
    >
      <NewPasswordField value={password} onInput={setPassword} />
    </EmailedCode>
  );
}
