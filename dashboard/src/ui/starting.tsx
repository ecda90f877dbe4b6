import type { ComponentChildren } from "preact";
import { useCallback, useEffect, useMemo, useState } from "preact/hooks";
import { type Config, loadConfig } from "../config";
import { t } from "../words/common";
import { Wordmark } from "./icon";

/** Reads the configuration, then shows the page; if it cannot be read, says why. */
export function Starting({ children }: { children: (config: Config) => ComponentChildren }) {
  const [config, setConfig] = useState<Config | null>(null);
  const [broken, setBroken] = useState<string | null>(null);
  const start = useCallback(() => {
    setBroken(null);
    loadConfig().then(setConfig, (error: unknown) => setBroken(error instanceof Error ? error.message : String(error)));
  }, []);
  useEffect(start, [start]);
  // Once: what the children make of the configuration (an API client) must stay the same.
  const page = useMemo(() => config && children(config), [config]);

  if (page !== null) return <>{page}</>;
  if (broken === null) return <main aria-busy="true" />;
  return (
    <main class="gate">
      <section class="card gate-card" data-testid="config-error">
        <Wordmark />
        <h1>{t.pageCannotStart}</h1>
        <p role="alert">{broken}</p>
        <button type="button" class="button primary" onClick={start}>
          {t.tryAgain}
        </button>
      </section>
    </main>
  );
}
