/** The addresses below /studio: the studio itself, its past broadcasts, and one of them. */

export type StudioPage =
  | { readonly name: "studio" }
  | { readonly name: "streams" }
  | { readonly name: "stream"; readonly streamId: string };

export const STREAMS_PATH = "/studio/streams";

export function streamPath(streamId: string): string {
  return `${STREAMS_PATH}/${streamId}`;
}

/** What it does not know is the studio. */
export function pageAt(pathname: string): StudioPage {
  const [, , section, streamId = ""] = pathname.split("/");
  if (section !== "streams") return { name: "studio" };
  return /^[0-9A-Z]{26}$/.test(streamId) ? { name: "stream", streamId } : { name: "streams" };
}
