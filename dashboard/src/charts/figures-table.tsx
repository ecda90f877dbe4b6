import { useState } from "preact/hooks";
import { Moment } from "../ui/moment";
import { ScrollArea } from "../ui/scroll-area";
import { Summary } from "../ui/summary";
import { t } from "../words/charts";
import type { Broadcast } from "./chart";
import { METRICS, regrouped } from "./rows";
import { elapsed, figures, markText, windowOf } from "./words";

/** A table of more rows is no easier to read than the chart. */
const MOST_ROWS = 60;
const ROW_LENGTHS_MS = [10_000, 60_000, 300_000, 900_000, 3_600_000];

/** What the charts show, as text: the figures in a table, and the events. Made when it is opened. */
export function FiguresTable({ broadcast }: { broadcast: Broadcast }) {
  const [open, setOpen] = useState(false);
  return (
    <details class="figures-text" onToggle={(event) => setOpen(event.currentTarget.open)} data-testid="figures">
      <Summary>{t.table}</Summary>
      {open && <Opened broadcast={broadcast} />}
    </details>
  );
}

function Opened({ broadcast: { rows, rowMs, durationMs, marks } }: { broadcast: Broadcast }) {
  const length = ROW_LENGTHS_MS.find((ms) => ms >= rowMs && durationMs / ms <= MOST_ROWS) ?? 3_600_000;
  const first = rows[0]?.at ?? 0;
  const shown = METRICS.filter((metric) => rows.some((row) => row[metric] !== null));
  return (
    <>
      <ScrollArea label={t.table}>
        <table class="figures">
          <caption class="muted">{windowOf(length)}</caption>
          <thead>
            <tr>
              <th scope="col">{t.time}</th>
              {shown.map((metric) => (
                <th key={metric} scope="col">
                  {t.metrics[metric].name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {regrouped(rows, length, first).map((row) => (
              <tr key={row.at}>
                <th scope="row">{elapsed((row.at - first) / 1000)}</th>
                {shown.map((metric) => (
                  <td key={metric}>{figures(metric, row[metric])}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollArea>
      <h3>{t.events}</h3>
      {marks.length === 0 && <p class="muted">{t.noEvents}</p>}
      <ol class="figures-events">
        {marks.map((mark) => (
          <li key={`${mark.at} ${mark.kind} ${mark.code}`}>
            {markText(mark)}, <Moment at={mark.at} seconds />
          </li>
        ))}
      </ol>
    </>
  );
}
