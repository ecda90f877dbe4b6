import { useState } from "preact/hooks";
import type { Api } from "../api";
import { explain } from "../problem";
import { sentence } from "../ui/format";
import { t } from "../words/sessions";
import { saveAs } from "./save-as";

type Format = "json" | "csv";
const FORMATS: readonly Format[] = ["json", "csv"];

/** The broadcast as a file. It is fetched with the token in a header: a link would have it in the address. */
export function ExportPanel({ api, streamId }: { api: Api; streamId: string }) {
  const [busy, setBusy] = useState<Format | null>(null);
  const [problem, setProblem] = useState<string | null>(null);

  const download = async (format: Format) => {
    setBusy(format);
    setProblem(null);
    try {
      saveAs(await api.export(streamId, format), `broadcast-${streamId}.${format}`);
    } catch (failure) {
      setProblem(explain(failure));
    }
    setBusy(null);
  };

  return (
    <section class="card" aria-labelledby="export-heading" data-testid="export">
      <header class="card-head">
        <h2 id="export-heading">{t.export}</h2>
        <p class="muted">{t.exportHint}</p>
      </header>
      <div class="recording-actions">
        {FORMATS.map((format) => (
          <button
            key={format}
            type="button"
            class="button"
            data-testid={`export-${format}`}
            aria-disabled={busy !== null}
            onClick={() => busy === null && void download(format)}
          >
            {busy === format ? t.exporting : t[format]}
          </button>
        ))}
      </div>
      {problem !== null && (
        <p class="field-error" role="alert">
          {sentence(problem)}
        </p>
      )}
    </section>
  );
}
