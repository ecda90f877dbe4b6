import { useEffect, useState } from "preact/hooks";
import type { Api } from "../api";

/** Where the owner's preview of a test stream plays; null until it is known, and while none is wanted. */
export function useTestUrl(api: Api, wanted: boolean): string | null {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    if (!wanted || url !== null) return;
    let left = false;
    api.previewToken().then(
      (token) => !left && setUrl(token.hls_url),
      // The measures say enough; the next time that the preview is opened, it is asked for again.
      () => undefined,
    );
    return () => {
      left = true;
    };
  }, [api, wanted, url]);
  return wanted ? url : null;
}
