import type { Recording } from "../public-api";
import { withToken } from "./address";

/** A past stream by a private link: all there is of it is below its token. Null if it is not there, or goes on. */
export async function privateRecording(
  recordingsUrl: string,
  streamId: string,
  token: string,
  fetcher: typeof fetch = (input, init) => fetch(input, init),
): Promise<Recording | null> {
  const below = (name: string) => withToken(`${recordingsUrl}/${streamId}/${name}`, token);
  const answer = await fetcher(below("index.m3u8"), { credentials: "omit" });
  const playlist = answer.ok ? await answer.text() : "";
  const began = /^#EXT-X-PROGRAM-DATE-TIME:(.+)$/m.exec(playlist)?.[1];
  if (began === undefined || !/^#EXT-X-ENDLIST/m.test(playlist)) return null;
  const seconds = [...playlist.matchAll(/^#EXTINF:([\d.]+)/gm)].reduce((sum, [, each]) => sum + Number(each), 0);
  return {
    stream_id: streamId,
    title: "",
    started_at: began,
    duration_ms: Math.round(seconds * 1000),
    url: below("index.m3u8"),
    download_url: below("download.mp4"),
    poster_url: below("poster.jpg"),
  };
}
