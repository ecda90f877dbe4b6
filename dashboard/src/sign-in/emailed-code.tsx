import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { explain } from "../problem";
import { t } from "../words/registration";
import { CodeField, GateForm, Way } from "./form";
import type { FurtherProps } from "./further";

/** Of a code that was entered in groups. */
export function digits(code: string): string {
  return code.replaceAll(" ", "");
}

export function BackToSignIn({ step, go }: Pick<FurtherProps, "step" | "go">) {
  return (
    <Way to={() => go({ name: "sign-in", email: step.email })} testid="to-sign-in">
      {t.back}
    </Way>
  );
}

interface EmailedCodeProps extends Pick<FurtherProps, "step" | "go"> {
  readonly name: "confirm" | "reset";
  /** The emulator sends no email: its codes are always the same. */
  readonly laptopCode: string | undefined;
  readonly notice?: string | null;
  readonly onCode: (code: string) => Promise<void>;
  readonly resend: () => Promise<void>;
  /** Fields beside the code. */
  readonly children?: ComponentChildren;
}

/** Asks for the code that was sent to the address, and sends another one. */
export function EmailedCode({ step, go, name, laptopCode, notice = null, onCode, resend, children }: EmailedCodeProps) {
  const [code, setCode] = useState("");
  const words = t[name];
  return (
    <GateForm
      name={name}
      title={words.title}
      intro={words.intro(<strong>{step.email}</strong>)}
      submit={words.submit}
      busyLabel={words.busy}
      notice={notice}
      onSubmit={() => onCode(digits(code))}
      foot={
        <div class="gate-ways">
          <BackToSignIn step={step} go={go} />
          <Resend send={resend} />
        </div>
      }
    >
      <CodeField value={code} onInput={setCode} hint={laptopCode && t.laptopCode(laptopCode)} />
      {children}
    </GateForm>
  );
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
