import { useEffect, useRef, useState } from "preact/hooks";
import type { Api } from "../api";
import { type Mark, marksOf } from "./marks";

/** An event reaches the page before it is in the timeline. */
const TIMELINE_DELAY_MS = 2_000;

/**
 * What happened to the running broadcast; read again when `happened` changes. A failure shows as missing marks; the page
 * says elsewhere that the server can't be reached.
 */
export function useMarks(api: Api, streamId: string, happened: string): readonly Mark[] {
  const [marks, setMarks] = useState<readonly Mark[]>([]);
  const seen = useRef(happened);
  useEffect(() => {
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
  }, [api, streamId, happened]);
  return marks;
}
