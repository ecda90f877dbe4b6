import { useEffect, useMemo, useState } from "preact/hooks";
import type { Config } from "../config";
import type { PublicApi, Recording } from "../public-api";
import type { Watched } from "./address";
import type { WatchState } from "./state";
import { useChannel } from "./use-channel";
import { type PlayerHandle, type Source, usePlayer } from "./use-player";
import { startReporting } from "./viewer";

export interface Watching {
  readonly state: WatchState;
  readonly handle: PlayerHandle;
  readonly recordings: readonly Recording[];
  /** The past stream that the address names; null while it is live that is watched. */
  readonly recording: Recording | null;
  /** The address names a past stream that is not there. */
  readonly recordingGone: boolean;
}

/** The channel, its recordings, and the player on what is watched. */
export function useWatch(config: Config, api: PublicApi, watched: Watched, lowLatency: boolean): Watching {
  const { channelId, streamId } = watched;
  const state = useChannel(config, api, watched);
  const [recordings, setRecordings] = useState<readonly Recording[] | null>(null);
  const isOffline = state.status === "OFFLINE";

  // When a stream has ended, its recording is new.
  useEffect(() => {
    if (!isOffline && streamId === null) return;
    let stale = false;
    api.recordings(channelId).then(
      (found) => !stale && setRecordings(found),
      () => !stale && setRecordings((known) => known ?? []),
    );
    return () => {
      stale = true;
    };
  }, [api, channelId, streamId, isOffline]);

  const recording = recordings?.find((one) => one.stream_id === streamId) ?? null;
  const hlsUrl = state.channel?.playback.hls_url ?? null;
  const { status, streamId: liveId } = state;
  const source = useMemo((): Source | null => {
    if (streamId !== null) return recording && { kind: "recording", url: recording.url };
    if (hlsUrl === null || status === null) return null;
    return status === "OFFLINE" ? { kind: "over" } : { kind: "live", url: hlsUrl, streamId: liveId };
  }, [streamId, recording, hlsUrl, status, liveId]);

  const handle = usePlayer(source, lowLatency);
  const { video } = handle;
  const reportTo = source?.kind === "live" ? source.url : null;
  useEffect(() => {
    if (reportTo === null || !video.current) return;
    return startReporting(reportTo, video.current);
  }, [reportTo, video]);

  return {
    state,
    handle,
    recordings: recordings ?? [],
    recording,
    recordingGone: streamId !== null && recordings !== null && recording === null,
  };
}
