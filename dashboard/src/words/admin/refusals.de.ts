import type { AdminRefusalWords } from "./refusals";

const german: AdminRefusalWords = {
  title: "Abgelehnte Publisher",
  reasons: "Gründe",
  all: "Alle",
  unknownKeys: "Unbekannte Schlüssel",
  allReasons: "Alle Gründe",
  refused: (what) => `Abgelehnt: ${what}`,
  of: (person) => `von ${person}`,
  lastWeek: "Letzte 7 Tage, neueste zuerst",
  none: "Keine in den letzten 7 Tagen.",
};

export default german;
