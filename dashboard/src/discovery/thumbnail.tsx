import { useState } from "preact/hooks";
import { ViewerIcon } from "../ui/viewer-icon";

/** A picture of the stream; a plain tile where there is none, or none yet. Decorative: the title stands beside it. */
export function Thumbnail({ url }: { url: string | null }) {
  const [failed, setFailed] = useState<string | null>(null);
  if (url === null || failed === url) {
    return (
      <span class="thumb-none">
        <ViewerIcon name="play" />
      </span>
    );
  }
  return <img src={url} alt="" loading="lazy" width="640" height="360" onError={() => setFailed(url)} />;
}
