/** Which of a channel's streams have a recording to show, and what is said of it. */

import type { OwnRecording, OwnStream } from "../contract";

export interface Recorded extends OwnStream {
  readonly recording: OwnRecording;
}

/** Those that were deleted are not shown. */
export function recorded(streams: readonly OwnStream[]): readonly Recorded[] {
  return streams.filter(
    (stream): stream is Recorded => stream.recording !== null && stream.recording.status !== "deleted",
  );
}

/** Whether its stream has ended and the node has yet to finish it. */
export function isBeingFinished(stream: Recorded): boolean {
  return stream.recording.status === "recording" && stream.state === "ENDED";
}

/** 1 KB is 1000 bytes, as disks and browsers' downloads count them. */
export function size(bytes: number): string {
  if (bytes < 1e6) return `${Math.ceil(bytes / 1e3)} KB`;
  if (bytes < 1e9) return `${Math.round(bytes / 1e6)} MB`;
  return `${(bytes / 1e9).toFixed(1)} GB`;
}

/** Whether there is something to watch, with what is needed to link to it. */
export function isPlayable(stream: OwnStream): stream is Recorded {
  const { recording } = stream;
  return (
    recording !== null &&
    recording.download_url !== null &&
    (recording.status === "available" || recording.status === "incomplete")
  );
}
