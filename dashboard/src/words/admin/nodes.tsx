/** The ingest nodes. */

import type { ComponentChildren } from "preact";
import { catalogue } from "../../i18n/catalogue";

const english = {
  title: "Nodes",
  nodes: "Ingest nodes",
  none: "No ingest node has run in the last day.",
  incoming: (rate: string) => `${rate} kbit/s in`,
  lag: (ms: number) => `${ms} ms lag`,
  room: (free: number) => `room for ${free}`,
  version: (version: string) => `version ${version}`,
  since: (moment: ComponentChildren): ComponentChildren => <>since {moment}</>,
  emptyBy: (moment: ComponentChildren): ComponentChildren => <>empty by {moment}</>,
  taken: (node: string) => `Places taken on ${node}`,

  drain: "Drain",
  draining: "Draining…",
  drainTitle: "Drain this node?",
  drainConsequence: (node: ComponentChildren): ComponentChildren => (
    <>{node} takes no new publishers from now on. Undrain it to reverse that.</>
  ),
  moving: "Move its streams to other nodes within an hour; each is interrupted while its encoder reconnects",
  undrain: "Undrain",
};

export type NodeWords = typeof english;
export const t = catalogue(english, { de: () => import("./nodes.de") });
