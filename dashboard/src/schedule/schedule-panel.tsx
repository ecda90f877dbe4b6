import { useCallback, useEffect, useState } from "preact/hooks";
import type { Api } from "../api";
import type { NewBroadcast, OwnChannel, PlannedBroadcast } from "../contract";
import { CHOICE } from "../i18n/language";
import { explain } from "../problem";
import { CopyButton } from "../ui/copy-button";
import { ManualCopy } from "../ui/manual-copy";
import { Moment } from "../ui/moment";
import { t } from "../words/schedule";
import { BroadcastForm } from "./broadcast-form";
import { ownZone, zoneName } from "./zones";

interface SchedulePanelProps {
  readonly api: Api;
  readonly channel: OwnChannel;
  /** Where the API is; empty if it is where the page is. */
  readonly apiUrl: string;
}

/** The channel's planned broadcasts: plan, change, remove. Read when the panel is opened. */
export function SchedulePanel({ api, channel, apiUrl }: SchedulePanelProps) {
  const [open, setOpen] = useState(false);
  const [planned, setPlanned] = useState<readonly PlannedBroadcast[] | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  /** The one that is edited, "new" for one that is planned. */
  const [editing, setEditing] = useState<string | null>(null);
  const [byHand, setByHand] = useState(false);
  const dismiss = useCallback(() => setByHand(false), []);
  const feed = new URL(`${apiUrl}/api/channels/${channel.channel_id}/schedule.ics`, location.href).href;

  const read = useCallback(
    () =>
      api.schedule().then(
        (found) => {
          setPlanned(found);
          setProblem(null);
        },
        (failure: unknown) => setProblem(explain(failure)),
      ),
    [api],
  );
  useEffect(() => {
    if (open) void read();
  }, [open, read]);

  const save = async (broadcast: NewBroadcast) => {
    if (editing === null || editing === "new") await api.planBroadcast(broadcast);
    else await api.editBroadcast(editing, broadcast);
    setEditing(null);
    await read();
  };
  const remove = (one: PlannedBroadcast) =>
    api.cancelBroadcast(one.broadcast_id).then(read, (failure: unknown) => setProblem(explain(failure)));

  return (
    <section class="card" aria-labelledby="schedule-heading" data-testid="schedule">
      <details class="schedule" onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>
          <h2 id="schedule-heading">{t.heading}</h2>
        </summary>
        <div class="schedule-body">
          <p class="muted">{t.lead}</p>
          {problem !== null && (
            <p class="field-error" role="alert">
              {problem}
            </p>
          )}
          {planned?.length === 0 && <p class="muted">{t.none}</p>}
          <ul class="schedule-list">
            {(planned ?? []).map((one) => (
              <li key={one.broadcast_id} data-testid="schedule-row">
                {editing === one.broadcast_id ? (
                  <BroadcastForm planned={one} onSave={save} onClose={() => setEditing(null)} />
                ) : (
                  <Row planned={one} onEdit={() => setEditing(one.broadcast_id)} onRemove={() => void remove(one)} />
                )}
              </li>
            ))}
          </ul>
          {editing === "new" ? (
            <BroadcastForm planned={null} onSave={save} onClose={() => setEditing(null)} />
          ) : (
            <div>
              <button type="button" class="button" data-testid="schedule-plan" onClick={() => setEditing("new")}>
                {t.plan}
              </button>
            </div>
          )}
          {channel.visibility !== "private" && (
            <div class="field">
              <label class="label" for="schedule-feed">
                {t.feed}
              </label>
              <div class="field-row">
                <input id="schedule-feed" class="input mono" readOnly value={feed} spellcheck={false} />
                <CopyButton
                  what={t.feedInText}
                  testid="copy-feed"
                  text={() => feed}
                  onNoClipboard={() => setByHand(true)}
                />
                <a class="button" href={feed} download="schedule.ics" data-testid="download-feed">
                  {t.download}
                  <span class="sr-only"> {t.downloadOf}</span>
                </a>
              </div>
              {byHand && <ManualCopy label={t.feedInText} text={feed} secret={false} onDismiss={dismiss} />}
              <p class="field-hint">{t.feedHint}</p>
            </div>
          )}
        </div>
      </details>
    </section>
  );
}

interface RowProps {
  readonly planned: PlannedBroadcast;
  readonly onEdit: () => void;
  readonly onRemove: () => void;
}

/** In the reader's time, and where it was planned in another zone in that one as well. */
function Row({ planned, onEdit, onRemove }: RowProps) {
  const at = Date.parse(planned.starts_at);
  return (
    <div class="schedule-row">
      <div>
        <p class="schedule-title">{planned.title}</p>
        <p class="muted">
          <Moment at={at} /> · {t.minutes(planned.minutes)}
          {planned.time_zone !== ownZone() &&
            ` · ${t.inZone(new Date(at).toLocaleTimeString(CHOICE.locale, { timeZone: planned.time_zone, timeStyle: "short" }), zoneName(planned.time_zone))}`}
          {at <= Date.now() && ` · ${t.onNow}`}
        </p>
      </div>
      <div class="field-row">
        <button type="button" class="button small" aria-label={t.editOf(planned.title)} onClick={onEdit}>
          {t.edit}
        </button>
        <button
          type="button"
          class="button small danger-quiet"
          aria-label={t.removeOf(planned.title)}
          onClick={onRemove}
          data-testid="schedule-remove"
        >
          {t.remove}
        </button>
      </div>
    </div>
  );
}
