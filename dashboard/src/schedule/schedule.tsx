import { useCallback, useEffect, useState } from "preact/hooks";
import type { Api } from "../api";
import { type IssuedKey, limits, type NewBroadcast, type OwnChannel, type PlannedBroadcast } from "../contract";
import { explain } from "../problem";
import { Issued } from "../studio/keys/issued";
import { isOver } from "../studio/keys/key-text";
import type { KeysHandle } from "../studio/keys/use-keys";
import { Confirm } from "../ui/confirm";
import { t } from "../words/schedule";
import { BroadcastForm } from "./broadcast-form";
import { Feed } from "./feed";
import { Row } from "./row";
import "../styles/keys.css";

export interface ScheduleProps {
  readonly api: Api;
  readonly channel: OwnChannel;
  /** All of the channel; those of a planned broadcast are shown with it. */
  readonly handle: KeysHandle;
  /** Where the API is; empty if it is where the page is. */
  readonly apiUrl: string;
}

/** Plan, change and remove broadcasts, and give out keys that work only then. */
export default function Schedule({ api, channel, handle, apiUrl }: ScheduleProps) {
  const [planned, setPlanned] = useState<readonly PlannedBroadcast[] | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  /** The one that is edited, "new" for one that is planned. */
  const [editing, setEditing] = useState<string | null>(null);
  const [issued, setIssued] = useState<IssuedKey | null>(null);
  const [removing, setRemoving] = useState<PlannedBroadcast | null>(null);
  const { keys, problem: keysProblem, reload, show } = handle;
  useEffect(show, [show]);
  const forget = useCallback(() => setIssued(null), []);

  const read = useCallback(async () => {
    try {
      setPlanned(await api.schedule());
      setProblem(null);
    } catch (failure) {
      setProblem(explain(failure));
    }
  }, [api]);
  useEffect(() => void read(), [read]);

  const save = async (broadcast: NewBroadcast) => {
    if (editing === null || editing === "new") await api.planBroadcast(broadcast);
    else await api.editBroadcast(editing, broadcast);
    setEditing(null);
    reload();
    await read();
  };
  const remove = async (one: PlannedBroadcast) => {
    await api.cancelBroadcast(one.broadcast_id);
    if (issued?.broadcast_id === one.broadcast_id) forget();
    reload();
    await read();
  };
  const createKey = async ({ broadcast_id, title }: PlannedBroadcast) => {
    const label = [...title].slice(0, limits.NewKey.label.maxLength).join("");
    setIssued(await api.createKey({ label, role: "guest", broadcast_id }));
    reload();
  };
  const trying = (attempt: Promise<void>) =>
    attempt.then(
      () => setProblem(null),
      (failure: unknown) => setProblem(explain(failure)),
    );
  const keysOf = (one: PlannedBroadcast) =>
    (keys ?? []).filter((key) => key.broadcast_id === one.broadcast_id && !isOver(key));

  return (
    <div class="schedule-body">
      <p class="muted">{t.lead}</p>
      {(problem ?? keysProblem) && (
        <p class="field-error" role="alert">
          {problem ?? keysProblem}
        </p>
      )}
      {planned?.length === 0 && <p class="muted">{t.none}</p>}
      <ul class="schedule-list">
        {(planned ?? []).map((one) => (
          <li key={one.broadcast_id} data-testid="schedule-row">
            {editing === one.broadcast_id ? (
              <BroadcastForm planned={one} onSave={save} onClose={() => setEditing(null)} />
            ) : (
              <Row
                planned={one}
                keys={keysOf(one)}
                onEdit={() => setEditing(one.broadcast_id)}
                onCreateKey={() => trying(createKey(one))}
                onRemove={() => (keysOf(one).length > 0 ? setRemoving(one) : void trying(remove(one)))}
              />
            )}
            {issued?.broadcast_id === one.broadcast_id && (
              <Issued
                key={issued.key_id}
                issued={issued}
                name={issued.label}
                server={channel.ingest_url}
                onDismiss={forget}
              />
            )}
          </li>
        ))}
      </ul>
      {planned !== null && planned.length > 0 && <p class="field-hint">{t.keyHint}</p>}
      {editing === "new" ? (
        <BroadcastForm planned={null} onSave={save} onClose={() => setEditing(null)} />
      ) : (
        <div>
          <button type="button" class="button" data-testid="schedule-plan" onClick={() => setEditing("new")}>
            {t.plan}
          </button>
        </div>
      )}
      {channel.visibility !== "private" && <Feed channelId={channel.channel_id} apiUrl={apiUrl} />}
      {removing && (
        <Confirm
          title={t.removeTitle(removing.title)}
          confirmLabel={t.remove}
          busyLabel={t.removing}
          onConfirm={() => remove(removing)}
          onClose={() => setRemoving(null)}
        >
          <p>{t.removeConsequence}</p>
        </Confirm>
      )}
    </div>
  );
}
