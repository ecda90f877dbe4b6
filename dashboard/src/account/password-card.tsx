import { useState } from "preact/hooks";
import type { Account } from "../auth/account";
import { PasswordField } from "../sign-in/form";
import { t } from "../words/account";
import { t as form } from "../words/sign-in";
import { Card, Told } from "./card";
import { useAction } from "./use-action";

export function PasswordCard({ account, email }: { readonly account: Account; readonly email: string }) {
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const action = useAction();
  const change = async () => {
    await account.changePassword(current, next);
    setCurrent("");
    setNext("");
  };

  return (
    <Card name="password" title={t.password}>
      <form
        class="account-form"
        onSubmit={(event) => {
          event.preventDefault();
          void action.run(change, t.passwordChanged);
        }}
      >
        {/* Password managers look for the account here. */}
        <input type="email" name="email" autocomplete="username" value={email} readOnly hidden />
        <PasswordField label={t.currentPassword} value={current} onInput={setCurrent} testid="current-password" />
        <PasswordField
          label={t.newPassword}
          value={next}
          onInput={setNext}
          isNew
          hint={form.passwordRule}
          testid="new-password"
        />
        <div class="field-foot">
          <div>
            <Told name="password" action={action} />
          </div>
          <button type="submit" class="button primary" data-testid="password-save" aria-disabled={action.busy}>
            {action.busy ? t.changing : t.changePassword}
          </button>
        </div>
      </form>
    </Card>
  );
}
