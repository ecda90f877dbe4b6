import { describe, expect, it } from "vitest";
import type { PublicChannel, PublicStatusMessage } from "../src/contract";
import { embedCode, isOtherToken, watchedAt, withToken } from "../src/watch/address";
import { privateRecording } from "../src/watch/private-recording";
import { Quality } from "../src/watch/quality";
import { initialWatch, reduceWatch, type WatchEvent, type WatchState } from "../src/watch/state";
import { AT, channel, live, STREAM_1, STREAM_2 } from "./messages";

const OFFLINE: PublicChannel = channel();
const LIVE: PublicChannel = channel({ status: "LIVE", live: live() });

function knowing(...events: WatchEvent[]): WatchState {
  return events.reduce(reduceWatch, initialWatch);
}

function seen(shown: PublicChannel, seq = 1): WatchEvent {
  return { kind: "message", message: { type: "snapshot", seq, at: AT, channel: shown } };
}

function told(status: PublicStatusMessage["status"], seq: number, stream = STREAM_1): WatchEvent {
  const message: PublicStatusMessage = {
    type: "status",
    seq,
    at: AT,
    status,
    stream_id: stream,
    reason: null,
    reason_text: null,
    action: null,
    until: null,
    live: status === "LIVE" ? live({ stream_id: stream }) : null,
  };
  return { kind: "message", message };
}

describe("what a watch page knows", () => {
  it("tells a channel that has gone offline from one that was so from the start", () => {
    expect(knowing(seen(OFFLINE)).ended).toBe(false);
    expect(knowing(seen(LIVE), told("OFFLINE", 2)).ended).toBe(true);
    expect(knowing(seen(LIVE), told("OFFLINE", 2), told("LIVE", 3, STREAM_2)).ended).toBe(false);
  });

  it("goes on with the same stream through an interruption", () => {
    const state = knowing(seen(LIVE), told("RECONNECTING", 2), told("LIVE", 3));
    expect(state).toMatchObject({ status: "LIVE", streamId: STREAM_1, startedAt: Date.parse(live().started_at) });
  });

  it("takes no message that is older than what it knows", () => {
    const state = knowing(seen(LIVE, 5), told("OFFLINE", 4), seen(OFFLINE, 3));
    expect(state.status).toBe("LIVE");
  });

  it("listens to status.json while there is no link, and only for its viewers while there is", () => {
    const polled: WatchEvent = { kind: "polled", status: { status: "LIVE", stream_id: STREAM_1, viewers: 7 } };
    expect(knowing(seen(OFFLINE), polled)).toMatchObject({ status: "LIVE", streamId: STREAM_1, viewers: 7 });
    const linked = knowing({ kind: "linked", linked: true }, seen(OFFLINE), polled);
    expect(linked).toMatchObject({ status: "OFFLINE", viewers: 7 });
  });

  it("keeps the channel on the page while the server is away, and takes it off when it is gone", () => {
    const loaded: WatchEvent = { kind: "loaded", channel: LIVE };
    expect(knowing(loaded, { kind: "problem", problem: "unreachable" }).problem).toBeNull();
    expect(knowing(loaded, { kind: "problem", problem: "not-found" }).problem).toBe("not-found");
    expect(knowing({ kind: "problem", problem: "unreachable" }, loaded).problem).toBeNull();
  });
});

describe("the address", () => {
  it.each([
    ["/watch/ch_1", "", { channelId: "ch_1", streamId: null, token: null }],
    ["/watch/ch_1/", "", { channelId: "ch_1", streamId: null, token: null }],
    [`/watch/ch_1/${STREAM_1}`, "", { channelId: "ch_1", streamId: STREAM_1, token: null }],
    ["/watch/ch_1", "#token=a.b-c", { channelId: "ch_1", streamId: null, token: "a.b-c" }],
    ["/watch/", "", null],
    ["/watch/a%2Fb", "", null],
  ])("%s%s", (pathname, hash, watched) => {
    expect(watchedAt({ pathname, hash })).toEqual(watched);
  });

  it.each([
    [null, "#token=b", true],
    ["a", "#token=b", true],
    ["a", "#token=a", false],
    ["a", "", false],
    ["a", "#main", false],
  ])("shown with the token %s is read again at %j: %s", (token, hash, again) => {
    expect(isOtherToken({ channelId: "ch_1", streamId: null, token }, { pathname: "/watch/ch_1", hash })).toBe(again);
  });

  it("quotes the title in the code that embeds the player", () => {
    const before = globalThis.location;
    Object.defineProperty(globalThis, "location", { value: { origin: "https://live.test" }, configurable: true });
    const code = embedCode("ch_1", 'A "b" <c> & d');
    Object.defineProperty(globalThis, "location", { value: before, configurable: true });
    expect(code).toContain('src="https://live.test/embed/ch_1" title="A &quot;b&quot; &lt;c> &amp; d"');
  });
});

describe("stalls", () => {
  it("count those that a viewer notices, for a minute", () => {
    const quality = new Quality();
    quality.stalled(1_000, true);
    quality.moved(1_100);
    expect(quality.stalls(1_100)).toBe(0);
    quality.stalled(2_000, true);
    expect(quality.stalls(2_300)).toBe(1);
    quality.moved(3_000);
    expect(quality.stalls(62_900)).toBe(1);
    expect(quality.stalls(63_000)).toBe(0);
  });

  it("do not count what the viewer asked for", () => {
    const quality = new Quality();
    quality.stalled(1_000, false);
    quality.moved(3_000);
    expect(quality.stalls(3_000)).toBe(0);
  });
});

describe("a past stream by a private link", () => {
  const PLAYLIST = [
    "#EXTM3U",
    "#EXT-X-PROGRAM-DATE-TIME:2026-11-26T18:00:00.000Z",
    "#EXTINF:2.000000,",
    "s-1.m4s",
    "#EXTINF:1.500000,",
    "s-2.m4s",
    "#EXT-X-ENDLIST",
    "",
  ].join("\n");

  const ask = (status: number, text: string) => {
    const asked: string[] = [];
    const fetcher = ((url: string) => {
      asked.push(url);
      return Promise.resolve(new Response(text, { status }));
    }) as typeof fetch;
    return { asked, found: privateRecording("https://cdn.example/vod", "01J", "a.b.c", fetcher) };
  };

  it("is described by its playlist, and all of it is below the token", async () => {
    const { asked, found } = ask(200, PLAYLIST);
    expect(await found).toMatchObject({
      started_at: "2026-11-26T18:00:00.000Z",
      duration_ms: 3500,
      url: "https://cdn.example/vod/01J/a.b.c/index.m3u8",
      download_url: "https://cdn.example/vod/01J/a.b.c/download.mp4",
    });
    expect(asked).toEqual(["https://cdn.example/vod/01J/a.b.c/index.m3u8"]);
  });

  it.each([
    [404, ""],
    [403, "This link has expired."],
    [200, PLAYLIST.replace("#EXT-X-ENDLIST", "")],
  ])("is not there: %i", async (status, text) => {
    expect(await ask(status, text).found).toBeNull();
  });

  it("is where its token is put before the file's name", () => {
    expect(withToken("/vod/01J/index.m3u8", "a.b.c")).toBe("/vod/01J/a.b.c/index.m3u8");
  });
});
