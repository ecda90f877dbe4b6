import type { DiscoveryWords } from "./discovery";

const german: DiscoveryWords = {
  title: "Jetzt live",
  search: "Live-Streams durchsuchen",
  noSuchPage: "Unter dieser Adresse gibt es keine Seite. Das hier ist gerade live.",
  filter: "Filter",
  removeFilter: ", diesen Filter entfernen",
  live: "LIVE",
  liveCount: (count) => `${count} live`,
  loading: "Wird geladen…",
  watching: "sehen zu",
  untitled: "Stream ohne Titel",
  showMore: "Mehr zeigen",
  noMatch: "Kein Live-Stream passt dazu",
  noMatchHint: "Gesucht wird in Titeln, Beschreibungen, Schlagwörtern und Namen dessen, was gerade live ist.",
  showAll: "Alles zeigen, was live ist",
  nobody: "Gerade ist niemand live",
  nobodyHint: "Diese Seite aktualisiert sich von selbst: Streams erscheinen hier Sekunden nach ihrem Beginn.",
  demo: (command) => <>Auf diesem Rechner streamt {command} ein Testbild.</>,
  goLive: "Aus deinem Studio live gehen",
};

export default german;
