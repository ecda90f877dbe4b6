import type { Api } from "../api";
import { explain } from "../problem";
import { watchUrl, withToken } from "../watch/address";
import { t } from "../words/recordings";
import type { Recorded } from "./recordings";

/** Opens an address that needs a playback token, where nobody may watch without one. */
export type OpenWithToken = (address: (token: string) => string) => void;

export async function openWithToken(
  api: Api,
  address: (token: string) => string,
  onFailure: (text: string) => void,
): Promise<void> {
  try {
    const { token } = await api.playbackToken();
    location.assign(address(token));
  } catch (error) {
    onFailure(explain(error));
  }
}

/** Watch and Download; nothing for a recording that this server does not play. */
export function RecordingLinks({ stream, onOpen }: { stream: Recorded; onOpen: OpenWithToken }) {
  const { download_url } = stream.recording;
  if (download_url === null) return null;
  return stream.recording.private ? (
    <>
      <button
        type="button"
        class="button small"
        data-testid="watch-recording"
        onClick={() => onOpen((token) => watchUrl(stream.channel_id, stream.id, token))}
      >
        {t.watch}
      </button>
      <button type="button" class="button small" onClick={() => onOpen((token) => withToken(download_url, token))}>
        {t.download}
      </button>
    </>
  ) : (
    <>
      <a class="button small" href={watchUrl(stream.channel_id, stream.id)} data-testid="watch-recording">
        {t.watch}
      </a>
      <a class="button small" href={download_url} download>
        {t.download}
      </a>
    </>
  );
}
