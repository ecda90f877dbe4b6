import type { ComponentChildren } from "preact";
import type { Api } from "../api";
import { LiveChart } from "../charts/live-chart";
import type { Row } from "../charts/rows";
import type { Live } from "../contract";
import { CHOICE } from "../i18n/language";
import { frameRate, kbps } from "../ui/format";
import { t as common } from "../words/common";
import { t } from "../words/status";
import { bitrateHint, declaredFps, declaredRates, declaredSize } from "./declared";
import {
  anythingMeasured,
  codecName,
  encoderName,
  missingMedia,
  profileAndLevel,
  rateAndChannels,
} from "./status-words";

interface MeasuresProps {
  readonly api: Api;
  readonly live: Live | null;
  readonly rows: readonly Row[];
  readonly now: number;
  readonly startedAt: number | null;
  /** False while nothing is measured: the last figures stay, greyed out and labelled "Last measured". */
  readonly fresh: boolean;
  /** Changes when the stream's timeline does. */
  readonly happened: string;
  readonly isConnected: boolean;
}

export function Measures({ api, live, rows, now, startedAt, fresh, happened, isConnected }: MeasuresProps) {
  const rate = live?.bitrate_kbps ?? null;
  const apart = live ? bitrates(live) : "";
  const declared = declaredRates(live?.declared ?? null);
  const hint = fresh && live ? bitrateHint(live, rows) : null;
  const missing = fresh && live && startedAt !== null ? missingMedia(live, now - startedAt) : [];
  return (
    <div class={fresh ? "measures" : "measures measures-old"} data-testid="measures" data-fresh={fresh}>
      <div class="measure-bitrate">
        <dl class="measure measure-main">
          <dt>{t.bitrate}</dt>
          <dd>
            <span class="figures" data-testid="bitrate">
              {rate === null ? <Unknown /> : kbps(rate)}
            </span>
            <span class="unit">{t.kbps}</span>
          </dd>
        </dl>
        {apart && (
          <p class="measures-note" data-testid="bitrates">
            {apart}
          </p>
        )}
        {declared && (
          <p class="measures-note" data-testid="declared-bitrates">
            {declared}
          </p>
        )}
        {!fresh && (
          <p class="measures-note" data-testid="measures-note">
            {rows.length > 0 || anythingMeasured(live) ? t.lastMeasured : t.waitingForMeasures}
          </p>
        )}
      </div>
      {live && startedAt !== null && (
        <LiveChart
          key={live.stream_id}
          api={api}
          streamId={live.stream_id}
          start={Date.parse(live.started_at)}
          durationMs={now - startedAt}
          live={rows}
          happened={happened}
          isConnected={isConnected}
        />
      )}
      <dl class="measure-grid">
        <Measure name={t.resolution} testid="resolution" declared={live && declaredSize(live)}>
          {live?.width && live.height ? `${live.width} × ${live.height}` : null}
        </Measure>
        <Measure name={t.frameRate} testid="fps" unit="fps" declared={live && declaredFps(live)}>
          {live?.fps ? frameRate(live.fps) : null}
        </Measure>
        <Measure
          name={t.video}
          testid="video-codec"
          unit={live ? profileAndLevel(live) : ""}
          missing={missing.includes("video")}
        >
          {live?.video_codec ? codecName(live.video_codec) : missing.includes("video") ? t.missing.video.short : null}
        </Measure>
        <Measure
          name={t.audio}
          testid="audio-codec"
          unit={live ? rateAndChannels(live) : ""}
          missing={missing.includes("audio")}
        >
          {live?.audio_codec ? codecName(live.audio_codec) : missing.includes("audio") ? t.missing.audio.short : null}
        </Measure>
        <Measure name={t.encoder} testid="encoder">
          {live?.encoder ? encoderName(live.encoder) : null}
        </Measure>
        {typeof live?.viewers === "number" && (
          <Measure name={t.viewers} testid="viewers" unit={audience(live)}>
            {whole(live.viewers)}
          </Measure>
        )}
      </dl>
      {hint && (
        <p class="measures-hint" data-testid="declared-hint">
          {hint}
        </p>
      )}
      {(live?.health ? [] : missing).map((media) => (
        <p key={media} class="measures-hint" role="status" data-testid={`no-${media}`}>
          {t.missing[media].hint}
        </p>
      ))}
    </div>
  );
}

/** Of picture and sound apart, as far as they are known. */
function bitrates({ video_bitrate_kbps: video, audio_bitrate_kbps: audio }: Live): string {
  const parts = [video !== null && t.videoRate(kbps(video)), audio !== null && t.audioRate(kbps(audio))];
  return parts.filter(Boolean).join(" · ");
}

/** Of the stream so far. */
function audience({ peak_viewers: peak, watched_minutes: minutes }: Live): string {
  const parts = [peak !== null && t.peak(whole(peak)), minutes !== null && t.watched(whole(minutes))];
  return parts.filter(Boolean).join(" · ");
}

function whole(value: number): string {
  return Math.round(value).toLocaleString(CHOICE.locale);
}

interface MeasureProps {
  readonly name: string;
  readonly testid: string;
  readonly unit?: string;
  /** What the encoder says of it. */
  readonly declared?: string | null;
  /** Expected, but not received. */
  readonly missing?: boolean;
  readonly children: ComponentChildren;
}

function Measure({ name, testid, unit, declared, missing = false, children }: MeasureProps) {
  return (
    <div class={missing ? "measure measure-missing" : "measure"}>
      <dt>{name}</dt>
      <dd>
        <span class="figures" data-testid={testid}>
          {children ?? <Unknown />}
        </span>
        {unit && !missing && children !== null && (
          <span class="unit" data-testid={`${testid}-unit`}>
            {unit}
          </span>
        )}
      </dd>
      {declared && (
        <dd class="measure-declared" data-testid={`declared-${testid}`}>
          {declared}
        </dd>
      )}
    </div>
  );
}

function Unknown() {
  return (
    <>
      <span aria-hidden="true">–</span>
      <span class="sr-only">{common.unknown}</span>
    </>
  );
}
