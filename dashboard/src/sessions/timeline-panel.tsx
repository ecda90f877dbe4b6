import type { TimelineEntry } from "../contract";
import { Moment } from "../ui/moment";
import { t } from "../words/sessions";
import { entryText } from "./words";

/** What happened, in order. */
export function TimelinePanel({ entries }: { entries: readonly TimelineEntry[] }) {
  // A connection has the number of its beginning and the time of its end.
  const ordered = [...entries].sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
  return (
    <section class="card" aria-labelledby="timeline-heading" data-testid="timeline">
      <header class="card-head">
        <h2 id="timeline-heading">{t.timeline}</h2>
        <p class="muted">{t.timelineHint}</p>
      </header>
      {entries.length === 0 && <p class="muted">{t.noTimeline}</p>}
      <ol class="timeline">
        {ordered.map((entry) => {
          const { title, detail } = entryText(entry);
          return (
            <li key={`${entry.seq} ${entry.kind}`} data-testid="timeline-entry" data-kind={entry.kind}>
              <p class="timeline-at muted">
                <Moment at={Date.parse(entry.at)} seconds />
              </p>
              <div>
                <p class="timeline-title">{title}</p>
                {detail && <p class="muted">{detail}</p>}
              </div>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
