/** The wall of everything that is live, and one stream. */

import type { ComponentChildren } from "preact";
import { catalogue, plural } from "../../i18n/catalogue";

const english = {
  wall: "Live now",
  live: (count: number) => `${count} live`,
  reconnecting: (count: number) => `${count} reconnecting`,
  viewers: (count: number, shown: string) => plural(count, { one: `${shown} viewer`, other: `${shown} viewers` }),
  nobody: "Nobody is live right now",
  nobodyHint: "Streams appear here within seconds of their start.",
  notAll: "More streams are live than are shown here. Search finds them.",
  badge: { LIVE: "LIVE", RECONNECTING: "RECONNECTING", OFFLINE: "OFFLINE" },
  watching: "watching",
  test: "test",
  end: "End",

  stream: "Stream",
  about: "About this stream",
  health: "Health",
  healthy: "Nothing is wrong.",
  finding: (measured: string, expected: string, since: ComponentChildren): ComponentChildren => (
    <>
      Measured: {measured}. Recommended: {expected}. Since {since}.
    </>
  ),
  state: "State",
  person: "Person",
  node: "Node",
  from: "From",
  encoder: "Encoder",
  bitrate: "Bitrate",
  picture: "Picture",
  frameRate: "Frame rate",
  codecs: "Codecs",
  viewersNow: "Viewers",
  peakViewers: "Viewers at most",
  visibility: "Visibility",
  started: "Started",
  duration: "Duration",
  ended: "Ended",
  whyEnded: "Why it ended",
  received: "Received",
  key: "Key",
  streamId: "Stream ID",
};

export type AdminStreamWords = typeof english;
export const t = catalogue(english, { de: () => import("./streams.de") });
