import type { AuditWords } from "./audit";

const german: AuditWords = {
  title: "Was die Verwaltung getan hat",
  showAll: "Alles zeigen",
  everything: "Alles",
  on: (target) => `An ${target}`,
  by: (operator) => `Von ${operator}`,
  kept: "Letzte 90 Tage, neueste zuerst",
  none: "Nichts in den letzten 90 Tagen.",
  unfinished: "nicht abgeschlossen",
  refused: (status) => `mit ${status} abgelehnt`,
  actions: {
    admin_end_stream: "Stream beendet",
    admin_end_stream_for: "Stream beendet",
    admin_create_broadcaster: "Kanal angelegt",
    admin_edit_broadcaster: "Kanal geändert",
    admin_block_broadcaster: "Person gesperrt",
    admin_unblock_broadcaster: "Person entsperrt",
    admin_create_key: "Streamschlüssel erzeugt",
    admin_revoke_key: "Streamschlüssel widerrufen",
    admin_drain_node: "Knoten geleert",
    admin_undrain_node: "Knoten wieder geöffnet",
    admin_create_webhook: "Webhook angelegt",
    admin_edit_webhook: "Webhook geändert",
    admin_delete_webhook: "Webhook gelöscht",
    admin_rotate_secret: "Secret eines Webhooks ersetzt",
    admin_replay_delivery: "Zustellung wiederholt",
    admin_replay_deliveries: "Zustellungen wiederholt",
  },
};

export default german;
