/** Viewer reports, where this build has them. */

type StartReporting = (channelId: string, video: HTMLVideoElement) => (() => void) | undefined;

const found = import.meta.glob<{ startReporting: StartReporting }>("./viewer.ts", { eager: true });

/** Reports that this tab watches, while it plays; returns how to stop. */
export function startReporting(channelId: string, video: HTMLVideoElement): (() => void) | undefined {
  return found["./viewer.ts"]?.startReporting(channelId, video);
}
