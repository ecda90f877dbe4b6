import { plural } from "../i18n/catalogue";
import type { WatchWords } from "./watch";

const german: WatchWords = {
  untitled: "Stream ohne Titel",
  live: "Live",
  liveBadge: "LIVE",
  liveStream: "Live-Stream",
  goToLive: "Zu live",
  unmute: "Ton an",
  play: "Abspielen",
  previewOf: "Vorschau deines Streams",
  previewStarting: "Die Vorschau beginnt…",
  youAreOffline: "Du bist offline.",
  watchOnSite: (title) => `${title} auf stream-sync ansehen`,

  interrupted: "Die Verbindung zum Sender ist unterbrochen. Hier geht es weiter, sobald sie wieder da ist.",
  starting: "Der Stream beginnt…",
  noChannel: "Diesen Kanal gibt es nicht",
  noChannelHint: "Er ist vielleicht privat, oder die Adresse ist unvollständig.",
  seeLive: "Ansehen, was live ist",
  expired: "Dieser Link ist abgelaufen",
  expiredHint: "Der Kanal ist privat. Bitte seinen Betreiber um einen neuen Link.",
  recordingGone: "Dieser Stream kann nicht angesehen werden",
  recordingGoneHint: "Er wurde nicht aufgezeichnet, oder die Aufzeichnung wurde gelöscht.",
  unsupported: "Dieser Browser kann den Stream nicht abspielen",
  unsupportedHint: "Jeder aktuelle Browser kann es.",
  unreachable: "Der Server ist nicht erreichbar",
  unreachableHint: "Diese Seite versucht es von selbst weiter.",
  hasEnded: "Der Stream ist zu Ende",
  isOffline: (name) => `${name} ist offline`,
  thisChannel: "Dieser Kanal",
  nextPlanned: (title, moment) => (
    <>
      Als Nächstes: {title}, {moment}
    </>
  ),
  nextPlaysHere: "Wenn der nächste beginnt, läuft er hier von selbst.",
  watchLast: (length) => `Den letzten Stream ansehen${length === null ? "" : ` (${length})`}`,

  pastStreamOf: (moment) => <>Stream vom {moment}</>,
  download: "Herunterladen",
  watchLive: "Live ansehen",
  toChannel: "Zum Kanal",
  viewers: (_, shown) => `${shown} Zuschauer`,
  offlineBadge: "OFFLINE",
  pastStreams: "Frühere Streams",
  latency: "Verzögerung",
  lowLatency: "Gering",
  normalLatency: "Normal, stabiler",
  behind: (seconds) => `${seconds} s hinter dem Sender`,
  connectionGood: "Verbindung ist gut",
  stalls: (count) => `stockte in der letzten Minute ${plural(count, { one: "einmal", other: `${count}-mal` })}`,
  tryNormal: "versuche Normal",
  captions: "Untertitel",
  copyLink: "Link kopieren",
  linkToPage: "Link zu dieser Seite",
  link: "Link",
  embed: "Einbetten",
  embedWhat: "Code, der den Player in eine Seite einbettet",
  embedCode: "Einbettungscode",
};

export default german;
