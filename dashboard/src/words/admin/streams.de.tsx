import type { AdminStreamWords } from "./streams";

const german: AdminStreamWords = {
  wall: "Jetzt live",
  live: (count) => `${count} live`,
  reconnecting: (count) => `${count} unterbrochen`,
  viewers: (_, shown) => `${shown} Zuschauer`,
  nobody: "Gerade ist niemand live",
  nobodyHint: "Streams erscheinen hier Sekunden nach ihrem Beginn.",
  notAll: "Es sind mehr Streams live, als hier gezeigt werden. Die Suche findet sie.",
  badge: { LIVE: "LIVE", RECONNECTING: "UNTERBROCHEN", OFFLINE: "OFFLINE" },
  watching: "sehen zu",
  test: "Test",
  end: "Beenden",

  stream: "Stream",
  about: "Über diesen Stream",
  health: "Zustand",
  healthy: "Alles in Ordnung.",
  finding: (measured, expected, since) => (
    <>
      Gemessen: {measured}. Empfohlen: {expected}. Seit {since}.
    </>
  ),
  state: "Status",
  person: "Person",
  node: "Knoten",
  from: "Von",
  encoder: "Encoder",
  bitrate: "Bitrate",
  picture: "Bild",
  frameRate: "Bildrate",
  codecs: "Codecs",
  viewersNow: "Zuschauer",
  peakViewers: "Meiste Zuschauer",
  visibility: "Sichtbarkeit",
  started: "Begonnen",
  duration: "Dauer",
  ended: "Beendet",
  whyEnded: "Grund des Endes",
  received: "Empfangen",
  key: "Schlüssel",
  streamId: "Stream-ID",
};

export default german;
