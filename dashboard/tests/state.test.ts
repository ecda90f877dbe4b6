import { describe, expect, it } from "vitest";
import type { LastEnd, LastRefusal, OwnerMessage, RefusedMessage } from "../src/contract";
import { initialState, measuresAreFresh, reduce, type StudioState, wantsSnapshot } from "../src/realtime/state";
import { FORGOTTEN_MS, isWaiting } from "../src/realtime/waiting";
import { AT, channel, live, metrics, STREAM_1, STREAM_2, snapshot, status } from "./messages";

const NOW = 1_000_000;

/** The state after these messages, one second apart, the last of them at `NOW`. */
function stateAfter(...messages: OwnerMessage[]): StudioState {
  return messages.reduce(
    (state, message, index) => hear(state, message, NOW - (messages.length - 1 - index) * 1000),
    initialState,
  );
}

function hear(state: StudioState, message: OwnerMessage, now: number): StudioState {
  return reduce(state, { kind: "message", message, now });
}

/** So many seconds after the messages' own time. */
function refusedAt(second: number): string {
  return new Date(Date.parse(AT) + second * 1000).toISOString();
}

function end(overrides: Partial<LastEnd> = {}): LastEnd {
  return {
    stream_id: STREAM_1,
    started_at: "2026-01-01T11:00:00Z",
    ended_at: "2026-01-01T11:59:00Z",
    reason: "key_reset",
    reason_text: "The stream key was reset.",
    action: "Enter the new stream key in the encoder.",
    ...overrides,
  };
}

describe("ordering (SS-3.1, SS-3.3)", () => {
  it("drops a status that is not newer than the last one", () => {
    const state = stateAfter(
      snapshot(),
      status({ seq: 5, status: "OFFLINE", reason_text: "Stopped." }),
      status({ seq: 4, status: "LIVE" }),
      status({ seq: 5, status: "LIVE" }),
    );
    expect(state.stream.status).toBe("OFFLINE");
    expect(state.stream.reasonText).toBe("Stopped.");
  });

  it("drops the late end of an older stream while a newer one is live", () => {
    const state = stateAfter(
      snapshot(),
      status({ stream_id: STREAM_2, seq: 9 }),
      status({ stream_id: STREAM_1, seq: 8, status: "OFFLINE" }),
    );
    expect(state.stream).toMatchObject({ status: "LIVE", streamId: STREAM_2 });
  });

  it("drops a snapshot with a smaller seq, but takes newer details from it", () => {
    const state = stateAfter(
      snapshot({ status: "LIVE", live: live() }, 7),
      snapshot({ status: "OFFLINE", title: "New title", version: 2 }, 6),
    );
    expect(state.stream).toMatchObject({ status: "LIVE", streamId: STREAM_1 });
    expect(state.channel?.title).toBe("New title");
    expect(hear(state, status({ seq: 7, status: "RECONNECTING" }), NOW)).toBe(state);
  });

  it("drops metrics that are older than the newest status", () => {
    const state = stateAfter(snapshot(), status({ seq: 5, status: "RECONNECTING" }));
    expect(hear(state, metrics({ seq: 4 }), NOW)).toBe(state);
    expect(hear(state, metrics({ seq: 6 }), NOW).doubtful).toBe(true);
  });

  it("drops a status that is older than the snapshot of the same stream", () => {
    const state = stateAfter(snapshot({ status: "LIVE", live: live() }, 7), status({ seq: 6, status: "RECONNECTING" }));
    expect(state.stream.status).toBe("LIVE");
  });

  it("lets a snapshot correct what no status told: a crashed node's stream is over", () => {
    const state = stateAfter(snapshot(), status({ seq: 5 }), snapshot({ status: "OFFLINE" }, 5));
    expect(state.stream).toMatchObject({ status: "OFFLINE", live: null });
  });

  it("ignores the status of a snapshot that was read before the present stream began", () => {
    const state = stateAfter(
      snapshot(),
      status({ stream_id: STREAM_2, seq: 9 }),
      snapshot({ status: "RECONNECTING", live: live({ stream_id: STREAM_1 }), title: "New title" }),
    );
    expect(state.stream).toMatchObject({ status: "LIVE", streamId: STREAM_2 });
    expect(state.channel?.title).toBe("New title");
  });

  it("passes over a message type of a newer server", () => {
    const state = stateAfter(snapshot());
    expect(hear(state, { type: "viewers", seq: 1, at: "", count: 3 } as unknown as OwnerMessage, NOW)).toBe(state);
  });

  it("does not let the first page load overwrite what the socket said meanwhile", () => {
    const state = reduce(stateAfter(snapshot({ status: "LIVE", live: live() })), {
      kind: "loaded",
      channel: channel({ status: "OFFLINE" }),
      now: NOW,
    });
    expect(state.stream.status).toBe("LIVE");
  });
});

describe("watchdog", () => {
  const running = stateAfter(snapshot(), status(), metrics());

  const LONG_AGO = NOW - 3_600_000;

  it("is content while metrics come", () => {
    expect(wantsSnapshot(running, NOW + 3_900, LONG_AGO)).toBe(false);
  });

  it("asks for a snapshot when LIVE goes silent for four seconds", () => {
    expect(wantsSnapshot(running, NOW + 4_001, LONG_AGO)).toBe(true);
  });

  it("asks every two seconds while snapshots say LIVE and no metrics come: a crashed node is not known for seconds", () => {
    const asked = NOW + 4_100;
    const state = hear(running, snapshot({ status: "LIVE", live: live() }, 1), asked);
    expect(wantsSnapshot(state, asked + 1_900, asked)).toBe(false);
    expect(wantsSnapshot(state, asked + 2_000, asked)).toBe(true);
    expect(wantsSnapshot(hear(state, metrics(), asked + 1_950), asked + 2_000, asked)).toBe(false);
  });

  it("asks when the grace of RECONNECTING is over and nobody said so, however recently it had asked", () => {
    const state = stateAfter(snapshot(), status({ seq: 2, status: "RECONNECTING", until: "2026-01-01T12:00:08Z" }));
    expect(wantsSnapshot(state, NOW + 7_900, LONG_AGO)).toBe(false);
    expect(wantsSnapshot(state, NOW + 8_001, NOW + 7_900)).toBe(true);
    expect(wantsSnapshot(state, NOW + 9_000, NOW + 8_001)).toBe(false);
    expect(wantsSnapshot(state, NOW + 10_001, NOW + 8_001)).toBe(true);
  });

  it("asks when metrics speak of a stream that is not held for live", () => {
    expect(wantsSnapshot(stateAfter(snapshot(), metrics()), NOW, LONG_AGO)).toBe(true);
    expect(wantsSnapshot(stateAfter(snapshot(), metrics()), NOW, NOW - 1_900)).toBe(false);
    expect(wantsSnapshot(stateAfter(snapshot(), metrics(), snapshot()), NOW, LONG_AGO)).toBe(false);
  });

  it("is content off air, however long nothing comes", () => {
    expect(wantsSnapshot(stateAfter(snapshot()), NOW + 3_600_000, LONG_AGO)).toBe(false);
  });
});

describe("clocks", () => {
  it("counts the grace down from the message's own time, not from this machine's", () => {
    const state = stateAfter(snapshot(), status({ seq: 2, status: "RECONNECTING", until: "2026-01-01T12:00:08Z" }));
    expect(state.stream.until).toBe(NOW + 8_000);
  });

  it("knows from a snapshot when the grace ends", () => {
    const state = stateAfter(snapshot({ status: "RECONNECTING", status_until: "2026-01-01T12:00:05Z", live: live() }));
    expect(state.stream.until).toBe(NOW + 5_000);
  });

  it("does not let the uptime jump about with rounded or late metrics", () => {
    const state = stateAfter(
      snapshot({ status: "LIVE", live: live() }),
      metrics({ uptime_s: 61 }),
      metrics({ uptime_s: 61 }),
    );
    expect(state.stream.startedAt).toBe(NOW - 2_000 - 60_000);
  });

  it("takes the uptime from the server", () => {
    expect(stateAfter(snapshot({ status: "LIVE", live: live() })).stream.startedAt).toBe(NOW - 60_000);
    expect(stateAfter(snapshot(), status(), metrics({ uptime_s: 90 })).stream.startedAt).toBe(NOW - 90_000);
  });
});

describe("measures (SS-3.2)", () => {
  it("shows what the metrics say", () => {
    const state = stateAfter(snapshot(), status({ live: live() }), metrics({ encoder: "OBS" }));
    expect(state.stream.live).toMatchObject({
      bitrate_kbps: 2500,
      width: 1280,
      height: 720,
      fps: 30,
      encoder: "OBS",
    });
  });

  it("takes nothing of the former codec for the present one's", () => {
    const known = live({ video_codec: "h264", video_profile: "High", video_level: "4.1" });
    const state = stateAfter(snapshot(), status({ live: known }), metrics({ video_codec: "hevc" }));
    expect(state.stream.live).toMatchObject({ video_codec: "hevc", video_profile: null, video_level: null });
  });

  it("keeps the last known measures while the encoder is away", () => {
    const state = stateAfter(
      snapshot(),
      status({ live: live() }),
      metrics(),
      status({ seq: 2, status: "RECONNECTING", live: live() }),
    );
    expect(state.stream.live).toMatchObject({ bitrate_kbps: 2500, video_codec: "h264" });
    expect(measuresAreFresh(state, NOW)).toBe(false);
  });

  it("does not take the last stream's measures for the next one's", () => {
    const state = stateAfter(
      snapshot(),
      status({ live: live() }),
      metrics(),
      status({ stream_id: STREAM_2, seq: 2, live: live({ stream_id: STREAM_2 }) }),
    );
    expect(state.stream.live?.bitrate_kbps).toBeNull();
    expect(state.rows).toEqual([]);
  });

  it("ignores metrics of an older stream", () => {
    const state = stateAfter(snapshot(), status({ stream_id: STREAM_2, seq: 2 }), metrics({ stream_id: STREAM_1 }));
    expect(state.rows).toEqual([]);
    expect(state.doubtful).toBe(false);
  });

  it("keeps what was measured of the whole stream, in rows of ten seconds by the server's clock", () => {
    let state = stateAfter(snapshot(), status());
    for (let second = 0; second < 90; second++) {
      const at = new Date(Date.parse(AT) + second * 1000).toISOString();
      state = hear(state, metrics({ at, bitrate_kbps: 1000 + second }), NOW + second * 1000);
    }
    expect(state.rows).toHaveLength(9);
    expect(state.rows[8]).toMatchObject({
      at: Date.parse(AT) + 80_000,
      bitrate_kbps: { min: 1080, average: 1084.5, max: 1089 },
      video_fps: { min: 30, max: 30 },
      viewers: null,
    });
    expect(state.measuredAt).toBe(NOW + 89_000);
  });

  it("calls measures stale when none came for four seconds", () => {
    const state = stateAfter(snapshot(), status(), metrics());
    expect(measuresAreFresh(state, NOW + 4_000)).toBe(true);
    expect(measuresAreFresh(state, NOW + 4_001)).toBe(false);
  });
});

describe("refusals (FX-9)", () => {
  const refused = (second: number, overrides: Partial<RefusedMessage> = {}): OwnerMessage => ({
    type: "refused",
    seq: 1,
    at: refusedAt(second),
    code: "key_expired",
    reason: "The stream key has expired",
    action: "Get a new stream key.",
    client_ip: "203.0.113.7",
    key_id: "key_1",
    key_label: "Ann",
    ...overrides,
  });
  const read = (second: number) => ({ ...refused(second), at: refusedAt(second) }) as unknown as LastRefusal;

  it("shows a refusal with its reason and what to do", () => {
    expect(stateAfter(snapshot(), refused(0)).refusal).toMatchObject({
      reason: "The stream key has expired",
      action: "Get a new stream key.",
      clientIp: "203.0.113.7",
      keyLabel: "Ann",
      at: Date.parse(AT),
      count: 1,
    });
  });

  it("counts the same refusal instead of piling it up", () => {
    expect(stateAfter(snapshot(), refused(0), refused(1), refused(2)).refusal?.count).toBe(3);
    expect(stateAfter(snapshot(), refused(0), refused(1), refused(2, { code: "key_unknown" })).refusal?.count).toBe(1);
  });

  it("takes no notice of one that is told twice, or late", () => {
    expect(stateAfter(snapshot(), refused(1), refused(1), refused(0)).refusal?.count).toBe(1);
    expect(stateAfter(snapshot(), refused(1), snapshot({ last_refusal: read(1) })).refusal?.count).toBe(1);
  });

  it("does not touch the running stream", () => {
    expect(stateAfter(snapshot(), status(), refused(0)).stream.status).toBe("LIVE");
  });

  it("goes when dismissed, and when a stream begins after all", () => {
    expect(reduce(stateAfter(snapshot(), refused(0)), { kind: "refusal-dismissed" }).refusal).toBeNull();
    expect(stateAfter(snapshot(), refused(0), status()).refusal).toBeNull();
  });

  it("is known from a snapshot, with the time that a message told", () => {
    const state = stateAfter(snapshot({ last_refusal: read(-60) }));
    expect(state.refusal).toMatchObject({ code: "key_expired", at: Date.parse(AT) - 60_000, count: 1 });
  });

  it("stays dismissed when a snapshot tells it again, and a newer one is shown", () => {
    const dismissed = reduce(stateAfter(snapshot(), refused(0)), { kind: "refusal-dismissed" });
    expect(hear(dismissed, snapshot({ last_refusal: read(0) }), NOW).refusal).toBeNull();
    expect(hear(dismissed, snapshot({ last_refusal: read(1) }), NOW).refusal).not.toBeNull();
  });

  it("is not shown from a snapshot when it is older than a day, or than the stream that came after it", () => {
    expect(stateAfter(snapshot({ last_refusal: read(-86_401) })).refusal).toBeNull();
    expect(stateAfter(snapshot({ status: "LIVE", live: live(), last_refusal: read(-61) })).refusal).toBeNull();
    expect(stateAfter(snapshot({ status: "LIVE", live: live(), last_refusal: read(-59) })).refusal).not.toBeNull();
    expect(stateAfter(snapshot({ last_end: end(), last_refusal: read(-3_601) })).refusal).toBeNull();
  });
});

describe("the last end", () => {
  it("is known from a snapshot, with its time", () => {
    expect(stateAfter(snapshot({ last_end: end() })).stream).toMatchObject({
      status: "OFFLINE",
      reason: "key_reset",
      reasonText: "The stream key was reset.",
      action: "Enter the new stream key in the encoder.",
      endedAt: Date.parse(AT) - 60_000,
    });
  });

  it("has no time where nobody wrote it: a lost node's", () => {
    const lost = end({ ended_at: null, reason: "node_lost", reason_text: "The ingest server failed." });
    expect(stateAfter(snapshot({ last_end: lost })).stream).toMatchObject({
      reasonText: "The ingest server failed.",
      endedAt: null,
    });
  });

  it("of an older stream does not take the place of a newer one's", () => {
    const state = stateAfter(
      snapshot(),
      status({ stream_id: STREAM_2, status: "OFFLINE", reason_text: "Stopped." }),
      snapshot({ last_end: end() }),
    );
    expect(state.stream.reasonText).toBe("Stopped.");
  });
});

describe("details and key", () => {
  const edited = (version: number, title: string): OwnerMessage => {
    const { status: _, status_until, playback, live, last_end, last_refusal, ...details } = channel({ version, title });
    return { type: "channel", at: AT, channel: details };
  };

  it("follow what another window changed", () => {
    expect(stateAfter(snapshot(), edited(2, "Organ")).channel?.title).toBe("Organ");
  });

  it("go by the version, in whichever order answers come", () => {
    expect(stateAfter(snapshot(), edited(3, "Newest"), edited(2, "Older")).channel?.title).toBe("Newest");
    expect(stateAfter(snapshot(), edited(3, "Newest"), snapshot({ version: 2, title: "Older" })).channel?.title).toBe(
      "Newest",
    );
  });
});

it("knows a reset key by its last four characters only (SS-1.4)", () => {
  const state = reduce(stateAfter(snapshot()), {
    kind: "key-read",
    credentials: {
      ingest_url: "rtmp://127.0.0.1:1935/live",
      key_id: "key_2",
      stream_key_masked: "••••wxyz",
      expires_at: null,
      ...{ stream_key: "SECRETSECRETSECRETSECRETSECRETSECRETwxyz" },
    },
  });
  expect(state.channel?.key).toEqual({ key_id: "key_2", hint: "wxyz", expires_at: null });
  expect(JSON.stringify(state)).not.toContain("SECRET");
});

describe("a publisher that waits for a place (SS-5.2)", () => {
  const waiting = (second: number, place: number | null): OwnerMessage => ({
    type: "waiting",
    at: refusedAt(second),
    place,
    until: refusedAt(60),
    client_ip: "192.0.2.1",
  });

  it("shows its place, and when it is refused at the latest", () => {
    const { waiting: shown } = stateAfter(snapshot(), waiting(0, 3), waiting(10, 1));
    expect(shown).toMatchObject({ place: 1, clientIp: "192.0.2.1" });
    expect(shown && shown.until - shown.heardAt).toBe(50_000);
  });

  it("ignores what comes late, after it has gone live or left", () => {
    const { waiting: shown } = stateAfter(snapshot(), waiting(5, null), waiting(4, 1));
    expect(isWaiting(shown, shown?.heardAt ?? 0)).toBe(false);
  });

  it("is not shown any more when the node repeats nothing", () => {
    const { waiting: shown } = stateAfter(snapshot(), waiting(0, 1));
    const at = shown?.heardAt ?? 0;
    expect(isWaiting(shown, at + FORGOTTEN_MS - 1)).toBe(true);
    expect(isWaiting(shown, at + FORGOTTEN_MS)).toBe(false);
  });
});
