import type { CodeWords } from "./codes";

const german: CodeWords = {
  state: { CONNECTING: "verbindet sich", LIVE: "live", RECONNECTING: "unterbrochen", ENDED: "beendet" },
  health: { good: "Gut", fair: "Mäßig", poor: "Schlecht" },
  visibility: { public: "öffentlich", unlisted: "nicht gelistet", private: "privat" },
  key: { active: "aktiv", "in-use": "in Gebrauch", revoked: "widerrufen", expired: "abgelaufen" },
  node: { serving: "in Betrieb", draining: "wird geleert", gone: "verschwunden" },
  delivery: { pending: "ausstehend", delivered: "zugestellt", dead: "aufgegeben" },
  refusal: {
    at_capacity: "Server voll",
    broadcaster_blocked: "Person gesperrt",
    channel_closed: "Kanal geschlossen",
    key_expired: "Schlüssel abgelaufen",
    key_in_use: "schon live",
    key_malformed: "Schlüssel fehlerhaft",
    key_missing: "Schlüssel fehlt",
    key_not_allowed_here: "Netz nicht erlaubt",
    key_not_yet_valid: "Schlüssel gilt noch nicht",
    key_revoked: "Schlüssel widerrufen",
    key_unknown: "Schlüssel unbekannt",
    key_used_up: "Schlüssel aufgebraucht",
    node_draining: "Knoten wird geleert",
    starts_limited: "zu viele Starts",
    store_unavailable: "Datenbank nicht erreichbar",
    takeovers_limited: "zu viele Übernahmen",
    wrong_application: "falsche Anwendung",
  },
};

export default german;
