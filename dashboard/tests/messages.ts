/** Server messages and channels for the tests, with only what a test is about spelled out. */

import type { Live, MetricsMessage, OwnChannel, SnapshotMessage, StatusMessage } from "../src/contract";

/** ULIDs grow with time: the second stream began later. */
export const STREAM_1 = "01JD0000000000000000000001";
export const STREAM_2 = "01JD0000000000000000000002";
export const AT = "2026-01-01T12:00:00Z";

export function live(overrides: Partial<Live> = {}): Live {
  return {
    stream_id: STREAM_1,
    started_at: "2026-01-01T11:59:00Z",
    bitrate_kbps: null,
    video_bitrate_kbps: null,
    viewers: null,
    peak_viewers: null,
    average_viewers: null,
    watched_minutes: null,
    health: null,
    test: false,
    line: null,
    audio_bitrate_kbps: null,
    keyframe_interval_s: null,
    width: null,
    height: null,
    fps: null,
    video_codec: null,
    video_profile: null,
    video_level: null,
    interlaced: null,
    audio_codec: null,
    audio_sample_rate: null,
    audio_channels: null,
    encoder: null,
    declared: null,
    ...overrides,
  };
}

export function channel(overrides: Partial<OwnChannel> = {}): OwnChannel {
  return {
    channel_id: "ch_1",
    version: 1,
    status: "OFFLINE",
    status_until: null,
    display_name: "",
    title: "Piano",
    description: "",
    category: "Music",
    tags: ["live"],
    visibility: "public",
    recording: true,
    second_publisher: "refuse",
    closed: null,
    region: "local",
    ingest_url: "rtmp://127.0.0.1:1935/live",
    ingest_endpoints: [{ region: "local", url: "rtmp://127.0.0.1:1935/live", plain_url: null }],
    playback: { hls_url: "http://127.0.0.1:8888/ch_1/index.m3u8", thumbnail_url: null },
    key: { key_id: "key_1", hint: "abcd", expires_at: null },
    live: null,
    last_end: null,
    last_refusal: null,
    ...overrides,
  };
}

export function snapshot(overrides: Partial<OwnChannel> = {}, seq = 0): SnapshotMessage {
  return { type: "snapshot", seq, at: AT, channel: channel(overrides) };
}

export function status(overrides: Partial<StatusMessage> = {}): StatusMessage {
  return {
    type: "status",
    seq: 1,
    at: AT,
    status: "LIVE",
    stream_id: STREAM_1,
    reason: null,
    reason_text: null,
    action: null,
    until: null,
    live: null,
    ...overrides,
  };
}

export function metrics(overrides: Partial<MetricsMessage> = {}): MetricsMessage {
  return {
    type: "metrics",
    seq: 1,
    at: AT,
    ...live({ fps: 30, width: 1280, height: 720, video_codec: "h264", audio_codec: "aac" }),
    bitrate_kbps: 2500,
    uptime_s: 60,
    ...overrides,
  };
}
