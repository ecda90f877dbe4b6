/**
 * Reports that this tab watches a channel (docs/playback.md, "Viewers").
 *
 * One id a tab, drawn when the page is opened. While the stream plays and can be seen, the tab reports as often as it is
 * told, unless `status.json` says that a part of the audience is enough and this id is not in it.
 */

/** Until the sample rate is looked up again; a report's answer says when the next one is due. */
const UNSAMPLED_MS = 20_000;
/** After a failure, and the most that an answer may ask for. */
const RETRY_MS = 30_000;
const LONGEST_MS = 120_000;
/** An audience that comes together does not report together. */
const FIRST_MS = 3_000;

interface Answer {
  readonly token: string;
  readonly next_report_s: number;
}

interface Listened {
  addEventListener(event: string, then: () => void): void;
  removeEventListener(event: string, then: () => void): void;
}

/** What the browser gives: tests have their own. */
export interface Surroundings {
  readonly fetch: typeof fetch;
  readonly beacon: (url: string, body: string) => void;
  readonly random: () => number;
  readonly document: Listened & Pick<Document, "visibilityState">;
  readonly window: Listened;
  readonly location: string;
}

type Video = Listened & Pick<HTMLVideoElement, "paused" | "ended">;

const VIEWER_ID = newId();

function newId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Where in the sample an id stands, from 0 to 1. */
export function shareOf(viewerId: string): number {
  return Number.parseInt(viewerId.slice(0, 8), 16) / 2 ** 32;
}

/**
 * Reports while `video` plays; returns how to stop. `channel` is the address of its playlist, or its id where the page's
 * own origin serves it.
 */
export function startReporting(
  channel: string,
  video: Video,
  viewerId: string = VIEWER_ID,
  here: Surroundings = browser(),
): () => void {
  const base = channel.includes("/")
    ? new URL(".", new URL(channel, here.location))
    : new URL(`/live/${encodeURIComponent(channel)}/`, here.location);
  const address = new URL("viewers", base).href;
  let token: string | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let dueAt = Date.now() + FIRST_MS * here.random();
  let busy = false;
  let stopped = false;

  const watches = () => !video.paused && !video.ended && here.document.visibilityState === "visible";
  const schedule = () => {
    clearTimeout(timer);
    if (!stopped && !busy && watches()) timer = setTimeout(() => void report(), Math.max(0, dueAt - Date.now()));
  };
  const report = async () => {
    busy = true;
    try {
      dueAt = Date.now() + (await told()) * (0.9 + 0.2 * here.random());
    } catch {
      dueAt = Date.now() + RETRY_MS * (0.5 + here.random());
    }
    busy = false;
    schedule();
  };
  /** Reports, if this tab is in the sample; the milliseconds until the next time. */
  const told = async (): Promise<number> => {
    const status = await here.fetch(new URL("status.json", base).href, { credentials: "omit" });
    if (!status.ok) throw new Error(`status.json: ${status.status}`);
    const { status: state, sample_rate: rate = 1 } = (await status.json()) as { status?: string; sample_rate?: number };
    if (stopped || !watches() || state === "OFFLINE" || shareOf(viewerId) >= rate) return UNSAMPLED_MS;
    // Text, not JSON: a request that needs no preflight.
    const body = JSON.stringify({ id: viewerId, token });
    const answer = await here.fetch(address, { method: "POST", body, credentials: "omit" });
    if (!answer.ok) throw new Error(`viewers: ${answer.status}`);
    const found = (await answer.json()) as Answer;
    token = found.token;
    return Math.min(Math.max(found.next_report_s * 1000, 1_000), LONGEST_MS);
  };
  const leave = () => {
    if (token !== null) here.beacon(address, JSON.stringify({ id: viewerId, token, leave: true }));
    token = null;
  };

  const ways: readonly [Listened, string, () => void][] = [
    [video, "playing", schedule],
    [video, "pause", schedule],
    [video, "ended", schedule],
    [here.document, "visibilitychange", schedule],
    [here.window, "pagehide", leave],
  ];
  for (const [target, event, then] of ways) target.addEventListener(event, then);
  schedule();
  return () => {
    stopped = true;
    clearTimeout(timer);
    for (const [target, event, then] of ways) target.removeEventListener(event, then);
    leave();
  };
}

function browser(): Surroundings {
  return {
    fetch: (...request) => fetch(...request),
    beacon: (url, body) => void navigator.sendBeacon(url, body),
    random: Math.random,
    document,
    window,
    location: location.href,
  };
}
