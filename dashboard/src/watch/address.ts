/** What the address of a watch page says: /watch/{channel}, /watch/{channel}/{stream}, /embed/{channel}. */

export interface Watched {
  readonly channelId: string;
  /** A past stream; null is live. */
  readonly streamId: string | null;
  /** For a private channel. In the fragment, which no server sees. */
  readonly token: string | null;
}

/** Null if it names no channel. */
export function watchedAt(location: { readonly pathname: string; readonly hash: string }): Watched | null {
  const [, , channelId = "", streamId = ""] = location.pathname.split("/");
  if (!/^[\w-]{1,64}$/.test(channelId) || !/^[\w-]{0,64}$/.test(streamId)) return null;
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  return { channelId, streamId: streamId || null, token: token || null };
}

/** The link to a private channel differs in the fragment alone, at which a browser that shows the page stays on it. */
export function isOtherToken(shown: Watched, location: { readonly pathname: string; readonly hash: string }): boolean {
  const token = watchedAt(location)?.token ?? null;
  return token !== null && token !== shown.token;
}

export function watchUrl(channelId: string, streamId: string | null = null, token: string | null = null): string {
  const path = `/watch/${channelId}${streamId === null ? "" : `/${streamId}`}`;
  return `${location.origin}${path}${token === null ? "" : `#token=${token}`}`;
}

/** Where what is at `url` is with a playback token: before the name of the file. */
export function withToken(url: string, token: string): string {
  const at = url.lastIndexOf("/") + 1;
  return `${url.slice(0, at)}${token}/${url.slice(at)}`;
}

export function embedCode(channelId: string, title: string): string {
  const quoted = title.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
  const allow = "autoplay; fullscreen; picture-in-picture";
  return `<iframe src="${location.origin}/embed/${channelId}" title="${quoted}" width="640" height="360" allow="${allow}" style="border:0"></iframe>`;
}
