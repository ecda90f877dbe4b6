import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { explain } from "../problem";

export interface Loaded<T> {
  /** The last that was read; null before the first answer. */
  readonly value: T | null;
  /** Why the last reading failed; what was read before stays. */
  readonly problem: string | null;
  readonly reload: () => void;
}

/** Reads at once, again when `read` changes, and every `everyMs` while the page is looked at. */
export function useLoaded<T>(read: () => Promise<T>, everyMs: number | null = null): Loaded<T> {
  const [found, setFound] = useState<{ readonly by: () => Promise<T>; readonly value: T } | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const latest = useRef(0);

  const load = useCallback(() => {
    const turn = ++latest.current;
    read().then(
      (value) => {
        if (turn !== latest.current) return;
        setFound({ by: read, value });
        setProblem(null);
      },
      (failure: unknown) => turn === latest.current && setProblem(explain(failure)),
    );
  }, [read]);

  useEffect(() => {
    load();
    const look = () => document.visibilityState === "visible" && load();
    const timer = everyMs === null ? undefined : setInterval(look, everyMs);
    if (everyMs !== null) document.addEventListener("visibilitychange", look);
    return () => {
      // What is still on its way answers a question that nobody asks any more.
      latest.current += 1;
      clearInterval(timer);
      document.removeEventListener("visibilitychange", look);
    };
  }, [load, everyMs]);

  return { value: found?.by === read ? found.value : null, problem, reload: load };
}

interface Page {
  readonly next_cursor: string | null;
}

export interface Paged<T> {
  readonly items: readonly T[] | null;
  readonly more: boolean;
  readonly problem: string | null;
  readonly loadMore: () => void;
  readonly reload: () => void;
}

/** A list that is read page by page, as long as the reader asks for more; until then again whenever `asOf` changes. */
export function usePaged<P extends Page, T>(
  read: (cursor: string | null) => Promise<P>,
  itemsOf: (page: P) => readonly T[],
  asOf: unknown = null,
): Paged<T> {
  const [pages, setPages] = useState<{ readonly by: typeof read; readonly pages: readonly P[] } | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const turn = useRef(0);

  const load = useCallback(
    (before: readonly P[]) => {
      const mine = ++turn.current;
      read(before.at(-1)?.next_cursor ?? null).then(
        (page) => {
          if (mine !== turn.current) return;
          setPages({ by: read, pages: [...before, page] });
          setProblem(null);
        },
        (failure: unknown) => mine === turn.current && setProblem(explain(failure)),
      );
    },
    [read],
  );
  const shown = pages?.by === read ? pages.pages : null;
  const asked = useRef(1);
  asked.current = shown?.length ?? 1;
  useEffect(() => {
    if (asked.current <= 1) load([]);
  }, [load, asOf]);
  return {
    items: shown?.flatMap(itemsOf) ?? null,
    more: shown?.at(-1)?.next_cursor != null,
    problem,
    loadMore: () => load(shown ?? []),
    reload: () => load([]),
  };
}
