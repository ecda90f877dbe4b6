import type { ConnectWords } from "./connect";

/** OBS's own names are those of its German version. */
const german: ConnectWords = {
  title: "Verbinde deinen Encoder",
  region: (region) => `Ingest-Region ${region}`,
  serverUrl: "Server-URL",
  serverUrlInText: "Server-URL",
  serverUrlOf: (server) => `Server-URL, ${server}`,
  plainRtmp: "RTMP ohne Verschlüsselung",
  regionName: (region) => `Region ${region}`,
  otherServers: "Weitere Server",
  plainHint: (scheme) => (
    <>
      Verwende RTMP ohne Verschlüsselung nur, wenn dein Encoder {scheme} nicht kann: Streamschlüssel und Video sind dann
      für andere lesbar.
    </>
  ),

  key: "Streamschlüssel",
  keyInText: "Streamschlüssel",
  reveal: "Zeigen",
  hide: "Verbergen",
  noKey: "Noch kein Schlüssel",
  masked: "verborgen, endet auf",
  hiddenIn: (seconds) => <>Wird in {seconds} s wieder verborgen, oder wenn du die Seite verlässt.</>,
  createToGoLive: "Erstelle einen Schlüssel, um live zu gehen.",
  neverExpires: "Läuft nie ab. Halte ihn geheim.",
  expired: (moment) => <>Dieser Schlüssel ist am {moment} abgelaufen. Setze ihn zurück, um einen neuen zu bekommen.</>,
  expires: (moment) => <>Läuft am {moment} ab. Halte ihn geheim.</>,
  newKey: "Dein neuer Schlüssel ist da",
  newKeyHint: "Der alte Schlüssel gilt nicht mehr. Trage den neuen in deinem Encoder ein.",
  copyNow: "Jetzt kopieren",
  reset: "Zurücksetzen",
  resetting: "Wird zurückgesetzt…",
  resetTitle: "Den Streamschlüssel zurücksetzen?",
  resetConsequence: "Dein jetziger Schlüssel gilt sofort nicht mehr und lässt sich nicht wiederherstellen.",
  resetLive: () => (
    <>
      <strong>Du bist live: Dein Stream endet</strong> und kann erst weitergehen, wenn der neue Schlüssel in deinem
      Encoder steht.
    </>
  ),
  resetOffline: "Trage den neuen Schlüssel in deinem Encoder ein, bevor du wieder live gehst.",
  createA: "Schlüssel erstellen",
  create: "Schlüssel erstellen",
  creating: "Wird erstellt…",
  createTitle: "Einen Streamschlüssel erstellen?",
  createHint: "Trage ihn in deinem Encoder ein, um live zu gehen.",

  obs: "So richtest du OBS Studio ein",
  obsService: () => (
    <>
      Öffne <b>Einstellungen › Stream</b> und setze <b>Plattform</b> auf <b>Benutzerdefiniert…</b>
    </>
  ),
  obsKey: () => (
    <>
      Füge die Server-URL bei <b>Server</b> ein und den Schlüssel bei <b>Streamschlüssel</b>. Lass{" "}
      <b>Authentifizierung verwenden</b> aus.
    </>
  ),
  obsOutput: () => (
    <>
      Öffne <b>Einstellungen › Ausgabe</b>, setze <b>Ausgabemodus</b> auf <b>Erweitert</b>, und auf der Registerkarte{" "}
      <b>Streaming</b> das <b>Keyframeintervall</b> auf 2 s und die <b>Qualitätsregulierungsmethode</b> auf CBR, mit
      einer <b>Bitrate</b> von 2.500 bis 6.000 kbit/s.
    </>
  ),
  obsSimple: () => (
    <>
      Im Modus <b>Einfach</b> gibt es kein Keyframeintervall. Wähle dort den Encoder <b>Software (x264)</b>, schalte die{" "}
      <b>benutzerdefinierten Encodereinstellungen</b> ein und trage <span class="mono">keyint=60</span> für 30 Bilder in
      der Sekunde ein oder <span class="mono">keyint=120</span> für 60. Sonst sendet x264 nur alle 250 Bilder ein
      Keyframe, und Zuschauer müssen darauf warten.
    </>
  ),
  obsStart: () => (
    <>
      Wähle <b>OK</b>, dann <b>Stream starten</b>.
    </>
  ),
  otherEncoders:
    "Andere Encoder brauchen dieselben zwei Angaben, oft als eine URL: die Server-URL, ein Schrägstrich, dann der Schlüssel.",
};

export default german;
