import { useEffect, useState } from "preact/hooks";
import type { Api } from "../api";
import type { RefusalPage } from "../contract";
import { explain } from "../problem";
import { sentence } from "../ui/format";
import { Summary } from "../ui/summary";
import { t } from "../words/recordings";
import { RefusalList } from "./refusal-list";

interface RefusalsPanelProps {
  readonly api: Api;
  /** Changes with each refusal that the page hears of. */
  readonly newest: string | null;
}

/** The channel's refused publishers: when, why, from where. Read when it is opened, and with each refusal from then on. */
export function RefusalsPanel({ api, newest }: RefusalsPanelProps) {
  const [open, setOpen] = useState(false);
  const [page, setPage] = useState<RefusalPage | null>(null);
  const [problem, setProblem] = useState<string | null>(null);

  useEffect(() => {
    if (!open) return;
    api.refusals().then(
      (found) => {
        setPage(found);
        setProblem(null);
      },
      (failure: unknown) => setProblem(explain(failure)),
    );
  }, [api, open, newest]);

  return (
    <section class="card" aria-labelledby="refusals-heading" data-testid="refusals">
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <Summary>
          <h2 id="refusals-heading">{t.refusals}</h2>
        </Summary>
        <div class="refusals">
          <p class="muted">{t.refusalsHint}</p>
          {problem && (
            <p class="field-error" role="alert">
              {sentence(problem)}
            </p>
          )}
          {page?.refusals.length === 0 && <p class="muted">{t.noRefusals}</p>}
          {page && <RefusalList refusals={page.refusals} isCut={page.next_cursor !== null} />}
        </div>
      </details>
    </section>
  );
}
