import type { AdminWords } from "./frame";

const german: AdminWords = {
  signInTitle: "Anmelden für die Verwaltung",
  signInIntro: "Mit deinem eigenen Konto, dem eine Administratorin oder ein Administrator die Rolle gegeben hat.",
  signOut: "Abmelden",
  sessionEnded: "Deine Sitzung ist abgelaufen. Bitte melde dich neu an.",

  tabTitle: (page) => `${page} · Verwaltung · stream-sync`,
  navigation: "Verwaltung",
  pages: { live: "Live", refusals: "Ablehnungen", nodes: "Knoten", webhooks: "Webhooks", audit: "Protokoll" },
  search: "Person, E-Mail, Schlüssel, Stream, Adresse",
  searchLabel: "Personen, E-Mail-Adressen, Kanäle, Schlüssel, Streams und Netzwerkadressen suchen",
  noPage: "Unter dieser Adresse gibt es keine Seite",
  pageNotLoaded: "Diese Seite konnte nicht geladen werden. Lade sie neu.",
  loading: "Wird geladen…",
  showMore: "Mehr zeigen",
  readAgain: "Neu laden",
  untitled: "Stream ohne Titel",

  notAllowed: "Dieses Konto gehört nicht zur Verwaltung",
  notAllowedHint:
    "Die Verwaltung kann ihm die Rolle geben: siehe „Making somebody an administrator“ im Betriebshandbuch. Melde dich " +
    "danach neu an.",
  otherAccount: "Mit einem anderen Konto anmelden",

  reason: (note) => <>Grund {note("(für die Verwaltung)")}</>,
  endTitle: "Diesen Stream beenden?",
  endStream: "Stream beenden",
  ending: "Wird beendet…",
  endConsequence: (title) => (
    <>
      {title} endet innerhalb von zwei Sekunden. Der Encoder wird abgelehnt, bis der Kanal ihn wieder zulässt oder er es
      20 Minuten lang nicht versucht hat. Um die Person fernzuhalten, sperre sie.
    </>
  ),

  by: (who) => `durch ${who}`,
  withKey: (label) => `Schlüssel „${label}“`,
  from: (address) => `von ${address}`,
  onNode: (node) => `auf ${node}`,
  told: (sentence) => `Dem Encoder gemeldet: ${sentence}`,
  publishers: (active, capacity) => `${active} von ${capacity} Publishern`,
  answered: (status) => `mit ${status} beantwortet`,
};

export default german;
