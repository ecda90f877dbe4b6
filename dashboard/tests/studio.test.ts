import { afterEach, describe, expect, it, vi } from "vitest";
import { ConfigError, loadConfig, parseConfig } from "../src/config";
import { initialState, reduce } from "../src/realtime/state";
import { changesOf, tagsOf, textOf } from "../src/studio/details-text";
import { healthAnnouncement } from "../src/studio/health-words";
import { otherServers } from "../src/studio/other-servers";
import {
  announcement,
  anythingMeasured,
  codecName,
  encoderName,
  interruption,
  isWaitingForKeyFrame,
  missingMedia,
  profileAndLevel,
  rateAndChannels,
  shownStatus,
  tabTitle,
} from "../src/studio/status-words";
import { copyText } from "../src/ui/clipboard";
import {
  ago,
  dayAndTimeWithSeconds,
  dayAndTimeWithZone,
  duration,
  frameRate,
  kbps,
  secondsLeft,
  setTimeZone,
} from "../src/ui/format";
import { channel, live, status } from "./messages";

describe("the servers beside the default one", () => {
  const url = "rtmps://ingest.example.com:443/live";
  const plain_url = "rtmp://ingest.example.com:1935/live";

  it("are none where there is one server, and it is not encrypted", () => {
    expect(otherServers([{ region: "us-east-1", url: plain_url, plain_url: null }])).toEqual([]);
  });

  it("are plain RTMP first, then those of other regions", () => {
    const elsewhere = { region: "eu-west-1", url: "rtmps://eu.example.com:443/live", plain_url: null };
    expect(otherServers([{ region: "us-east-1", url, plain_url }, elsewhere])).toEqual([
      { name: "Plain RTMP", url: plain_url },
      { name: "Region eu-west-1", url: elsewhere.url },
    ]);
  });
});

describe("an interruption", () => {
  const before = initialState.stream;

  it("has no reason where none is known", () => {
    expect(interruption(before)).toBe("The connection to your encoder was lost.");
  });

  it("has the reason where the encoder broke the protocol, also for a screen reader", () => {
    const reasonText = "The encoder sent something that is not valid RTMP: 9 bytes (message_too_large).";
    expect(interruption({ ...before, reasonText })).toContain(reasonText);
    expect(announcement("RECONNECTING", { ...before, reasonText })).toContain(reasonText);
  });
});

describe("configuration", () => {
  const good = {
    api_url: "https://api.test/",
    ws_url: "wss://ws.test",
    cognito: { endpoint: "https://cognito.test/", client_id: "c", user_pool_id: "eu-west-1_p" },
  };

  it("reads what the page needs", () => {
    expect(parseConfig(good)).toEqual({
      apiUrl: "https://api.test",
      recordingsUrl: "/vod",
      wsUrl: "wss://ws.test",
      playbackUrl: "/live",
      cognito: { endpoint: "https://cognito.test/", clientId: "c", userPoolId: "eu-west-1_p", signUp: false },
      demo: null,
      demoAdmin: null,
    });
  });

  it.each([
    ["ws_url", { ...good, ws_url: undefined }],
    ["cognito", { ...good, cognito: undefined }],
    ["cognito.client_id", { ...good, cognito: { endpoint: "https://cognito.test/" } }],
    ["cognito.user_pool_id", { ...good, cognito: { endpoint: "https://cognito.test/", client_id: "c" } }],
    ["config.json", []],
  ])("names %s when it is missing", (name, body) => {
    expect(() => parseConfig(body)).toThrow(ConfigError);
    expect(() => parseConfig(body)).toThrow(`"${name}"`);
  });

  it("says so when the file is not there, is no JSON, or the server is away", async () => {
    await expect(loadConfig(() => Promise.resolve(new Response("", { status: 404 })))).rejects.toThrow("404");
    await expect(loadConfig(() => Promise.resolve(new Response("<html>")))).rejects.toThrow("not valid JSON");
    await expect(loadConfig(() => Promise.reject(new TypeError()))).rejects.toThrow("did not answer");
  });
});

describe("the shown status", () => {
  it("is not LIVE while the connection is lost", () => {
    const state = { ...initialState, stream: { ...initialState.stream, status: "LIVE" as const } };
    expect(shownStatus(state)).toBe("LIVE");
    expect(shownStatus({ ...state, link: { phase: "lost", since: 0, retryAt: 1 } })).toBe("UNKNOWN");
  });

  it("is none beside the reason for which the server ended the connection for good", () => {
    const link = { phase: "closed", reason: "This broadcaster is blocked.", action: "" } as const;
    const status = shownStatus(reduce(initialState, { kind: "link", link }));
    expect(status).toBeNull();
    expect(tabTitle(status, true)).toBe("Studio · stream-sync");
  });

  it("waits for a key frame until the channel is LIVE or the encoder has gone", () => {
    const waiting = status({ status: "OFFLINE", reason: "waiting_for_key_frame", seq: 1 });
    const next = [status({ seq: 2 }), status({ status: "OFFLINE", reason: "no_media", seq: 2 })];
    const seen = reduce(initialState, { kind: "message", message: waiting, now: 1 });
    expect(isWaitingForKeyFrame(seen.stream)).toBe(true);
    for (const message of next) {
      expect(isWaitingForKeyFrame(reduce(seen, { kind: "message", message, now: 2 }).stream)).toBe(false);
    }
  });
});

describe("copying", () => {
  afterEach(() => vi.unstubAllGlobals());

  it("says when there is no clipboard", async () => {
    vi.stubGlobal("navigator", {});
    expect(await copyText("text")).toBe("no-clipboard");
  });

  it("says when the clipboard is denied", async () => {
    vi.stubGlobal("window", {});
    vi.stubGlobal("navigator", {
      clipboard: { writeText: () => Promise.reject(new DOMException("no", "NotAllowedError")) },
    });
    expect(await copyText(Promise.resolve("text"))).toBe("no-clipboard");
  });

  it("copies text that has yet to come, and passes on that it did not", async () => {
    const written: string[] = [];
    vi.stubGlobal("window", {});
    vi.stubGlobal("navigator", { clipboard: { writeText: (text: string) => Promise.resolve(written.push(text)) } });
    expect(await copyText(Promise.resolve("the key"))).toBe("copied");
    expect(written).toEqual(["the key"]);
    await expect(copyText(Promise.reject(new Error("no answer")))).rejects.toThrow("no answer");
  });
});

describe("channel details", () => {
  const details = channel({ title: "Piano", tags: ["live", "piano"] });

  it("sends only what was changed", () => {
    expect(changesOf(details, textOf(details))).toEqual({});
    expect(changesOf(details, { ...textOf(details), title: " Organ " })).toEqual({ title: "Organ" });
    expect(changesOf(details, { ...textOf(details), tags: "live" })).toEqual({ tags: ["live"] });
    expect(changesOf(details, { ...textOf(details), recording: "off" })).toEqual({ recording: false });
  });

  it("reads tags as people type them", () => {
    expect(tagsOf(" #live, piano,,live , late night ")).toEqual(["live", "piano", "late night"]);
  });
});

describe("what does not arrive", () => {
  const complete = live({ video_codec: "h264", audio_codec: "aac" });

  it("is said after a moment, and of either medium", () => {
    const silent = { ...complete, audio_codec: null };
    expect(missingMedia(silent, 4_999)).toEqual([]);
    expect(missingMedia(silent, 5_000)).toEqual(["audio"]);
    expect(missingMedia({ ...complete, video_codec: null }, 60_000)).toEqual(["video"]);
    expect(missingMedia(complete, 60_000)).toEqual([]);
  });

  it("does not make old figures out of nothing", () => {
    expect(anythingMeasured(null)).toBe(false);
    const declared = { width: 1, height: 1, fps: 30, video_bitrate_kbps: 1, audio_bitrate_kbps: 1 };
    expect(anythingMeasured(live({ encoder: "OBS", declared }))).toBe(false);
    expect(anythingMeasured(live({ width: 1280 }))).toBe(true);
  });
});

describe("moments", () => {
  const moment = Date.UTC(2026, 10, 26, 13, 53, 10);

  it("have a day, and are written as the reader's locale does", () => {
    expect(dayAndTimeWithZone(moment, "en-GB")).toMatch(/26 Nov 2026/);
    expect(dayAndTimeWithZone(moment, "de")).toMatch(/26\. Nov\. 2026/);
  });

  it("have seconds where several come within a minute", () => {
    const text = dayAndTimeWithSeconds(moment, "en-GB");
    expect(text).toMatch(/26 Nov 2026.*:53:10/);
  });

  it("name the time zone", () => {
    expect(dayAndTimeWithZone(moment, "en-GB")).toMatch(/26 Nov 2026.*(UTC|GMT|[A-Z]{3,4})/);
  });
});

describe("words and figures", () => {
  it("formats", () => {
    expect(duration(3_725_000)).toBe("01:02:05");
    expect(duration(-5)).toBe("00:00:00");
    expect(secondsLeft(8_000, 500)).toBe(8);
    expect(secondsLeft(8_000, 9_000)).toBe(0);
    expect(kbps(4612.3)).toBe("4,612");
    expect([frameRate(30), frameRate(30000 / 1001)]).toEqual(["30", "29.97"]);
    expect([ago(500), ago(12_000), ago(180_000), ago(7_300_000)]).toEqual([
      "just now",
      "12 s ago",
      "3 min ago",
      "2 h ago",
    ]);
  });

  it("says of picture and sound as much as is known", () => {
    expect(profileAndLevel(live({ video_profile: "High", video_level: "4.1" }))).toBe("High 4.1");
    expect(profileAndLevel(live({ video_profile: "Profile 0" }))).toBe("Profile 0");
    expect(profileAndLevel(live())).toBe("");
    expect(rateAndChannels(live({ audio_sample_rate: 48_000, audio_channels: 2 }))).toBe("48 kHz stereo");
    expect(rateAndChannels(live({ audio_sample_rate: 44_100, audio_channels: 1 }))).toBe("44.1 kHz mono");
    expect(rateAndChannels(live({ audio_sample_rate: 48_000, audio_channels: 6 }))).toBe("48 kHz 5.1");
    expect(rateAndChannels(live({ audio_channels: 4 }))).toBe("4 channels");
    expect(rateAndChannels(live())).toBe("");
  });

  it("calls codecs and encoders by the names people know", () => {
    expect([codecName("h264"), codecName("HEVC"), codecName("aac"), codecName("x-new")]).toEqual([
      "H.264",
      "H.265",
      "AAC",
      "x-new",
    ]);
    expect(encoderName("obs-output module (libobs version 29.0.2)")).toBe("OBS Studio 29.0.2");
    expect(encoderName("Lavf59.27.100")).toBe("FFmpeg (libavformat 59.27.100)");
    expect(encoderName("Wirecast/FM 1.0")).toBe("Wirecast/FM 1.0");
  });
});

describe("the tab's title", () => {
  it("says what the channel does", () => {
    expect(tabTitle("LIVE", false)).toBe("● LIVE · stream-sync");
    expect(tabTitle("RECONNECTING", false)).toBe("◌ Reconnecting · stream-sync");
    expect(tabTitle("UNKNOWN", true)).toBe("Unknown · stream-sync");
    expect(tabTitle(null, false)).toBe("Studio · stream-sync");
  });

  it("says that a publisher was refused, unless another is live", () => {
    expect(tabTitle("OFFLINE", true)).toBe("Refused · stream-sync");
    expect(tabTitle("LIVE", true)).toBe("● LIVE · stream-sync");
  });
});

describe("a stream's health", () => {
  const finding = {
    code: "gopSizeLong",
    severity: "warning",
    title: "Key frames are too far apart",
    measured: "8.3 s between key frames",
    expected: "2 s, 4 s at most",
    since: "2026-01-01T12:00:00Z",
    action: "Set the keyframe interval to 2 s.",
  } as const;

  it("is announced with what was found", () => {
    expect(healthAnnouncement({ overall: "fair", findings: [finding] })).toBe(
      "Stream health: Fair. Key frames are too far apart.",
    );
  });

  it("is not announced again when only a figure changes", () => {
    const later = { ...finding, measured: "8.4 s between key frames" };
    expect(healthAnnouncement({ overall: "fair", findings: [later] })).toBe(
      healthAnnouncement({ overall: "fair", findings: [finding] }),
    );
  });
});

describe("the zone of dates", () => {
  afterEach(() => setTimeZone(""));

  it("is the account's, or else the browser's", () => {
    const noon = Date.UTC(2026, 0, 1, 12);
    const own = dayAndTimeWithZone(noon, "en-GB");
    setTimeZone("Asia/Tokyo");
    expect(dayAndTimeWithZone(noon, "en-GB")).toBe("1 Jan 2026, 21:00 GMT+9");
    expect(dayAndTimeWithZone(noon, "en-GB")).toContain("21:00");
    for (const unknown of ["", "Mars/Olympus"]) {
      setTimeZone(unknown);
      expect(dayAndTimeWithZone(noon, "en-GB")).toBe(own);
    }
  });
});
