import { useEffect, useState } from "preact/hooks";
import { type Account, otpauthUri } from "../auth/account";
import { CodeField } from "../sign-in/form";
import { Confirm } from "../ui/confirm";
import { CopyButton } from "../ui/copy-button";
import { t } from "../words/account";
import { t as common } from "../words/common";
import { Card, Told } from "./card";
import type QrCode from "./qr-code";
import { useAction } from "./use-action";

/** The second factor: codes of an authenticator app (TOTP, RFC 6238). */
export function MfaCard({ account, email }: { readonly account: Account; readonly email: string }) {
  const [on, setOn] = useState<boolean | null>(null);
  const [secret, setSecret] = useState<string | null>(null);
  const [asking, setAsking] = useState(false);
  const action = useAction();
  const look = useAction();

  useEffect(() => {
    void look.run(async () => setOn(await account.hasMfa()));
  }, [account]);

  const begin = () => action.run(async () => setSecret(await account.newMfaSecret()));
  const turnOn = async (code: string) => {
    await account.turnOnMfa(code);
    setSecret(null);
    setOn(true);
  };

  return (
    <Card name="mfa" title={t.mfa} intro={t.mfaIntro}>
      {look.error && <Told name="mfa-look" action={look} />}
      {secret ? (
        <SetUp
          secret={secret}
          email={email}
          onCancel={() => setSecret(null)}
          onCode={(code) => action.run(() => turnOn(code), t.mfaTurnedOn)}
          busy={action.busy}
        />
      ) : (
        on !== null && (
          <div class="card-actions">
            <p data-testid="mfa-state">{on ? t.mfaIsOn : t.mfaIsOff}</p>
          </div>
        )
      )}
      <Told name="mfa" action={action} />
      {!secret && on === false && (
        <div class="card-actions">
          <button type="button" class="button" data-testid="mfa-begin" onClick={() => void begin()}>
            {t.setUp}
          </button>
        </div>
      )}
      {!secret && on && (
        <div class="card-actions">
          <button type="button" class="button danger-quiet" data-testid="mfa-off" onClick={() => setAsking(true)}>
            {t.turnOff}
          </button>
        </div>
      )}
      {asking && (
        <Confirm
          title={t.turnOffTitle}
          confirmLabel={t.turnOff}
          busyLabel={t.turningOff}
          onConfirm={async () => {
            await account.turnOffMfa();
            setOn(false);
          }}
          onClose={() => setAsking(false)}
        >
          <p>{t.turnOffText}</p>
        </Confirm>
      )}
    </Card>
  );
}

interface SetUpProps {
  readonly secret: string;
  readonly email: string;
  readonly busy: boolean;
  readonly onCode: (code: string) => Promise<void>;
  readonly onCancel: () => void;
}

function SetUp({ secret, email, busy, onCode, onCancel }: SetUpProps) {
  const [code, setCode] = useState("");
  const groups = secret.match(/.{1,4}/g) ?? [];
  const uri = otpauthUri(email, secret);
  const [Drawing, setDrawing] = useState<typeof QrCode | null>(null);
  useEffect(() => {
    // Without it the key can be entered by hand.
    import("./qr-code").then((loaded) => setDrawing(() => loaded.default)).catch(() => undefined);
  }, []);
  return (
    <form
      class="account-form"
      data-testid="mfa-set-up"
      onSubmit={(event) => {
        event.preventDefault();
        void onCode(code.replaceAll(" ", ""));
      }}
    >
      {Drawing && <Drawing text={uri} label={t.qrCode} />}
      <p>
        {t.setUpSteps((text) => (
          <a href={uri} data-testid="mfa-link">
            {text}
          </a>
        ))}
      </p>
      <div class="field">
        <span class="label" id="mfa-secret-label">
          {t.setupKey}
        </span>
        <div class="field-row">
          <output class="input mono mfa-secret" aria-labelledby="mfa-secret-label" data-testid="mfa-secret">
            {groups.join(" ")}
          </output>
          <CopyButton what={t.setupKey} testid="mfa-copy" text={() => secret} onNoClipboard={() => undefined} />
        </div>
      </div>
      <CodeField value={code} onInput={setCode} hint={t.newCodes} />
      <div class="field-foot">
        <button type="button" class="button" data-testid="mfa-cancel" onClick={onCancel}>
          {common.cancel}
        </button>
        <button type="submit" class="button primary" data-testid="mfa-on" aria-disabled={busy}>
          {busy ? t.checking : t.turnOn}
        </button>
      </div>
    </form>
  );
}
