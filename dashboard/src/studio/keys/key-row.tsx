import { useState } from "preact/hooks";
import type { Api } from "../../api";
import type { Key } from "../../contract";
import { useNow } from "../../ui/hooks";
import { Moment } from "../../ui/moment";
import { t } from "../../words/keys";
import { encoderName } from "../status-words";
import { EditKeyForm } from "./edit-key-form";
import { expiresIn, isOver, nameOf, statusLabel, usesText } from "./key-text";

interface KeyRowProps {
  readonly api: Api;
  readonly shown: Key;
  /** Of the key in the connect panel. */
  readonly currentId: string | null;
  readonly onChanged: () => void;
  readonly onRotate: () => void;
  readonly onRevoke: () => void;
}

/** One key: what it is good for, and who used it last. */
export function KeyRow({ api, shown, currentId, onChanged, onRotate, onRevoke }: KeyRowProps) {
  const [editing, setEditing] = useState(false);
  const now = useNow(shown.expires_at !== null && !isOver(shown), 10_000);
  const isCurrent = shown.key_id === currentId;
  const name = nameOf(shown, currentId);
  return (
    <li class="key-row" data-testid="key-row" data-status={shown.status}>
      <div class="key-lines">
        <p class="key-title">
          <span class="key-name" data-testid="key-name">
            {name}
          </span>
          <span class="key-badge">{t.role[shown.role]}</span>
          {shown.test_only && (
            <span class="key-badge" data-test={true} data-testid="key-is-test-only">
              {t.testOnly}
            </span>
          )}
          <span class="key-badge" data-status={shown.status} data-testid="key-status">
            {statusLabel(shown, now)}
          </span>
        </p>
        <p class="muted key-facts">
          <span>
            <span aria-hidden="true">••••</span>
            <span class="sr-only">{t.endsIn}</span>
            <span class="mono">{shown.hint}</span>
          </span>
          {shown.not_before !== null && Date.parse(shown.not_before) > now && !isOver(shown) && (
            <span data-testid="key-from">
              {t.validFrom} <Moment at={Date.parse(shown.not_before)} />
            </span>
          )}
          {shown.expires_at !== null && shown.status !== "revoked" && (
            <span data-testid="key-expires">
              {Date.parse(shown.expires_at) > now
                ? t.expires(expiresIn(Date.parse(shown.expires_at) - now))
                : t.expired}{" "}
              <Moment at={Date.parse(shown.expires_at)} />
            </span>
          )}
          {usesText(shown) && <span data-testid="key-uses">{usesText(shown)}</span>}
          {shown.replaced_by !== null && <span>{t.replaced}</span>}
          {shown.allow_list.length > 0 && <span>{t.onlyFrom(shown.allow_list.join(", "))}</span>}
        </p>
        <p class="muted key-facts" data-testid="key-last-used">
          {shown.last_used_at === null ? (
            <span>{t.neverUsed}</span>
          ) : (
            <>
              <span>
                {t.lastUsed} <Moment at={Date.parse(shown.last_used_at)} />
              </span>
              {shown.last_encoder && <span>{encoderName(shown.last_encoder)}</span>}
              {shown.last_client_ip && <span>{t.from(shown.last_client_ip)}</span>}
            </>
          )}
        </p>
      </div>
      {!isOver(shown) && !editing && (
        <div class="key-actions">
          <button type="button" class="button small" data-testid="edit-key" onClick={() => setEditing(true)}>
            {t.edit}
            <span class="sr-only"> {name}</span>
          </button>
          <button type="button" class="button small" data-testid="rotate-key" onClick={onRotate}>
            {t.rotate}
            <span class="sr-only"> {name}</span>
          </button>
          {!isCurrent && (
            <button type="button" class="button small danger-quiet" data-testid="revoke-key" onClick={onRevoke}>
              {t.revoke}
              <span class="sr-only"> {name}</span>
            </button>
          )}
        </div>
      )}
      {editing && (
        <EditKeyForm
          api={api}
          shown={shown}
          onSaved={() => {
            setEditing(false);
            onChanged();
          }}
          onCancel={() => setEditing(false)}
        />
      )}
    </li>
  );
}
