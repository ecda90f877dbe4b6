import { useState } from "preact/hooks";
import type { Key } from "../contract";
import { Confirm } from "../ui/confirm";
import { Moment } from "../ui/moment";
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
    <Section title="Stream keys" testid="person-keys">
      <Rows items={keys} empty="No key.">
        {(key) => (
          <li class="row row-with-action" key={key.key_id} data-testid="key-row" data-status={key.status}>
            <div>
              <p class="row-title">
                <span class="mono">••••{key.hint}</span> {key.label}
              </p>
              <Facts>
                {[
                  key.status,
                  key.last_used_at ? (
                    <>
                      used {key.uses} {key.uses === 1 ? "time" : "times"}, last{" "}
                      <Moment at={Date.parse(key.last_used_at)} />
                    </>
                  ) : (
                    "never used"
                  ),
                  key.expires_at && (
                    <>
                      expires <Moment at={Date.parse(key.expires_at)} />
                    </>
                  ),
                  key.one_time && "for one stream",
                  key.allow_list.length > 0 && `only from ${key.allow_list.join(", ")}`,
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
                Revoke<span class="sr-only"> the key that ends with {key.hint}</span>
              </button>
            )}
          </li>
        )}
      </Rows>
      {revoking && (
        <Confirm
          title="Revoke this key?"
          confirmLabel="Revoke"
          busyLabel="Revoking…"
          onConfirm={async () => {
            await api.revokeKey(revoking.key_id);
            onChanged();
          }}
          onClose={() => setRevoking(null)}
        >
          <p>
            Every server refuses the key that ends with <strong>{revoking.hint}</strong> from now on, and a stream that
            uses it ends. This can't be undone.
          </p>
        </Confirm>
      )}
    </Section>
  );
}
