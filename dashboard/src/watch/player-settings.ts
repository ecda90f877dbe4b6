/** What hls.js is told (docs/playback.md has the measurements). */

import type { HlsConfig } from "hls.js";

/** Low latency is the playlist's own PART-HOLD-BACK; this is for connections on which that stalls. */
export const NORMAL_LATENCY_S = 5;

export function settings(live: boolean, lowLatency: boolean): Partial<HlsConfig> {
  // A worker would be a script of its own for what is copying: fMP4 is not remuxed.
  const common: Partial<HlsConfig> = { enableWorker: false, backBufferLength: 60, renderTextTracksNatively: false };
  if (!live) return common;
  const retries = { maxNumRetry: 2, retryDelayMs: 500, maxRetryDelayMs: 2_000 };
  return {
    ...common,
    lowLatencyMode: true,
    ...(lowLatency ? {} : { liveSyncDuration: NORMAL_LATENCY_S }),
    // hls.js never catches up by default.
    maxLiveSyncPlaybackRate: 1.1,
    liveDurationInfinity: true,
    // The player begins again itself.
    manifestLoadPolicy: {
      default: { maxTimeToFirstByteMs: 10_000, maxLoadTimeMs: 20_000, timeoutRetry: null, errorRetry: null },
    },
    // A blocked answer may take its time: up to 25 s while the encoder is away.
    playlistLoadPolicy: {
      default: { maxTimeToFirstByteMs: 30_000, maxLoadTimeMs: 35_000, timeoutRetry: retries, errorRetry: retries },
    },
  };
}
