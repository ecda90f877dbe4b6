import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Surroundings, shareOf, startReporting } from "../src/watch/viewer";

const ID = `40000000${"0".repeat(24)}`; // a quarter
const PLAYLIST = "https://cdn.example/live/ch_1/index.m3u8";
const REPORTS = "https://cdn.example/live/ch_1/viewers";

class Video extends EventTarget {
  paused = true;
  ended = false;

  play() {
    this.paused = false;
    this.dispatchEvent(new Event("playing"));
  }

  pause() {
    this.paused = true;
    this.dispatchEvent(new Event("pause"));
  }
}

class Page extends EventTarget {
  visibilityState: DocumentVisibilityState = "visible";

  show(visible: boolean) {
    this.visibilityState = visible ? "visible" : "hidden";
    this.dispatchEvent(new Event("visibilitychange"));
  }
}

/** The node: answers a token for each report, 8 s to the second, then 20 s. */
class Node {
  rate: number | undefined = 1;
  down = false;
  status = "LIVE";
  statusAsked = 0;
  readonly reports: { id: string; token: string | null }[] = [];
  readonly beacons: { id: string; token: string; leave: boolean }[] = [];

  readonly fetch = (async (url: string | URL | Request, init?: RequestInit) => {
    if (this.down) throw new TypeError("network");
    if (String(url).endsWith("/status.json")) {
      this.statusAsked++;
      return Response.json({ status: this.status, sample_rate: this.rate });
    }
    expect(String(url)).toBe(REPORTS);
    expect(init?.credentials).toBe("omit");
    expect(typeof init?.body).toBe("string");
    this.reports.push(JSON.parse(init?.body as string));
    return Response.json({ token: `t${this.reports.length}`, next_report_s: this.reports.length === 1 ? 8 : 20 });
  }) as typeof fetch;
}

describe("startReporting", () => {
  let video: Video;
  let page: Page;
  let window: EventTarget;
  let node: Node;
  let stop: () => void;

  const seconds = (count: number) => vi.advanceTimersByTimeAsync(count * 1000);
  const start = (channel = PLAYLIST) => {
    const here = {
      fetch: node.fetch,
      beacon: (url: string, body: string) => {
        expect(url).toBe(REPORTS);
        node.beacons.push(JSON.parse(body));
      },
      random: () => 0.5,
      document: page,
      window,
      location: "https://cdn.example/watch/ch_1",
    } as unknown as Surroundings;
    stop = startReporting(channel, video as unknown as HTMLVideoElement, ID, here);
  };

  beforeEach(() => {
    vi.useFakeTimers();
    [video, page, window, node] = [new Video(), new Page(), new EventTarget(), new Node()];
    stop = () => {};
  });
  afterEach(() => {
    stop();
    vi.useRealTimers();
  });

  it("reports with the token of the last answer, as often as it is told", async () => {
    start();
    video.play();
    await seconds(50);
    expect(node.reports).toEqual([
      { id: ID, token: null },
      { id: ID, token: "t1" },
      { id: ID, token: "t2" },
      { id: ID, token: "t3" },
    ]);
  });

  it("takes the channel's id where the page's own origin serves it", async () => {
    start("ch_1");
    video.play();
    await seconds(2);
    expect(node.reports).toHaveLength(1);
  });

  it("says nothing before it plays, while it is paused, and in a hidden tab", async () => {
    start();
    await seconds(60);
    expect(node.statusAsked).toBe(0);
    video.play();
    await seconds(2);
    video.pause();
    await seconds(60);
    expect(node.reports).toHaveLength(1);
    video.play();
    page.show(false);
    await seconds(60);
    expect(node.reports.length).toBeLessThanOrEqual(2);
    const before = node.reports.length;
    page.show(true);
    await seconds(1);
    expect(node.reports).toHaveLength(before + 1);
  });

  it("does not report more often because it is paused and played again", async () => {
    start();
    video.play();
    await seconds(2);
    for (let n = 0; n < 20; n++) {
      video.pause();
      video.play();
      await seconds(0.1);
    }
    expect(node.reports).toHaveLength(1);
  });

  it("stays silent while its id is not in the sample, and asks the CDN only", async () => {
    node.rate = 0.25;
    start();
    video.play();
    await seconds(100);
    expect(node.reports).toHaveLength(0);
    expect(node.statusAsked).toBeGreaterThanOrEqual(4);
    node.rate = 0.5;
    await seconds(25);
    expect(node.reports[0]).toEqual({ id: ID, token: null });
  });

  it("reports where a server does not speak of a sample", async () => {
    node.rate = undefined;
    start();
    video.play();
    await seconds(2);
    expect(node.reports).toHaveLength(1);
  });

  it("does not report on a channel that is not live", async () => {
    node.status = "OFFLINE";
    start();
    video.play();
    await seconds(60);
    expect(node.reports).toHaveLength(0);
  });

  it("tries again, not sooner than after 15 s, where it gets no answer", async () => {
    node.down = true;
    start();
    video.play();
    await seconds(16);
    node.down = false;
    expect(node.reports).toHaveLength(0);
    await seconds(30);
    expect(node.reports.length).toBeGreaterThanOrEqual(1);
  });

  it("says that it leaves, once, with its token", async () => {
    start();
    video.play();
    await seconds(2);
    window.dispatchEvent(new Event("pagehide"));
    stop();
    expect(node.beacons).toEqual([{ id: ID, token: "t1", leave: true }]);
    await seconds(60);
    expect(node.reports).toHaveLength(1);
  });

  it("has nothing to take back where it never reported", () => {
    start();
    stop();
    expect(node.beacons).toEqual([]);
  });
});

describe("shareOf", () => {
  it.each([
    ["00000000ff", 0],
    ["80000000ff", 0.5],
    ["ffffffffff", 1 - 2 ** -32],
  ])("reads the first eight digits of %s", (id, share) => {
    expect(shareOf(id)).toBe(share);
  });
});
