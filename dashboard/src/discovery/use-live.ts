import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { explain } from "../problem";
import type { LiveStream, PublicApi, Search } from "../public-api";

/** While the page is looked at; the API shares one answer among all who ask. */
const REFRESH_MS = 15_000;
/** So that not every letter is a request. */
const TYPING_MS = 250;

export interface LiveList {
  readonly streams: readonly LiveStream[];
  readonly loaded: boolean;
  readonly more: boolean;
  readonly problem: string | null;
  readonly loadMore: () => void;
  readonly reload: () => void;
}

interface Found {
  readonly streams: readonly LiveStream[];
  readonly cursor: string | null;
}

/** The live streams that `search` finds, kept up to date. A refresh reads as many pages as are shown. */
export function useLive(api: PublicApi, search: Search): LiveList {
  const [found, setFound] = useState<Found | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const pages = useRef(1);
  const latest = useRef(0);

  const load = useCallback(async () => {
    const turn = ++latest.current;
    try {
      const read = await firstPages(api, search, pages.current);
      if (turn !== latest.current) return;
      setFound(read);
      setProblem(null);
    } catch (error) {
      if (turn === latest.current) setProblem(explain(error));
    }
  }, [api, search]);

  const isFirst = useRef(true);
  useEffect(() => {
    pages.current = 1;
    const delay = isFirst.current ? 0 : TYPING_MS;
    isFirst.current = false;
    const typing = setTimeout(() => void load(), delay);
    const refresh = setInterval(() => document.visibilityState === "visible" && void load(), REFRESH_MS);
    const look = () => document.visibilityState === "visible" && void load();
    document.addEventListener("visibilitychange", look);
    return () => {
      clearTimeout(typing);
      clearInterval(refresh);
      document.removeEventListener("visibilitychange", look);
    };
  }, [load]);

  const loadMore = useCallback(() => {
    pages.current += 1;
    void load();
  }, [load]);

  return {
    streams: found?.streams ?? [],
    loaded: found !== null,
    more: found?.cursor != null,
    problem,
    loadMore,
    reload: () => void load(),
  };
}

async function firstPages(api: PublicApi, search: Search, count: number): Promise<Found> {
  const streams: LiveStream[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < count; page++) {
    const read = await api.live(search, cursor);
    streams.push(...read.streams);
    cursor = read.next_cursor;
    // A page may be empty while more follow: that one is not what the person asked for.
    if (read.streams.length === 0) count = Math.min(count + 1, 20);
    if (cursor === null) break;
  }
  return { streams, cursor };
}
