import { useState } from "preact/hooks";
import type { Api } from "../../api";
import type { IssuedKey, Key } from "../../contract";
import { Confirm } from "../../ui/confirm";
import { t } from "../../words/keys";

/** Minutes. */
const OVERLAPS = [0, 10, 60, 1440] as const;

interface RotateProps {
  readonly api: Api;
  readonly shown: Key;
  readonly name: string;
  readonly onIssued: (key: IssuedKey) => void;
  readonly onClose: () => void;
}

/** A new key in place of an old one, at once or with time to enter it everywhere. */
export function Rotate({ api, shown, name, onIssued, onClose }: RotateProps) {
  const inUse = shown.status === "in-use";
  const [minutes, setMinutes] = useState(inUse ? 1_440 : 0);
  return (
    <Confirm
      title={t.rotateTitle(name)}
      confirmLabel={t.rotateKey}
      busyLabel={t.creating}
      onConfirm={async () => onIssued(await api.rotateKey(shown.key_id, minutes))}
      onClose={onClose}
    >
      <p>{t.sameTerms}</p>
      <label class="field">
        <span class="label">{t.oldKey}</span>
        <select
          class="input"
          value={String(minutes)}
          data-testid="overlap"
          onChange={(event) => setMinutes(Number(event.currentTarget.value))}
        >
          {OVERLAPS.map((overlap) => (
            <option key={overlap} value={overlap}>
              {t.overlap[overlap]}
            </option>
          ))}
        </select>
      </label>
      {inUse && (
        <p data-testid="rotate-warning">
          <strong>{minutes === 0 ? t.rotateInUseNow : t.rotateInUseLater}</strong>
        </p>
      )}
    </Confirm>
  );
}
