import { plural } from "../i18n/catalogue";
import type { ChartsWords } from "./charts";

const german: ChartsWords = {
  choose: "Diagramm",
  metrics: {
    bitrate_kbps: { name: "Bitrate", unit: "kbit/s" },
    video_fps: { name: "Bildrate", unit: "fps" },
    keyframe_interval_s: { name: "Keyframe-Abstand", unit: "s" },
    viewers: { name: "Zuschauer", unit: "" },
  },
  seconds: (count) => `${count} s`,
  minutes: (count) => `${count} min`,
  window: (length) => `Mittel über ${length}, mit kleinstem und größtem Wert`,
  range: (average, min, max) => `${average} (${min} bis ${max})`,
  overall: (metric, figures) => `${metric} über die ganze Sendung: im Mittel ${figures}`,
  interruptions: (count) => plural(count, { one: "1 Unterbrechung", other: `${count} Unterbrechungen` }),
  findingCount: (count) => plural(count, { one: "1 Befund", other: `${count} Befunde` }),
  nothingYet: (metric) => `${metric}: noch keine Messwerte.`,
  notMeasured: "Nicht gemessen",
  earlier: (figure) => `Sendung davor: ${figure}`,
  broken: "Das Diagramm konnte nicht geladen werden. Seine Werte stehen in der Tabelle.",
  table: "Werte und Ereignisse als Text",
  time: "Zeit",
  events: "Ereignisse",
  noEvents: "Keine Ereignisse.",
  marks: {
    start: "Live",
    interrupted: "Unterbrochen",
    resumed: "Fortgesetzt",
    end: "Ende",
    raised: "Befund",
    cleared: "Befund behoben",
  },
};

export default german;
