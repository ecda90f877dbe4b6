import { useState } from "preact/hooks";
import type { Key, PlannedBroadcast } from "../contract";
import { CHOICE } from "../i18n/language";
import { Moment } from "../ui/moment";
import { t } from "../words/schedule";
import { ownZone, zoneName } from "./zones";

interface RowProps {
  readonly planned: PlannedBroadcast;
  /** Those that are valid only then. */
  readonly keys: readonly Key[];
  readonly onEdit: () => void;
  readonly onCreateKey: () => Promise<void>;
  readonly onRemove: () => void;
}

/** In the reader's time, and where it was planned in another zone in that one as well. */
export function Row({ planned, keys, onEdit, onCreateKey, onRemove }: RowProps) {
  const [busy, setBusy] = useState(false);
  const at = Date.parse(planned.starts_at);
  const create = async () => {
    setBusy(true);
    await onCreateKey();
    setBusy(false);
  };
  return (
    <div class="schedule-row">
      <div>
        <p class="schedule-title">{planned.title}</p>
        <p class="muted">
          <Moment at={at} /> · {t.minutes(planned.minutes)}
          {planned.time_zone !== ownZone() &&
            ` · ${t.inZone(clockIn(planned.time_zone, at), zoneName(planned.time_zone))}`}
          {at <= Date.now() && ` · ${t.onNow}`}
        </p>
        {keys.map((key) => (
          <p key={key.key_id} class="muted" data-testid="schedule-key">
            {t.key(<span class="mono">••••{key.hint}</span>, momentOf(key.not_before), momentOf(key.expires_at))}
          </p>
        ))}
      </div>
      <div class="field-row">
        {keys.length === 0 && (
          <button
            type="button"
            class="button small"
            aria-label={t.createKeyFor(planned.title)}
            aria-disabled={busy}
            onClick={() => !busy && void create()}
            data-testid="schedule-create-key"
          >
            {t.createKey}
          </button>
        )}
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

function clockIn(timeZone: string, at: number): string {
  return new Date(at).toLocaleTimeString(CHOICE.locale, { timeZone, timeStyle: "short" });
}

function momentOf(time: string | null) {
  return time === null ? null : <Moment at={Date.parse(time)} />;
}
