import { useEffect, useMemo, useState } from "preact/hooks";
import type { Config } from "../config";
import type { PublicApi, Recording } from "../public-api";
import type { Watched } from "./address";
import { privateRecording } from "./private-recording";
import type { WatchState } from "./state";
import { useChannel } from "./use-channel";
import { type PlayerHandle, type Source, usePlayer } from "./use-player";
import { startReporting } from "./viewer";

/** The recording of a stream that has just ended is finished within seconds, or by a sweep a minute later. */
const FIRST_LOOK_MS = 2_000;
const FINISHED_MS = [3_000, 10_000, 30_000, 90_000] as const;

export interface Watching {
  readonly watched: Watched;
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
  const { channelId, streamId, token } = watched;
  const { recordingsUrl } = config;
  const state = useChannel(config, api, watched);
  const [recordings, setRecordings] = useState<readonly Recording[] | null>(null);
  const isOffline = state.status === "OFFLINE";

  const endedId = state.ended ? state.streamId : null;
  useEffect(() => {
    if (!isOffline && streamId === null) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let stale = false;
    const load = async () => {
      const id = streamId ?? endedId;
      const one = id !== null && token !== null && (await privateRecording(recordingsUrl, id, token));
      return one ? [one] : api.recordings(channelId, endedId === null ? "default" : "no-cache");
    };
    const look = async (turn: number) => {
      const found = await load().catch(() => null);
      if (stale) return;
      setRecordings((known) => found ?? known ?? []);
      const pause = FINISHED_MS[turn];
      const complete = endedId === null || found?.some((one) => one.stream_id === endedId);
      if (!complete && pause !== undefined) timer = setTimeout(() => void look(turn + 1), spread(pause));
    };
    // An audience whose stream has ended asks at the same time.
    timer = setTimeout(() => void look(0), endedId === null ? 0 : spread(FIRST_LOOK_MS));
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [api, recordingsUrl, channelId, streamId, token, isOffline, endedId]);

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
    watched,
    state,
    handle,
    recordings: recordings ?? [],
    recording,
    recordingGone: streamId !== null && recordings !== null && recording === null,
  };
}

function spread(ms: number): number {
  return ms * (0.5 + Math.random());
}
