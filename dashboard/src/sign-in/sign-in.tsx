import { useState } from "preact/hooks";
import type { Config } from "../config";
import { t } from "../words/sign-in";
import { EmailField, GateForm, PasswordField, Way } from "./form";
import type { GateWords } from "./gate";

interface SignInProps {
  readonly words: GateWords | undefined;
  readonly email: string;
  /** Why the user was signed out, e.g. an expired session; or what they have just done. */
  readonly notice: string | null;
  readonly config: Config;
  readonly signIn: (email: string, password: string) => Promise<void>;
  readonly onForgot: (email: string) => void;
  readonly onSignUp: (email: string) => void;
}

export function SignIn({ email: known, notice, words, config, signIn, onForgot, onSignUp }: SignInProps) {
  const [email, setEmail] = useState(known);
  const [password, setPassword] = useState("");
  const { demo } = config;

  return (
    <GateForm
      name="signin"
      title={words?.title ?? t.title}
      intro={words?.intro ?? t.lead}
      submit={t.signIn}
      busyLabel={t.signingIn}
      notice={notice}
      onSubmit={() => signIn(email.trim(), password)}
      foot={
        <>
          <div class="gate-ways">
            <Way to={() => onForgot(email.trim())} testid="to-forgot">
              {t.forgot}
            </Way>
            {config.cognito.signUp && (
              <Way to={() => onSignUp(email.trim())} testid="to-sign-up">
                {t.createAccount}
              </Way>
            )}
          </div>
          {demo && (
            <div class="demo">
              <p class="muted">{t.demo}</p>
              <button
                type="button"
                class="button wide"
                data-testid="demo-fill"
                onClick={(event) => {
                  setEmail(demo.email);
                  setPassword(demo.password);
                  event.currentTarget.form?.querySelector<HTMLElement>("[type=submit]")?.focus();
                }}
              >
                {t.demoFill}
              </button>
            </div>
          )}
        </>
      }
    >
      <EmailField value={email} onInput={setEmail} />
      <PasswordField value={password} onInput={setPassword} />
    </GateForm>
  );
}
