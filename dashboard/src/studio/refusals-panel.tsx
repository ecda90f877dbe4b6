import { useEffect, useState } from "preact/hooks";
import type { Api } from "../api";
import type { Refusal } from "../contract";
import { explain } from "../problem";
import { sentence } from "../ui/format";
import { Moment } from "../ui/moment";
import { t } from "../words/recordings";
import { told } from "../words/server";

interface RefusalsPanelProps {
  readonly api: Api;
  /** Changes with each refusal that the page hears of. */
  readonly newest: string | null;
}

/** The channel's refused publishers: when, why, from where. Read when it is opened, and with each refusal from then on. */
export function RefusalsPanel({ api, newest }: RefusalsPanelProps) {
  const [open, setOpen] = useState(false);
  const [refusals, setRefusals] = useState<readonly Refusal[] | null>(null);
  const [problem, setProblem] = useState<string | null>(null);

  useEffect(() => {
    if (!open) return;
    api.refusals().then(
      (page) => {
        setRefusals(page.refusals);
        setProblem(null);
      },
      (failure: unknown) => setProblem(explain(failure)),
    );
  }, [api, open, newest]);

  return (
    <section class="card" aria-labelledby="refusals-heading" data-testid="refusals">
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>
          <h2 id="refusals-heading">{t.refusals}</h2>
        </summary>
        <div class="refusals">
          <p class="muted">{t.refusalsHint}</p>
          {problem && (
            <p class="field-error" role="alert">
              {sentence(problem)}
            </p>
          )}
          {refusals?.length === 0 && <p class="muted">{t.noRefusals}</p>}
          <ul class="refusal-list">
            {(refusals ?? []).map((refusal) => (
              <li key={`${refusal.at} ${refusal.reason} ${refusal.client_ip}`} data-testid="refusal-row">
                <p class="refusal-title">{sentence(told(refusal.title ?? refusal.reason))}</p>
                <p class="muted">
                  <Moment at={Date.parse(refusal.at)} />
                  {refusal.client_ip && ` · ${t.from(refusal.client_ip)}`}
                </p>
                {refusal.action && <p>{sentence(told(refusal.action))}</p>}
              </li>
            ))}
          </ul>
        </div>
      </details>
    </section>
  );
}
