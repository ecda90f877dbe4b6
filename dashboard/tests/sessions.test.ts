import { describe, expect, it } from "vitest";
import type { OwnStream, OwnStreamDetails, StreamSummary } from "../src/contract";
import { pageAt } from "../src/sessions/address";
import { allFacts, briefFacts, compared } from "../src/sessions/facts";
import { entryText } from "../src/sessions/words";
import { isPlayable } from "../src/studio/recordings";
import { endReason } from "../src/words/end-reasons";
import { STREAM_1 } from "./messages";

const AT = "2026-11-26T21:00:00Z";

function stream(overrides: Partial<OwnStreamDetails> = {}): OwnStreamDetails {
  return {
    id: STREAM_1,
    state: "ENDED",
    started_at: AT,
    duration_s: 3600,
    bytes_in: 450_000_000,
    end_reason: "clean_stop",
    peak_viewers: 12,
    average_viewers: 3.14,
    watched_minutes: null,
    width: 1280,
    height: 720,
    fps: 30,
    video_codec: "h264",
    audio_codec: null,
    audio_sample_rate: null,
    audio_channels: null,
    encoder: null,
    key_label: null,
    declared: null,
    recording: null,
    summary: null,
    ...overrides,
  } as OwnStreamDetails;
}

describe("addresses below the studio", () => {
  it.each([
    ["/studio", { name: "studio" }],
    ["/studio/", { name: "studio" }],
    ["/studio/elsewhere", { name: "studio" }],
    ["/studio/streams", { name: "streams" }],
    ["/studio/streams/", { name: "streams" }],
    ["/studio/streams/not-an-id", { name: "streams" }],
    [`/studio/streams/${STREAM_1}`, { name: "stream", streamId: STREAM_1 }],
  ])("%s", (path, page) => {
    expect(pageAt(path)).toEqual(page);
  });
});

describe("a broadcast in figures", () => {
  const valueIn = (facts: readonly { name: string; value: string }[], name: string) =>
    facts.find((fact) => fact.name === name)?.value;

  const summary: StreamSummary = {
    measured_s: 3600,
    average_bitrate_kbps: 4500,
    peak_bitrate_kbps: 6000,
    interruptions: 2,
    worst: "fair",
    findings: [
      { code: "gopSizeLong", title: "Key frames are too far apart", severity: "warning", count: 3, action: "Set 2 s." },
    ],
  };

  it("has what was measured, and its health when it was worst", () => {
    const facts = briefFacts(stream({ summary }));
    expect(valueIn(facts, "Average bitrate")).toBe("4,500 kbit/s");
    expect(valueIn(facts, "Health")).toBe("Fair, 3 findings");
    expect(valueIn(allFacts(stream({ summary }), []), "Interruptions")).toBe("2");
    const good = { ...summary, worst: "good", findings: [] } as const;
    expect(valueIn(briefFacts(stream({ summary: good })), "Health")).toBe("Good");
  });

  it("names the guest's key that it came with", () => {
    expect(valueIn(allFacts(stream({ key_label: "Ann" }), []), "Stream key")).toBe("Ann");
  });

  it("has an average bitrate of what was received, where nothing was measured", () => {
    expect(valueIn(briefFacts(stream()), "Average bitrate")).toBe("1,000 kbit/s");
  });

  it("leaves out what is not known", () => {
    const facts = allFacts(stream({ peak_viewers: null, average_viewers: null }), []);
    expect(facts.map(({ name }) => name)).toEqual(["Duration", "Why it ended", "Average bitrate", "Video", "Received"]);
  });

  it("says when nothing was ever received, and when it is running", () => {
    expect(valueIn(briefFacts(stream({ started_at: null })), "Duration")).toBe("No video or audio was received");
    expect(valueIn(briefFacts(stream({ state: "LIVE", end_reason: null })), "Why it ended")).toBe("Live now");
  });

  it("stands beside another one's, line by line", () => {
    const one = [{ name: "Duration", value: "1 h" }];
    const other = [
      { name: "Duration", value: "2 h" },
      { name: "Peak viewers", value: "3" },
    ];
    expect(compared(one, other)).toEqual([
      ["Duration", "1 h", "2 h"],
      ["Peak viewers", "–", "3"],
    ]);
  });

  it("has a recording to watch only where this server plays it", () => {
    const recording = { status: "available", download_url: null } as OwnStream["recording"];
    expect(isPlayable(stream({ recording }))).toBe(false);
    expect(isPlayable(stream({ recording: recording && { ...recording, download_url: "https://x/y.mp4" } }))).toBe(
      true,
    );
    expect(isPlayable(stream())).toBe(false);
  });
});

describe("an entry of the timeline", () => {
  const entry = (kind: string, facts = {}) => entryText({ seq: 1, at: AT, kind, facts });

  it("says why a stream ended", () => {
    expect(entry("Stream End", { reason: "grace_over" })).toEqual({
      title: "Ended",
      detail: "Connection lost, not resumed in time.",
    });
  });

  it("says what was wrong, with its figures", () => {
    const facts = { code: "gopSizeLong", severity: "warning", measured: "8.3 s", expected: "2 s" };
    expect(entry("Health Finding Start", facts)).toEqual({
      title: "Health finding: Key frames are too far apart",
      detail: "Measured: 8.3 s, recommended: 2 s.",
    });
  });

  it("says what a connection carried", () => {
    const facts = { client_ip: "192.0.2.1", duration_s: 65, bytes: 2_000_000, mean_kbps: 246.2, reason: "clean_stop" };
    expect(entry("connection", facts).detail).toBe("From 192.0.2.1 · 1 min · 2 MB · average 246 kbit/s");
  });

  it("is shown as it is where only a newer server knows it", () => {
    expect(entry("Stream Teleported")).toEqual({ title: "Stream Teleported", detail: "" });
    expect(endReason("teleported")).toBe("teleported");
  });
});
