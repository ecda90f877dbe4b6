import { useState } from "preact/hooks";
import { useNow } from "../ui/hooks";
import { ViewerIcon } from "../ui/viewer-icon";

/** The node makes a new picture every 15 s while somebody looks. */
const FRESH_MS = 20_000;

/** A picture of the stream; a plain tile where there is none, or none yet. Decorative: the title stands beside it. */
export function Thumbnail({ url }: { url: string | null }) {
  const turn = Math.floor(useNow(url !== null, FRESH_MS) / FRESH_MS);
  const [failed, setFailed] = useState<number | null>(null);
  if (url === null || failed === turn) {
    return (
      <span class="thumb-none">
        <ViewerIcon name="play" />
      </span>
    );
  }
  // Caches ignore the query; the browser's own does not.
  return <img src={`${url}?${turn}`} alt="" width="640" height="360" onError={() => setFailed(turn)} />;
}
