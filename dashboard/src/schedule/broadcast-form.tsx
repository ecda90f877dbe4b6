import { useState } from "preact/hooks";
import type { NewBroadcast, PlannedBroadcast } from "../contract";
import { explain } from "../problem";
import { t } from "../words/schedule";
import { instantOf, ownZone, wallClock, zoneName, zones } from "./zones";

const TITLE_MAX = 140;
const SHORTEST = 5;
const LONGEST = 24 * 60;

interface BroadcastFormProps {
  /** The one that is edited; null to plan one. */
  readonly planned: PlannedBroadcast | null;
  readonly onSave: (broadcast: NewBroadcast) => Promise<void>;
  readonly onClose: () => void;
}

/** One planned broadcast. The start is entered as a clock in the chosen zone shows it. */
export function BroadcastForm({ planned, onSave, onClose }: BroadcastFormProps) {
  const [zone, setZone] = useState(planned?.time_zone ?? ownZone());
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget as HTMLFormElement);
    const startsAt = instantOf(String(fields.get("start")), zone);
    if (startsAt === null) return setProblem(t.noStart);
    setBusy(true);
    setProblem(null);
    try {
      await onSave({
        title: String(fields.get("title")).trim(),
        starts_at: new Date(startsAt).toISOString(),
        minutes: Number(fields.get("minutes")),
        time_zone: zone,
      });
    } catch (failure) {
      setProblem(explain(failure));
      setBusy(false);
    }
  };

  return (
    <form class="schedule-form" onSubmit={(event) => void submit(event)} data-testid="schedule-form">
      <label class="field">
        <span class="label">{t.title}</span>
        <input class="input" name="title" required maxLength={TITLE_MAX} defaultValue={planned?.title ?? ""} />
      </label>
      <label class="field">
        <span class="label">{t.start}</span>
        <input
          class="input"
          name="start"
          type="datetime-local"
          required
          defaultValue={planned ? wallClock(Date.parse(planned.starts_at), planned.time_zone) : ""}
        />
      </label>
      <label class="field">
        <span class="label">{t.zone}</span>
        <select class="input" value={zone} onChange={(event) => setZone(event.currentTarget.value)}>
          {zones(zone).map((one) => (
            <option key={one} value={one}>
              {zoneName(one)}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        <span class="label">{t.length}</span>
        <input
          class="input"
          name="minutes"
          type="number"
          required
          min={SHORTEST}
          max={LONGEST}
          step={1}
          defaultValue={planned?.minutes ?? 60}
        />
      </label>
      {problem !== null && (
        <p class="field-error" role="alert">
          {problem}
        </p>
      )}
      <div class="field-row">
        <button type="submit" class="button primary" aria-disabled={busy} data-testid="schedule-save">
          {busy ? t.saving : t.save}
        </button>
        <button type="button" class="button" onClick={onClose}>
          {t.cancel}
        </button>
      </div>
    </form>
  );
}
