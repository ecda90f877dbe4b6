import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { AuthError } from "../src/auth/errors";
import type { OwnerMessage } from "../src/contract";
import { retryDelay } from "../src/realtime/backoff";
import { Realtime } from "../src/realtime/socket";
import type { Link } from "../src/realtime/state";
import { snapshot } from "./messages";

const CONNECTING = 0;
const OPEN = 1;
const CLOSED = 3;

/** The server's end of a WebSocket, in the hands of the test. */
class FakeSocket {
  readyState = CONNECTING;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  readonly sent: { action: string }[] = [];

  constructor(
    readonly url: string,
    readonly protocols: string[],
  ) {}

  send(data: string): void {
    this.sent.push(JSON.parse(data) as { action: string });
  }

  close(): void {
    this.readyState = CLOSED;
  }

  greet(): void {
    this.readyState = OPEN;
    this.say(snapshot());
  }

  say(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }

  drop(): void {
    this.readyState = CLOSED;
    this.onclose?.();
  }
}

class Bench {
  readonly sockets: FakeSocket[] = [];
  readonly links: Link["phase"][] = [];
  lastLink: Link | null = null;
  readonly tokens: boolean[] = [];
  signedOut = false;
  doubtful = false;
  refusal: AuthError | null = null;

  readonly realtime = new Realtime<OwnerMessage>({
    url: "ws://test/ws",
    token: (force) => {
      this.tokens.push(force);
      return this.refusal ? Promise.reject(this.refusal) : Promise.resolve("jwt");
    },
    onLink: (link) => {
      this.links.push(link.phase);
      this.lastLink = link;
    },
    onMessage: () => undefined,
    onSignedOut: () => {
      this.signedOut = true;
    },
    wantsSnapshot: (now, askedAt) => this.doubtful && now - askedAt >= 4_000,
    open: (url, protocols) => {
      const socket = new FakeSocket(url, protocols);
      this.sockets.push(socket);
      return socket as unknown as WebSocket;
    },
    random: () => 0,
  });

  get socket(): FakeSocket {
    const last = this.sockets.at(-1);
    if (!last) throw new Error("no socket was opened");
    return last;
  }

  async connect(): Promise<void> {
    this.realtime.start();
    await vi.advanceTimersByTimeAsync(0);
    this.socket.greet();
  }
}

let bench: Bench;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", { CONNECTING, OPEN, CLOSED });
  bench = new Bench();
});

afterEach(() => {
  bench.realtime.stop();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

it("sends the token as a subprotocol, never in the address", async () => {
  await bench.connect();
  expect(bench.socket.protocols).toEqual(["stream-sync", "bearer.jwt"]);
  expect(bench.socket.url).toBe("ws://test/ws");
});

it("calls the link open only when the first message is there", async () => {
  bench.realtime.start();
  await vi.advanceTimersByTimeAsync(0);
  bench.socket.readyState = OPEN;
  expect(bench.links).toEqual(["connecting"]);
  bench.socket.greet();
  expect(bench.links).toEqual(["connecting", "open"]);
});

it("says at once that the link is lost, and comes back by itself with a renewed token", async () => {
  await bench.connect();
  bench.socket.drop();
  expect(bench.links.at(-1)).toBe("lost");
  await vi.advanceTimersByTimeAsync(1_000);
  expect(bench.sockets).toHaveLength(2);
  expect(bench.tokens).toEqual([false, true]);
  bench.socket.greet();
  expect(bench.links.at(-1)).toBe("open");
});

it("tells since when the link is lost, however often it tried since", async () => {
  await bench.connect();
  const lostAt = Date.now();
  bench.socket.drop();
  await vi.advanceTimersByTimeAsync(1_000);
  bench.socket.drop();
  expect(bench.lastLink).toEqual({ phase: "lost", since: lostAt, retryAt: Date.now() + 2_000 });
});

it("has known nothing since the last message came, where a connection died in silence", async () => {
  await bench.connect();
  const heardAt = Date.now();
  await vi.advanceTimersByTimeAsync(9_000);
  expect(bench.lastLink).toMatchObject({ phase: "lost", since: heardAt });
});

it("gives a server that is only starting more time for the first message", async () => {
  bench.realtime.start();
  await vi.advanceTimersByTimeAsync(9_000);
  expect(bench.links).toEqual(["connecting"]);
  bench.socket.greet();
  expect(bench.links.at(-1)).toBe("open");
});

it("starts with a short pause again after a connection that worked", async () => {
  await bench.connect();
  for (let loss = 0; loss < 3; loss++) {
    bench.socket.drop();
    await vi.advanceTimersByTimeAsync(1_000);
    bench.socket.greet();
  }
  expect(bench.sockets).toHaveLength(4);
});

it("reconnects at once when the network is back", async () => {
  await bench.connect();
  bench.socket.drop();
  bench.realtime.wake();
  await vi.advanceTimersByTimeAsync(0);
  expect(bench.sockets).toHaveLength(2);
});

it("asks for a snapshot when the page is looked at again", async () => {
  await bench.connect();
  bench.realtime.wake();
  expect(bench.socket.sent).toEqual([{ action: "snapshot" }]);
});

it("asks as often as the state wants it, which is told when it last asked", async () => {
  await bench.connect();
  bench.doubtful = true;
  for (let second = 0; second < 9; second++) {
    await vi.advanceTimersByTimeAsync(1_000);
    bench.socket.say(snapshot());
  }
  expect(bench.socket.sent).toHaveLength(3);
});

it("asks once more soon after it connected, for what was told before it was known to listen", async () => {
  await bench.connect();
  await vi.advanceTimersByTimeAsync(3_000);
  bench.socket.say(snapshot());
  await vi.advanceTimersByTimeAsync(30_000);
  expect(bench.socket.sent).toEqual([{ action: "snapshot" }]);
});

it("pings an idle connection every five minutes, before the gateway gives it up", async () => {
  await bench.connect();
  await vi.advanceTimersByTimeAsync(3_000);
  bench.socket.say(snapshot());
  await vi.advanceTimersByTimeAsync(5 * 60_000 + 1_000);
  expect(bench.socket.sent).toEqual([{ action: "snapshot" }, { action: "ping" }]);
});

it("gives a connection up that does not answer for five seconds", async () => {
  await bench.connect();
  bench.realtime.wake();
  const silent = bench.socket;
  await vi.advanceTimersByTimeAsync(6_000);
  expect(bench.links.at(-1)).toBe("lost");
  expect(silent.readyState).toBe(CLOSED);
  silent.greet();
  expect(bench.links.at(-1)).toBe("lost");
  await vi.advanceTimersByTimeAsync(1_000);
  expect(bench.sockets).toHaveLength(2);
});

it("keeps trying when the token service is away, and signs out when the session is over", async () => {
  bench.refusal = new AuthError("network", "away");
  bench.realtime.start();
  await vi.advanceTimersByTimeAsync(0);
  expect(bench.links.at(-1)).toBe("lost");
  expect(bench.signedOut).toBe(false);
  bench.refusal = new AuthError("expired", "over");
  await vi.advanceTimersByTimeAsync(1_000);
  expect(bench.signedOut).toBe(true);
});

describe("the server ends the connection and says why", () => {
  const closing = (code: string) => ({ type: "closing", code, reason: `Because of ${code}.`, action: "Do this." });

  it("comes back at once with a renewed token where the old one has expired", async () => {
    await bench.connect();
    bench.socket.say(closing("token_expired"));
    await vi.advanceTimersByTimeAsync(0);
    expect(bench.sockets).toHaveLength(2);
    expect(bench.tokens).toEqual([false, true]);
    expect(bench.links).not.toContain("lost");
  });

  it("signs out where the token cannot be renewed", async () => {
    await bench.connect();
    bench.refusal = new AuthError("expired", "over");
    bench.socket.say(closing("token_expired"));
    await vi.advanceTimersByTimeAsync(0);
    expect(bench.signedOut).toBe(true);
  });

  it("pauses before it comes back where it sent too much, or for a reason it does not know", async () => {
    for (const code of ["too_many_messages", "of_a_newer_server"]) {
      await bench.connect();
      const before = bench.sockets.length;
      bench.socket.say(closing(code));
      await vi.advanceTimersByTimeAsync(900);
      expect(bench.sockets).toHaveLength(before);
      expect(bench.links.at(-1)).toBe("lost");
      await vi.advanceTimersByTimeAsync(200);
      expect(bench.sockets).toHaveLength(before + 1);
      bench.realtime.stop();
    }
  });

  it.each(["access_revoked", "channel_not_found"])(
    "stays away after %s until it is told to try again",
    async (code) => {
      await bench.connect();
      const socket = bench.socket;
      socket.say(closing(code));
      socket.drop();
      bench.realtime.wake();
      await vi.advanceTimersByTimeAsync(600_000);
      expect(bench.sockets).toHaveLength(1);
      expect(bench.lastLink).toEqual({ phase: "closed", reason: `Because of ${code}.`, action: "Do this." });
      bench.realtime.retry();
      await vi.advanceTimersByTimeAsync(0);
      bench.socket.greet();
      expect(bench.links.slice(-2)).toEqual(["connecting", "open"]);
    },
  );
});

it("is quiet after stop", async () => {
  await bench.connect();
  bench.realtime.stop();
  await vi.advanceTimersByTimeAsync(600_000);
  expect(bench.sockets).toHaveLength(1);
  expect(bench.links.at(-1)).toBe("open");
});

describe("retry delay", () => {
  it("starts between one and two seconds and ends between 15 and 30", () => {
    expect(retryDelay(0, 0)).toBe(1_000);
    expect(retryDelay(0, 0.999)).toBeLessThan(2_000);
    expect(retryDelay(50, 0)).toBe(15_000);
    expect(retryDelay(50, 0.999)).toBeLessThan(30_000);
  });

  it("doubles", () => {
    expect([0, 1, 2, 3].map((failures) => retryDelay(failures, 0))).toEqual([1_000, 2_000, 4_000, 8_000]);
  });
});
