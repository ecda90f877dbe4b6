import { plural } from "../i18n/catalogue";
import type { StatusWords } from "./status";

const german: StatusWords = {
  heading: "Status des Streams",
  untitled: "Stream ohne Titel",
  pill: { LIVE: "LIVE", RECONNECTING: "UNTERBROCHEN", OFFLINE: "OFFLINE", UNKNOWN: "UNBEKANNT" },
  tab: { LIVE: "● LIVE", RECONNECTING: "◌ Unterbrochen", OFFLINE: "Offline", UNKNOWN: "Unbekannt" },
  tabRefused: "Abgelehnt",
  tabStudio: "Studio",

  youAreLive: "Du bist live.",
  youAreOffline: "Du bist offline.",
  statusUnknown: "Diese Seite hat die Verbindung zu stream-sync verloren. Dein Status ist unbekannt.",
  encoderLost: "Die Verbindung zu deinem Encoder ist abgerissen.",
  waitingToReconnect: "Es wird gewartet, dass er sich wieder verbindet.",
  live: "Live",
  liveFor: (time) => <>Live seit {time}</>,
  waitingSeconds: (seconds) => <>Er hat noch {seconds} s, um sich wieder zu verbinden.</>,
  lastKnown: (status, since) => `Zuletzt bekannt: ${status}${since === null ? "" : `, ${since}`}.`,
  endedOn: (moment) => <>Beendet am {moment}.</>,
  lastBroadcast: "Letzte Sendung",

  endStream: "Stream beenden",
  ending: "Wird beendet…",
  endTitle: "Den Stream beenden?",
  endConsequence:
    "Dein Kanal geht sofort offline. Encoder, die sich neu verbinden, werden abgelehnt, bis du sie wieder zulässt.",
  endEncoder: "Beende das Streamen auch in deinem Encoder: Viele versuchen es sonst weiter.",

  stepCopy: () => (
    <>
      <strong>Kopiere</strong> Server-URL und Streamschlüssel von unten.
    </>
  ),
  stepPaste: () => (
    <>
      <strong>Füge sie</strong> in OBS oder einen anderen RTMP-Encoder <strong>ein</strong>.
    </>
  ),
  stepStart: () => (
    <>
      <strong>Starte den Stream.</strong> Diese Seite zeigt innerhalb von zwei Sekunden LIVE.
    </>
  ),

  unauthorized:
    "Dein Encoder meldet „Unauthorized“ oder kann nicht auf den Streamschlüssel zugreifen? Dann gehört der Schlüssel nicht zu deinem Kanal: Kopiere ihn unten neu, ohne Leerzeichen, und prüfe, ob der Encoder die Server-URL darüber verwendet.",

  bitrate: "Bitrate",
  kbps: "kbit/s",
  videoRate: (rate) => `Video ${rate}`,
  audioRate: (rate) => `Audio ${rate}`,
  declared: (value) => `Angegeben ${value}`,
  differs: (value) => `Anders als angegeben: ${value}`,
  declaredRates: (rates) => `Angegeben: ${rates}`,
  ofVideo: (rate) => `Video\u00a0${rate}`,
  ofAudio: (rate) => `Audio\u00a0${rate}`,
  muchLess: (declared, measured) =>
    `Dein Encoder gibt ${declared} kbit/s an, aber es kommen nur ${measured} kbit/s an. Bei einem stehenden Bild ist das normal; sonst prüfe deine Verbindung und die ausgelassenen Bilder im Encoder.`,
  muchMore: (declared, measured) =>
    `Dein Encoder gibt ${declared} kbit/s an, aber es kommen ${measured} kbit/s an. Stelle seine Ratensteuerung auf eine konstante Bitrate (CBR).`,
  lastMeasured: "Zuletzt gemessen",
  waitingForMeasures: "Noch keine Messwerte…",
  resolution: "Auflösung",
  frameRate: "Bildrate",
  video: "Video",
  audio: "Audio",
  encoder: "Encoder",
  viewers: "Zuschauer",
  peak: (viewers) => `höchstens ${viewers}`,
  watched: (minutes) => `${minutes} min gesehen`,
  channels: (count) => plural(count, { one: "1 Kanal", other: `${count} Kanäle` }),
  missing: {
    audio: {
      short: "Kein Ton empfangen",
      hint: "Seit Beginn des Streams kam kein Ton an. Prüfe die Audio-Einstellungen deines Encoders.",
    },
    video: {
      short: "Kein Bild empfangen",
      hint: "Seit Beginn des Streams kam kein Bild an. Prüfe die Video-Einstellungen deines Encoders.",
    },
  },
};

export default german;
