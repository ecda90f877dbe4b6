import { describe, expect, it } from "vitest";
import type { OwnRecording, OwnStream } from "../src/contract";
import { isBeingFinished, recorded, size } from "../src/studio/recordings";

function stream(state: string, status: OwnRecording["status"] | null): OwnStream {
  return { state, recording: status && { status } } as OwnStream;
}

describe("the list of recordings", () => {
  it("has streams that were recorded, and none whose recording was deleted", () => {
    const wanted = [stream("LIVE", "recording"), stream("ENDED", "available"), stream("ENDED", "failed")];
    expect(recorded([...wanted, stream("ENDED", "deleted"), stream("ENDED", null)])).toEqual(wanted);
  });

  it("is read again while one is being finished", () => {
    const streams = recorded([stream("LIVE", "recording"), stream("ENDED", "recording"), stream("ENDED", "available")]);
    expect(streams.map(isBeingFinished)).toEqual([false, true, false]);
  });

  it("says sizes as downloads do", () => {
    expect([size(1), size(2_400_000), size(10_800_000_000)]).toEqual(["1 KB", "2 MB", "10.8 GB"]);
  });
});
