import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Api } from "../api";
import { type Mark, marksOf } from "./marks";
import { hasHole, type Metric, merged, type Row, resolutionFor } from "./rows";
import { type Samples, samplesOf, updated } from "./samples";

const READ_EVERY_MS = 30_000;
/** An event reaches the page before it is in the timeline. */
const TIMELINE_DELAY_MS = 2_000;

interface Wanted {
  readonly streamId: string;
  readonly durationMs: number;
  /** What the page has measured. */
  readonly live: readonly Row[];
  readonly happened: string;
  /** Whether the page is connected: what it missed meanwhile is read once it is again. */
  readonly isConnected: boolean;
  readonly metric: Metric;
}

/**
 * What the server has of the running broadcast, followed by what the page has measured since.
 *
 * It is read again while there is a hole between the two, and while the metric on the screen comes only from there. A
 * failure shows as a shorter line; the page says elsewhere that the server can't be reached.
 */
export function useStored(api: Api, { streamId, durationMs, live, happened, isConnected, metric }: Wanted) {
  const [stored, setStored] = useState<Samples>({ rows: [], rowMs: 10_000 });
  const [marks, setMarks] = useState<readonly Mark[]>([]);
  const latest = useRef(stored);
  latest.current = stored;

  // `durationMs` grows all the time; it only chooses how long the rows are.
  const resolution = resolutionFor(durationMs);
  const isIncomplete = hasHole(stored.rows, live, stored.rowMs) || live.every((row) => row[metric] === null);
  useEffect(() => {
    if (!isConnected) return;
    let gone = false;
    const read = () => {
      const { rows, rowMs } = latest.current;
      const known = rowMs === resolution * 1000 ? rows : [];
      // The last one may have changed.
      api.samples(streamId, resolution, known.at(-1)?.at ?? null).then(
        (samples) => {
          const newer = samplesOf(samples, resolution);
          if (!gone) setStored({ rows: updated(known, newer.rows), rowMs: newer.rowMs });
        },
        () => undefined,
      );
    };
    read();
    const timer = isIncomplete
      ? setInterval(() => document.visibilityState === "visible" && read(), READ_EVERY_MS)
      : undefined;
    return () => {
      gone = true;
      clearInterval(timer);
    };
  }, [api, streamId, resolution, isIncomplete, isConnected]);

  const seen = useRef(happened);
  useEffect(() => {
    if (!isConnected) return;
    let gone = false;
    const read = () =>
      api.timeline(streamId).then(
        (entries) => !gone && setMarks(marksOf(entries)),
        () => undefined,
      );
    const timer = setTimeout(read, happened === seen.current ? 0 : TIMELINE_DELAY_MS);
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [api, streamId, happened, isConnected]);

  const rows = useMemo(() => merged(stored.rows, live, stored.rowMs), [stored, live]);
  return { rows, rowMs: stored.rowMs, marks };
}
