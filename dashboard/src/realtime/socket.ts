/** The WebSocket of a page: thin, and it comes back by itself. What messages mean is the page's reducer's business. */

import { AuthError } from "../auth/errors";
import type { ClosingMessage, OwnerMessage, PublicMessage } from "../contract";
import { retryDelay } from "./backoff";
import type { Link } from "./state";

/** API Gateway closes a connection that was idle for 10 minutes. */
const PING_EVERY_MS = 5 * 60_000;
/** A first connection may meet a server that is only starting. */
const CONNECTED_WITHIN_MS = 10_000;
/**
 * A connection without a response for this long is dead, even if the browser has not noticed. Together with the silence
 * before the request (`state.ts`) this is less than the 10 s within which a status must be correct or shown as UNKNOWN.
 */
const ANSWER_WITHIN_MS = 5_000;
/**
 * After the first snapshot, request one more: subscribers are found through an eventually consistent index, and changes
 * in the first second or so may have been sent to the others only.
 */
const SETTLES_AFTER_MS = 3_000;
const TICK_MS = 500;

export interface RealtimeOptions<Message extends OwnerMessage | PublicMessage> {
  readonly url: string;
  /** A bearer token; `force` renews it, because the server refused the last one. Without it: a viewer, who needs none. */
  readonly token?: (force: boolean) => Promise<string>;
  readonly onLink: (link: Link) => void;
  readonly onMessage: (message: Message) => void;
  readonly onSignedOut?: () => void;
  readonly wantsSnapshot: (now: number, askedAt: number) => boolean;
  /** Seams for the tests. */
  readonly open?: (url: string, protocols: string[]) => WebSocket;
  readonly random?: () => number;
}

export class Realtime<Message extends OwnerMessage | PublicMessage> {
  private socket: WebSocket | null = null;
  /** Attempts since the last one that brought a message. */
  private failures = 0;
  /** Counts attempts, so that what an abandoned one still reports is ignored. */
  private attempt = 0;
  private linked = false;
  private lostSince: number | null = null;
  /** When the last message came: what is known is from then. */
  private heardAt = 0;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private tickTimer: ReturnType<typeof setInterval> | undefined;
  private sentAt = 0;
  private askedAt = 0;
  private answerDue: number | null = null;
  private settlesAt: number | null = null;

  constructor(private readonly options: RealtimeOptions<Message>) {}

  start(): void {
    this.options.onLink({ phase: "connecting" });
    this.tickTimer = setInterval(() => this.tick(), TICK_MS);
    void this.connect();
  }

  stop(): void {
    clearInterval(this.tickTimer);
    this.abandon();
  }

  /** The network is back or the page is looked at again: do not sit out the pause; check a connection that slept. */
  wake(): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.ask();
    else if (this.retryTimer !== undefined) void this.connect();
  }

  /** No more connections until `retry`: the server would refuse each one for this reason. */
  close(reason: string, action: string): void {
    this.abandon();
    this.options.onLink({ phase: "closed", reason, action });
  }

  retry(): void {
    this.options.onLink({ phase: "connecting" });
    void this.connect();
  }

  private async connect(renew = this.failures > 0): Promise<void> {
    this.abandon();
    const attempt = ++this.attempt;
    let token: string | undefined;
    try {
      // A browser cannot see why a handshake failed (RFC 6455 4.1 hides a 401): after a failure, the token is renewed too.
      token = await this.options.token?.(renew);
    } catch (error) {
      if (attempt !== this.attempt) return;
      if (error instanceof AuthError && error.kind === "expired") this.options.onSignedOut?.();
      else this.lost();
      return;
    }
    if (attempt !== this.attempt) return;
    // The token travels as a subprotocol: browsers cannot set headers here, and a URL ends up in logs.
    const open = this.options.open ?? ((url, protocols) => new WebSocket(url, protocols));
    const socket = open(this.options.url, ["stream-sync", ...(token === undefined ? [] : [`bearer.${token}`])]);
    this.socket = socket;
    this.expectAnswer(CONNECTED_WITHIN_MS);
    socket.onmessage = (event: MessageEvent<string>) => this.receive(event.data);
    socket.onclose = () => this.lost();
  }

  private receive(data: string): void {
    const message = JSON.parse(data) as Message | ClosingMessage;
    if (message.type === "closing") {
      this.closing(message);
      return;
    }
    this.answerDue = null;
    this.heardAt = Date.now();
    // Only a message proves the link: a gateway may accept a connection that nobody behind it serves.
    this.failures = 0;
    this.lostSince = null;
    // The newest state goes first, so that an open link never stands beside an old status.
    this.options.onMessage(message);
    if (this.linked) return;
    this.linked = true;
    this.settlesAt = Date.now() + SETTLES_AFTER_MS;
    this.options.onLink({ phase: "open" });
  }

  /** The server says why it ends the connection, for the close itself has no reason of ours. */
  private closing({ code, reason, action }: ClosingMessage): void {
    switch (code) {
      case "token_expired":
        void this.connect(true);
        break;
      case "access_revoked":
      case "channel_not_found":
        this.close(reason, action);
        break;
      default:
        this.lost();
    }
  }

  private lost(since = Date.now()): void {
    this.abandon();
    const now = Date.now();
    const delay = retryDelay(this.failures++, (this.options.random ?? Math.random)());
    this.lostSince ??= since;
    this.options.onLink({ phase: "lost", since: this.lostSince, retryAt: now + delay });
    this.retryTimer = setTimeout(() => void this.connect(), delay);
  }

  private abandon(): void {
    this.attempt++;
    this.linked = false;
    clearTimeout(this.retryTimer);
    this.retryTimer = undefined;
    this.answerDue = null;
    this.settlesAt = null;
    const socket = this.socket;
    this.socket = null;
    if (socket) {
      socket.onmessage = socket.onclose = null;
      socket.close();
    }
  }

  private tick(): void {
    const now = Date.now();
    if (this.answerDue !== null && now > this.answerDue) this.lost(this.linked ? this.heardAt : now);
    else if (this.socket?.readyState !== WebSocket.OPEN) return;
    else if (this.settlesAt !== null && now >= this.settlesAt) this.ask();
    else if (now - this.sentAt >= PING_EVERY_MS) this.send({ action: "ping" });
    else if (this.options.wantsSnapshot(now, this.askedAt)) this.ask();
  }

  private ask(): void {
    this.askedAt = Date.now();
    this.settlesAt = null;
    this.send({ action: "snapshot" });
  }

  private send(message: object): void {
    this.socket?.send(JSON.stringify(message));
    this.expectAnswer(ANSWER_WITHIN_MS);
  }

  private expectAnswer(withinMs: number): void {
    this.sentAt = Date.now();
    this.answerDue ??= this.sentAt + withinMs;
  }
}
