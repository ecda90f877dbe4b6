import type { ComponentChildren } from "preact";
import type { Live } from "../contract";
import type { Sample } from "../realtime/state";
import { frameRate, kbps } from "../ui/format";
import { BitrateChart } from "./bitrate-chart";
import { codecName, encoderName, profileAndLevel, rateAndChannels } from "./status-words";

interface MeasuresProps {
  readonly live: Live | null;
  readonly samples: readonly Sample[];
  readonly now: number;
  /** False while nothing is measured: the last figures stay, greyed, and are called what they are. */
  readonly fresh: boolean;
}

export function Measures({ live, samples, now, fresh }: MeasuresProps) {
  const rate = live?.bitrate_kbps ?? null;
  return (
    <div class={fresh ? "measures" : "measures measures-old"} data-testid="measures" data-fresh={fresh}>
      <div class="measure-bitrate">
        <dl class="measure measure-main">
          <dt>Bitrate</dt>
          <dd>
            <span class="figures" data-testid="bitrate">
              {rate === null ? <Unknown /> : kbps(rate)}
            </span>
            <span class="unit">kb/s</span>
          </dd>
        </dl>
        {!fresh && <p class="measures-note">{samples.length > 0 ? "Last measured" : "Waiting for measurements…"}</p>}
      </div>
      <BitrateChart samples={samples} now={Math.max(now, samples.at(-1)?.at ?? 0)} />
      <dl class="measure-grid">
        <Measure name="Resolution" testid="resolution">
          {live?.width && live.height ? `${live.width} × ${live.height}` : null}
        </Measure>
        <Measure name="Frame rate" testid="fps" unit="fps">
          {live?.fps ? frameRate(live.fps) : null}
        </Measure>
        <Measure name="Video" testid="video-codec" unit={live ? profileAndLevel(live) : ""}>
          {live?.video_codec ? codecName(live.video_codec) : null}
        </Measure>
        <Measure name="Audio" testid="audio-codec" unit={live ? rateAndChannels(live) : ""}>
          {live?.audio_codec ? codecName(live.audio_codec) : null}
        </Measure>
        <Measure name="Encoder" testid="encoder">
          {live?.encoder ? encoderName(live.encoder) : null}
        </Measure>
      </dl>
    </div>
  );
}

interface MeasureProps {
  readonly name: string;
  readonly testid: string;
  readonly unit?: string;
  readonly children: ComponentChildren;
}

function Measure({ name, testid, unit, children }: MeasureProps) {
  return (
    <div class="measure">
      <dt>{name}</dt>
      <dd>
        <span class="figures" data-testid={testid}>
          {children ?? <Unknown />}
        </span>
        {unit && children !== null && (
          <span class="unit" data-testid={`${testid}-unit`}>
            {unit}
          </span>
        )}
      </dd>
    </div>
  );
}

function Unknown() {
  return (
    <>
      <span aria-hidden="true">–</span>
      <span class="sr-only">not known yet</span>
    </>
  );
}
