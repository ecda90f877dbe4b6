import { useCallback, useEffect, useState } from "preact/hooks";
import type { Api } from "../api";
import { explain } from "../problem";
import { isBeingFinished, type Recorded, recorded } from "./recordings";

const LOOK_AGAIN_MS = 3_000;
const MOST_LOOKS = 40; // the sweep finishes within two minutes what a node did not

export interface RecordingsHandle {
  /** Null until they are loaded. */
  readonly streams: readonly Recorded[] | null;
  readonly problem: string | null;
  readonly reload: () => void;
}

/** The channel's recordings, read again when a stream begins or ends or the visibility changes, and until the last is finished. */
export function useRecordings(api: Api, streamId: string | null, visibility: string): RecordingsHandle {
  const [streams, setStreams] = useState<readonly Recorded[] | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [looks, setLooks] = useState(0);

  const reload = useCallback(() => {
    api.streams().then(
      (page) => {
        setStreams(recorded(page.streams));
        setProblem(null);
      },
      (failure: unknown) => setProblem(explain(failure)),
    );
  }, [api]);

  useEffect(() => {
    setLooks(0);
    reload();
  }, [reload, streamId, visibility]);

  const unfinished = (streams ?? []).some(isBeingFinished);
  useEffect(() => {
    if (!unfinished || looks >= MOST_LOOKS) return;
    const timer = setTimeout(() => {
      setLooks(looks + 1);
      reload();
    }, LOOK_AGAIN_MS);
    return () => clearTimeout(timer);
  }, [unfinished, looks, reload]);

  return { streams, problem, reload };
}
