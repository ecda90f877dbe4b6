import type { EndReasonWords } from "./end-reasons";

const german: EndReasonWords = {
  clean_stop: "Im Encoder beendet",
  unpublished: "Der Sender hat den Medienserver verlassen",
  grace_over: "Verbindung verloren und nicht rechtzeitig fortgesetzt",
  no_media: "Es kam weder Bild noch Ton an",
  key_reset: "Der Streamschlüssel wurde zurückgesetzt",
  key_revoked: "Der Streamschlüssel wurde widerrufen",
  key_expired: "Der Streamschlüssel ist abgelaufen",
  stopped: "Im Studio beendet",
  admin_stopped: "Von der Verwaltung beendet",
  blocked: "Das Konto wurde gesperrt",
  lease_lost: "Eine andere Verbindung hat übernommen",
  taken_over: "Von höherem Schlüssel übernommen",
  node_drained: "Der Ingest-Server wurde außer Betrieb genommen",
  node_lost: "Der Ingest-Server ist ausgefallen",
  protocol_error: "Der Encoder hat ungültiges RTMP gesendet",
  test_replaced: "Ein anderer Stream hat den Test abgelöst",
};

export default german;
