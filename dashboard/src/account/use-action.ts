import { useCallback, useState } from "preact/hooks";
import { explain } from "../problem";

export interface Action {
  readonly busy: boolean;
  readonly error: string | null;
  readonly done: string | null;
  /** Runs `work`; `said` is shown when it has succeeded. */
  readonly run: (work: () => Promise<void>, said?: string) => Promise<void>;
}

/** What a form or a button does: one at a time, and how it went. */
export function useAction(): Action {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const [done, setDone] = useState<string | null>(null);
  const run = useCallback(
    async (work: () => Promise<void>, said?: string) => {
      if (busy) return;
      setBusy(true);
      setError(null);
      setDone(null);
      try {
        await work();
        setDone(said ?? null);
      } catch (failure) {
        setError(explain(failure));
      } finally {
        setBusy(false);
      }
    },
    [busy],
  );
  return { busy, error, done, run };
}
