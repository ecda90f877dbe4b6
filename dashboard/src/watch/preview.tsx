import { useMemo } from "preact/hooks";
import { SoundMeter } from "../studio/sound-meter";
import { t } from "../words/watch";
import { type Source, usePlayer } from "./use-player";

interface PreviewProps {
  readonly url: string;
  /** A stream runs. */
  readonly running: boolean;
  readonly streamId: string | null;
}

/** The stream as viewers get it, muted, with the browser's own controls. It does not count as a viewer. */
export default function Preview({ url, running, streamId }: PreviewProps) {
  const source = useMemo(
    (): Source => (running ? { kind: "live", url, streamId } : { kind: "over" }),
    [url, running, streamId],
  );
  const { video, view } = usePlayer(source, true);
  const playing = view.phase === "playing";
  return (
    <div class="monitor">
      <div class="preview" data-testid="preview" data-phase={view.phase}>
        <video ref={video} muted playsInline controls crossOrigin="anonymous" aria-label={t.previewOf} />
        {!playing && (
          <p class="preview-note" role="status">
            {running ? t.previewStarting : t.youAreOffline}
          </p>
        )}
      </div>
      <SoundMeter video={video} playing={playing} />
    </div>
  );
}
