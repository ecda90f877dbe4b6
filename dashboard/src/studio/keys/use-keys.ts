import { useCallback, useEffect, useState } from "preact/hooks";
import type { Api } from "../../api";
import type { Key } from "../../contract";
import { explain } from "../../problem";

/** The list follows an index that may be a moment late: it is read again after each change. */
const SETTLES_MS = 1_500;

export interface KeysHandle {
  /** Null until they are loaded. */
  readonly keys: readonly Key[] | null;
  readonly problem: string | null;
  readonly reload: () => void;
  /** To be called by a panel that shows them, as an effect: they are read when it opens, and kept up to date from then on. */
  readonly show: () => () => void;
}

/**
 * The channel's keys: one list for all panels that show it, read again after each change in one of them and whenever
 * `version` differs.
 */
export function useKeys(api: Api, version: string): KeysHandle {
  const [keys, setKeys] = useState<readonly Key[] | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [changes, setChanges] = useState(0);
  const [panels, setPanels] = useState(0);

  useEffect(() => {
    if (panels === 0) return;
    let isCurrent = true;
    const read = () =>
      api.keys().then(
        (found) => {
          if (!isCurrent) return;
          setKeys(found.keys);
          setProblem(null);
        },
        (failure: unknown) => isCurrent && setProblem(explain(failure)),
      );
    void read();
    const timer = setTimeout(() => void read(), SETTLES_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [api, version, changes, panels]);

  const reload = useCallback(() => setChanges((count) => count + 1), []);
  const show = useCallback(() => {
    setPanels((count) => count + 1);
    return () => setPanels((count) => count - 1);
  }, []);
  return { keys, problem, reload, show };
}
