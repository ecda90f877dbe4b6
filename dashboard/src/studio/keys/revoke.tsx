import type { Api } from "../../api";
import type { Key } from "../../contract";
import { Confirm } from "../../ui/confirm";
import { t } from "../../words/keys";

interface RevokeProps {
  readonly api: Api;
  readonly shown: Key;
  readonly name: string;
  readonly onRevoked: () => void;
  readonly onClose: () => void;
}

export function Revoke({ api, shown, name, onRevoked, onClose }: RevokeProps) {
  return (
    <Confirm
      title={t.revokeTitle(name)}
      confirmLabel={t.revokeKey}
      busyLabel={t.revoking}
      onConfirm={async () => {
        await api.revokeKey(shown.key_id);
        onRevoked();
      }}
      onClose={onClose}
    >
      <p>{t.revokeConsequence}</p>
      {shown.status === "in-use" && (
        <p>
          <strong>{t.revokeInUse}</strong>
        </p>
      )}
    </Confirm>
  );
}
