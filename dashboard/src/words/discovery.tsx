/** What is live, for visitors. */

import type { ComponentChildren } from "preact";
import { catalogue } from "../i18n/catalogue";

const english = {
  title: "Live now",
  search: "Search live streams",
  noSuchPage: "There is no page at this address. Here is what is live.",
  filter: "Filter",
  removeFilter: ", remove this filter",
  live: "LIVE",
  liveCount: (count: number) => `${count} live`,
  loading: "Loading…",
  watching: "watching",
  untitled: "Untitled stream",
  showMore: "Show more",
  noMatch: "No live stream matches",
  noMatchHint: "Search looks at titles, descriptions, tags and names of what is live now.",
  showAll: "Show everything that is live",
  nobody: "Nobody is live right now",
  nobodyHint: "This page updates by itself: streams appear here within seconds of their start.",
  demo: (command: ComponentChildren): ComponentChildren => <>On this machine, {command} streams a test card.</>,
  goLive: "Go live from your studio",
};

export type DiscoveryWords = typeof english;
export const t = catalogue(english, { de: () => import("./discovery.de") });
