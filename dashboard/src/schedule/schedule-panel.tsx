import { useState } from "preact/hooks";
import { withWords } from "../i18n/catalogue";
import { lazyPart } from "../ui/lazy";
import { Summary } from "../ui/summary";
import { t } from "../words/studio";
import type { ScheduleProps } from "./schedule";

const Schedule = lazyPart<ScheduleProps>(async () => (await withWords(() => import("./schedule"))).default);

/** The channel's planned broadcasts; loaded when the panel is opened. */
export function SchedulePanel(props: ScheduleProps) {
  const [open, setOpen] = useState(false);
  return (
    <section class="card" aria-labelledby="schedule-heading" data-testid="schedule">
      <details class="schedule" onToggle={(event) => setOpen(event.currentTarget.open)}>
        <Summary>
          <h2 id="schedule-heading">{t.schedule}</h2>
        </Summary>
        {open && <Schedule {...props} />}
      </details>
    </section>
  );
}
