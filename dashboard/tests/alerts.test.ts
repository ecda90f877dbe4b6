import { describe, expect, it } from "vitest";
import { initialState, reduce, type StudioState } from "../src/realtime/state";
import { alertBetween } from "../src/studio/alerts";
import { channel, status } from "./messages";

const loaded = reduce(initialState, { kind: "loaded", channel: channel(), now: 0 });
const then = (state: StudioState, changes: Parameters<typeof status>[0]) =>
  reduce(state, { kind: "message", message: status(changes), now: 1 });
const live = then(loaded, { status: "LIVE", seq: 5 });

describe("an alert", () => {
  it("comes when the connection to the encoder is lost", () => {
    const lost = then(live, { status: "RECONNECTING", seq: 6 });
    expect(alertBetween(live, lost)?.title).toBe("Your stream is interrupted");
    expect(alertBetween(lost, lost)).toBeNull();
  });

  it.each([
    ["grace_over", true],
    ["node_lost", true],
    ["admin_stopped", true],
    ["clean_stop", false],
    ["stopped", false],
    ["key_reset", false],
  ])("at an end for the reason %s: %s", (reason, alerted) => {
    const ended = then(live, { status: "OFFLINE", seq: 6, reason, reason_text: "Why." });
    expect(alertBetween(live, ended)).toEqual(alerted ? { title: "Your stream has ended", text: "Why." } : null);
  });

  it("does not come for what the page learns when it is loaded", () => {
    const lost = then(live, { status: "RECONNECTING", seq: 6 });
    expect(alertBetween(initialState, lost)).toBeNull();
  });

  it("comes once for a refusal that an encoder repeats", () => {
    const refuse = (state: StudioState, at: string, code: "key_revoked" | "key_in_use") =>
      reduce(state, {
        kind: "message",
        message: {
          type: "refused",
          seq: 0,
          at,
          code,
          reason: "No",
          action: null,
          client_ip: null,
          key_id: null,
          key_label: null,
        },
        now: 1,
      });
    const first = refuse(loaded, "2026-11-26T10:00:00.000Z", "key_revoked");
    const second = refuse(first, "2026-11-26T10:00:05.000Z", "key_revoked");
    const other = refuse(second, "2026-11-26T10:00:09.000Z", "key_in_use");
    expect(alertBetween(loaded, first)).toEqual({ title: "An encoder was refused", text: "No." });
    expect(alertBetween(first, second)).toBeNull();
    expect(alertBetween(second, other)?.text).toBe("No.");
  });
});
