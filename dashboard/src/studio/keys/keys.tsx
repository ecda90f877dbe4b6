import { useCallback, useEffect, useState } from "preact/hooks";
import type { IssuedKey, Key } from "../../contract";
import { sentence } from "../../ui/format";
import { Icon } from "../../ui/icon";
import { t } from "../../words/keys";
import type { KeysProps } from "../keys-panel";
import { Issued } from "./issued";
import { KeyRow } from "./key-row";
import { isOver, nameOf } from "./key-text";
import { NewKeyForm } from "./new-key-form";
import { Policy } from "./policy";
import { Revoke } from "./revoke";
import { Rotate } from "./rotate";
import "../../styles/keys.css";

type Asking = { readonly what: "rotate" | "revoke"; readonly key: Key } | null;

/** Everybody's key to this channel: who has one, until when, and who used it last. */
export default function Keys({ api, channel, handle, onSaved }: KeysProps) {
  const currentId = channel.key?.key_id ?? null;
  const { keys, problem, reload, show } = handle;
  useEffect(show, [show]);
  const [creating, setCreating] = useState(false);
  const [issued, setIssued] = useState<IssuedKey | null>(null);
  const [asking, setAsking] = useState<Asking>(null);
  const [showsOld, setShowsOld] = useState(false);
  const forget = useCallback(() => setIssued(null), []);
  const usable = (keys ?? []).filter((key) => !isOver(key));
  const old = (keys ?? []).filter(isOver);

  const onIssued = (key: IssuedKey) => {
    setIssued(key);
    setCreating(false);
    reload();
  };

  const row = (key: Key) => (
    <KeyRow
      key={key.key_id}
      api={api}
      shown={key}
      currentId={currentId}
      onChanged={reload}
      onRotate={() => setAsking({ what: "rotate", key })}
      onRevoke={() => setAsking({ what: "revoke", key })}
    />
  );

  return (
    <div class="keys">
      <p class="muted">{t.lead}</p>
      {problem && (
        <p class="field-error" role="alert" data-testid="keys-error">
          {sentence(problem)}
        </p>
      )}
      {issued && (
        <Issued
          key={issued.key_id}
          issued={issued}
          name={nameOf(issued, currentId)}
          server={channel.ingest_url}
          onDismiss={forget}
        />
      )}
      {creating ? (
        <NewKeyForm api={api} onIssued={onIssued} onCancel={() => setCreating(false)} />
      ) : (
        <div>
          <button type="button" class="button" data-testid="new-key" onClick={() => setCreating(true)}>
            {t.newKey}
          </button>
        </div>
      )}
      <Policy api={api} policy={channel.second_publisher} onSaved={onSaved} />
      <ul class="key-list" data-testid="key-list">
        {usable.map(row)}
      </ul>
      {old.length > 0 && (
        <button
          type="button"
          class="button text keys-old"
          data-testid="old-keys"
          aria-expanded={showsOld}
          onClick={() => setShowsOld(!showsOld)}
        >
          <Icon name={showsOld ? "hide" : "eye"} />
          {showsOld ? t.hideOld(old.length) : t.showOld(old.length)}
        </button>
      )}
      {showsOld && <ul class="key-list">{old.map(row)}</ul>}
      {asking?.what === "rotate" && (
        <Rotate
          api={api}
          shown={asking.key}
          name={nameOf(asking.key, currentId)}
          onIssued={onIssued}
          onClose={() => setAsking(null)}
        />
      )}
      {asking?.what === "revoke" && (
        <Revoke
          api={api}
          shown={asking.key}
          name={nameOf(asking.key, currentId)}
          onRevoked={reload}
          onClose={() => setAsking(null)}
        />
      )}
    </div>
  );
}
