import { plural } from "../i18n/catalogue";
import type { TestModeWords } from "./test-mode";

const german: TestModeWords = {
  pill: "TEST",
  tab: "◇ TEST",
  announcement: "Ein Test läuft. Niemand außer dir sieht ihn.",
  runningFor: (time) => <>Test seit {time}</>,

  help: "Verbindung testen",
  stepAdd: (suffix) => <>Hänge im Encoder {suffix} ohne Leerzeichen an den Streamschlüssel an.</>,
  stepStart: "Starte den Stream. Hier erscheint TEST, mit Vorschau, Zustand des Streams und Ergebnis.",
  stepRemove: (suffix) => <>Beende den Stream nach einer Minute und entferne {suffix} wieder.</>,
  orKey: "Oder nimm einen Schlüssel nur für Tests: Streamschlüssel, Neuer Schlüssel, Nur für Tests.",
  promise:
    "Niemand außer dir sieht einen Test. Er wird nicht aufgezeichnet, Zuschauer werden nicht gezählt, und er endet, wenn du live gehst.",

  heading: "Verbindungstest",
  measuring: "Deine Verbindung wird gemessen…",
  steady: (rate, time) => `Deine Verbindung hat ${rate} übertragen, ${time} lang ohne Unterbrechung.`,
  broken: (rate, breaks, time) =>
    `Deine Verbindung hat ${rate} übertragen, mit ${plural(breaks, {
      one: "1 Unterbrechung",
      other: `${breaks} Unterbrechungen`,
    })}; die letzte endete vor ${time}.`,
  brokenBefore: (rate, breaks, time) =>
    `Deine Verbindung hat ${rate} übertragen, mit ${plural(breaks, {
      one: "1 Unterbrechung",
      other: `${breaks} Unterbrechungen`,
    })}; die letzte war ${time} vor dem Ende.`,
  tooEarly: (enough, whole) => `Eine Empfehlung folgt nach ${enough} s. Lass den Test ${whole} s laufen.`,
  tooShort: (whole) => `Der Test war zu kurz für eine Empfehlung. Lass den nächsten ${whole} s laufen.`,
  keep: (rate) =>
    `Du kannst mit ${rate} streamen, Ton eingeschlossen. Ob sie mehr schafft, zeigt ein Test mit höherer Bitrate im Encoder.`,
  lower: (rate) =>
    `Stelle die Bitrate im Encoder auf höchstens ${rate} ein, Ton eingeschlossen, und teste noch einmal.`,
  finished: (moment) => <>Beendet am {moment}.</>,
  hidden: "Niemand außer dir sieht diesen Stream. Er wird nicht aufgezeichnet und endet, wenn du live gehst.",
};

export default german;
