/** Viewer reports, where this build has them. */

type StartReporting = (channel: string, video: HTMLVideoElement) => (() => void) | undefined;

const found = import.meta.glob<{ startReporting: StartReporting }>("./viewer.ts", { eager: true });

/** Reports that this tab watches the channel with this playlist, while it plays; returns how to stop. */
export function startReporting(channel: string, video: HTMLVideoElement): (() => void) | undefined {
  return found["./viewer.ts"]?.startReporting(channel, video);
}
