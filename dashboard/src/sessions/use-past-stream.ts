import { useCallback, useEffect, useState } from "preact/hooks";
import type { Api } from "../api";
import type { Broadcast } from "../charts/chart";
import { marksOf } from "../charts/marks";
import { resolutionFor } from "../charts/rows";
import { samplesOf } from "../charts/samples";
import type { OwnStreamDetails, TimelineEntry } from "../contract";
import { ApiProblem, explain } from "../problem";

const NOT_FOUND = 404;

export interface Recorded {
  readonly stream: OwnStreamDetails;
  readonly entries: readonly TimelineEntry[];
  readonly broadcast: Broadcast;
}

export interface RecordedHandle {
  /** Undefined while it is loaded, or not asked for; null if there is no such stream. */
  readonly recorded: Recorded | null | undefined;
  readonly problem: string | null;
  readonly reload: () => void;
}

/** All that is stored of one of the channel's streams. */
export function useRecorded(api: Api, streamId: string | null): RecordedHandle {
  const [recorded, setRecorded] = useState<Recorded | null | undefined>(undefined);
  const [problem, setProblem] = useState<string | null>(null);
  const [reads, setReads] = useState(0);
  useEffect(() => {
    setRecorded(undefined);
    setProblem(null);
    if (streamId === null) return;
    let gone = false;
    read(api, streamId).then(
      (found) => !gone && setRecorded(found),
      (failure: unknown) => {
        if (gone) return;
        if (failure instanceof ApiProblem && failure.status === NOT_FOUND) setRecorded(null);
        else setProblem(explain(failure));
      },
    );
    return () => {
      gone = true;
    };
  }, [api, streamId, reads]);
  const reload = useCallback(() => setReads((count) => count + 1), []);
  return { recorded, problem, reload };
}

async function read(api: Api, streamId: string): Promise<Recorded> {
  const [stream, entries] = await Promise.all([api.streamDetails(streamId), api.timeline(streamId)]);
  const durationMs = (stream.duration_s ?? 0) * 1000;
  const resolution = resolutionFor(durationMs);
  const samples = samplesOf(await api.samples(streamId, resolution), resolution);
  const start = Date.parse(stream.started_at ?? stream.created_at);
  return { stream, entries, broadcast: { ...samples, start, durationMs, marks: marksOf(entries) } };
}
