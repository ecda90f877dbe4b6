/** What the encoder declares of its settings, beside what is measured. Pure. */

import { type Row, total } from "../charts/rows";
import type { Declared, Live } from "../contract";
import { frameRate, kbps } from "../ui/format";
import { t } from "../words/status";

type Picture = Pick<Live, "width" | "height" | "fps" | "declared">;
type Rates = Pick<Live, "audio_bitrate_kbps" | "declared">;

/** Of the declared frame rate. */
const FPS_APART = 0.1;
/** Of the declared bitrate: a still picture may take less, and a variable bitrate more. */
const RATE_APART = 0.5;
/** How long the bitrate is averaged for. A shorter time says nothing: key frames, a scene, the start. */
const WINDOW_MS = 30_000;

export function declaredSize({ width, height, declared }: Picture): string | null {
  const size = declared ? sizeText(declared) : null;
  if (!declared || size === null) return null;
  const isApart = width !== null && height !== null && (width !== declared.width || height !== declared.height);
  return isApart ? t.differs(size) : t.declared(size);
}

export function declaredFps({ fps, declared }: Picture): string | null {
  if (!declared?.fps) return null;
  const isApart = fps !== null && Math.abs(fps - declared.fps) > FPS_APART * declared.fps;
  return isApart ? t.differs(frameRate(declared.fps)) : t.declared(frameRate(declared.fps));
}

/** "Declared: video 2,500 · audio 160", or as much of it as is known. */
export function declaredRates(declared: Declared | null): string | null {
  const rates = declared ? ratesText(declared) : "";
  return rates === "" ? null : t.declaredRates(rates);
}

/** A sentence if much less or much more arrives than the encoder declares. `rows`: what was measured, until now. */
export function bitrateHint(live: Rates, rows: readonly Row[]): string | null {
  const video = live.declared?.video_bitrate_kbps ?? null;
  const last = rows.at(-1);
  const recent = rows.filter((row) => last !== undefined && row.at > last.at - WINDOW_MS);
  const measured = total(recent, "bitrate_kbps");
  if (video === null || measured === null || measured.count * 1000 < WINDOW_MS / 2) return null;
  const wanted = video + (live.declared?.audio_bitrate_kbps ?? live.audio_bitrate_kbps ?? 0);
  const ratio = measured.average / wanted;
  if (ratio < 1 - RATE_APART) return t.muchLess(kbps(wanted), kbps(measured.average));
  return ratio > 1 + RATE_APART ? t.muchMore(kbps(wanted), kbps(measured.average)) : null;
}

/** All of it in a line; empty if nothing is declared. */
export function declaredText(declared: Declared | null): string {
  if (!declared) return "";
  const rates = ratesText(declared);
  return [sizeText(declared), declared.fps ? `${frameRate(declared.fps)} fps` : "", rates && `${rates} ${t.kbps}`]
    .filter(Boolean)
    .join(" · ");
}

function sizeText({ width, height }: Declared): string | null {
  return width && height ? `${width} × ${height}` : null;
}

function ratesText({ video_bitrate_kbps: video, audio_bitrate_kbps: audio }: Declared): string {
  return [video !== null && t.ofVideo(kbps(video)), audio !== null && t.ofAudio(kbps(audio))]
    .filter(Boolean)
    .join(" · ");
}
