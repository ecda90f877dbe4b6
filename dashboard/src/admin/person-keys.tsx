import { useState } from "preact/hooks";
import type { Key } from "../contract";
import { Confirm } from "../ui/confirm";
import { Moment } from "../ui/moment";
import { t as codes } from "../words/admin/codes";
import { t } from "../words/admin/person";
import type { AdminApi } from "./admin-api";
import { Facts, Rows, Section } from "./parts";

interface PersonKeysProps {
  readonly api: AdminApi;
  readonly keys: readonly Key[];
  readonly onChanged: () => void;
}

/** A person's stream keys, masked: administrators never see one in full. */
export function PersonKeys({ api, keys, onChanged }: PersonKeysProps) {
  const [revoking, setRevoking] = useState<Key | null>(null);
  return (
    <Section title={t.keys} testid="person-keys">
      <Rows items={keys} empty={t.noKey}>
        {(key) => (
          <li class="row row-with-action" key={key.key_id} data-testid="key-row" data-status={key.status}>
            <div>
              <p class="row-title">
                <span class="mono">••••{key.hint}</span> {key.label}
              </p>
              <Facts>
                {[
                  codes.key[key.status],
                  key.last_used_at ? t.used(key.uses, <Moment at={Date.parse(key.last_used_at)} />) : t.neverUsed,
                  key.not_before && t.validFrom(<Moment at={Date.parse(key.not_before)} />),
                  key.expires_at && t.expires(<Moment at={Date.parse(key.expires_at)} />),
                  key.one_time && t.oneTime,
                  key.test_only && t.testOnly,
                  key.allow_list.length > 0 && t.onlyFrom(key.allow_list.join(", ")),
                  key.key_id,
                ]}
              </Facts>
            </div>
            {(key.status === "active" || key.status === "in-use") && (
              <button
                type="button"
                class="button small danger-quiet"
                data-testid="revoke-key"
                onClick={() => setRevoking(key)}
              >
                {t.revoke}
                <span class="sr-only"> {t.keyEndingIn(key.hint)}</span>
              </button>
            )}
          </li>
        )}
      </Rows>
      {revoking && (
        <Confirm
          title={t.revokeTitle}
          confirmLabel={t.revoke}
          busyLabel={t.revoking}
          onConfirm={async () => {
            await api.revokeKey(revoking.key_id);
            onChanged();
          }}
          onClose={() => setRevoking(null)}
        >
          <p>{t.revokeConsequence(<strong>{revoking.hint}</strong>)}</p>
        </Confirm>
      )}
    </Section>
  );
}
