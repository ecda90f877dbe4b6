import type { SearchWords } from "./search";

const german: SearchWords = {
  search: "Suche",
  searchFor: (q) => `Suche: ${q}`,
  help:
    "Suche nach Name, E-Mail-Adresse, der ID von Kanal, Stream, Schlüssel oder Knoten, den letzten vier Zeichen eines " +
    "Streamschlüssels oder einer Netzwerkadresse.",
  searching: "Wird gesucht…",
  nothing: "Nichts gefunden.",
  found: (count) => `${count} gefunden.`,
  notAll: "Vielleicht gibt es mehr: Grenze die Suche ein.",
  people: "Personen",
  streams: "Streams",
  keys: "Streamschlüssel",
  nodes: "Knoten",
  refusals: "Von dieser Adresse abgelehnt",
  lastDay: "Letzte 24 Stunden",
  blocked: "Gesperrt",
};

export default german;
