import { useState } from "preact/hooks";
import type { Api } from "../api";
import type { Account } from "../auth/account";
import type { Session } from "../auth/session";
import { PasswordField } from "../sign-in/form";
import { Confirm } from "../ui/confirm";
import { t } from "../words/account";
import { Card, Told } from "./card";
import { eraseAll } from "./erase";
import { collect, save } from "./export";
import { useAction } from "./use-action";

interface DataCardProps {
  readonly api: Api;
  readonly account: Account;
  readonly session: Session;
  readonly onSignedOut: (notice: string | null) => void;
}

export function DataCard({ api, account, session, onSignedOut }: DataCardProps) {
  const [asking, setAsking] = useState(false);
  const [password, setPassword] = useState("");
  const action = useAction();
  const download = async () => save("stream-sync.json", await collect(api, session, new Date()));

  const erase = async () => {
    await account.check(password);
    await eraseAll(api);
    await account.delete();
    onSignedOut(t.deleted);
  };

  return (
    <Card name="data" title={t.data} intro={t.dataIntro} danger>
      <Told name="data" action={action} />
      <div class="card-actions">
        <button
          type="button"
          class="button"
          data-testid="export"
          aria-disabled={action.busy}
          onClick={() => void action.run(download, t.exported)}
        >
          {action.busy ? t.exporting : t.exportData}
        </button>
        <button type="button" class="button danger-quiet" data-testid="delete" onClick={() => setAsking(true)}>
          {t.deleteAccount}
        </button>
      </div>
      {asking && (
        <Confirm
          title={t.deleteTitle}
          confirmLabel={t.deleteForGood}
          busyLabel={t.deleting}
          onConfirm={erase}
          onClose={() => {
            setPassword("");
            setAsking(false);
          }}
        >
          <p>
            <strong>{t.deleteWarning}</strong> {t.deleteText}
          </p>
          <PasswordField value={password} onInput={setPassword} testid="delete-password" />
        </Confirm>
      )}
    </Card>
  );
}
