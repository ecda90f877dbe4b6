import type { NodeWords } from "./nodes";

const german: NodeWords = {
  title: "Knoten",
  nodes: "Ingest-Knoten",
  none: "In den letzten 24 Stunden lief kein Ingest-Knoten.",
  incoming: (rate) => `${rate} kbit/s eingehend`,
  lag: (ms) => `${ms} ms Verzug`,
  room: (free) => `Platz für ${free}`,
  version: (version) => `Version ${version}`,
  since: (moment) => <>seit {moment}</>,
  emptyBy: (moment) => <>leer bis {moment}</>,
  taken: (node) => `Belegte Plätze auf ${node}`,

  drain: "Leeren",
  draining: "Wird geleert…",
  drainTitle: "Diesen Knoten leeren?",
  drainConsequence: (node) => (
    <>{node} nimmt ab sofort keine neuen Publisher an. Mit „Wieder öffnen“ lässt sich das umkehren.</>
  ),
  moving:
    "Seine Streams innerhalb einer Stunde auf andere Knoten umziehen; jeder ist unterbrochen, während sein Encoder sich neu " +
    "verbindet",
  undrain: "Wieder öffnen",
};

export default german;
