/** By the English sentence, as `chalicelib/domain/streams.py` and `refusals.py` have it. */
export default {
  sentences: {
    "The stream was stopped in the encoder.": "Der Stream wurde im Encoder beendet.",
    "The publisher disconnected from the media server.": "Der Encoder hat sich vom Medienserver getrennt.",
    "The connection was lost and the encoder did not reconnect in time.":
      "Die Verbindung ist abgerissen, und der Encoder hat sich nicht rechtzeitig wieder verbunden.",
    "The encoder connected but sent no video or audio in time.":
      "Der Encoder hat sich verbunden, aber nicht rechtzeitig Bild oder Ton gesendet.",
    "The stream key was reset.": "Der Streamschlüssel wurde zurückgesetzt.",
    "The stream key was revoked.": "Der Streamschlüssel wurde gesperrt.",
    "The stream key expired.": "Der Streamschlüssel ist abgelaufen.",
    "The stream was ended from the dashboard.": "Der Stream wurde im Studio beendet.",
    "The stream was ended by an administrator.": "Der Stream wurde von der Verwaltung beendet.",
    "The broadcaster was blocked by an administrator.": "Das Konto wurde von der Verwaltung gesperrt.",
    "A broadcast began on the channel, which ended the test.":
      "Auf dem Kanal hat eine Übertragung begonnen, und der Test wurde beendet.",
    "To test again, end the broadcast first.": "Beende zuerst die Übertragung, um noch einmal zu testen.",
    "Another connection took over the channel.": "Eine andere Verbindung hat den Kanal übernommen.",
    "An encoder whose key has a higher priority took over.":
      "Ein Encoder, dessen Schlüssel Vorrang hat, hat übernommen.",
    "Stop this encoder, or start it again when the other one has stopped.":
      "Beende diesen Encoder, oder starte ihn neu, wenn der andere beendet ist.",
    "Encoders have taken over from each other too often on this channel":
      "Auf diesem Kanal haben Encoder zu oft voneinander übernommen",
    "Stop the other encoder, or try again in a minute.":
      "Beende den anderen Encoder, oder versuche es in einer Minute noch einmal.",
    "The ingest server was taken out of service.": "Der Ingest-Server wurde außer Betrieb genommen.",
    "The ingest server failed.": "Der Ingest-Server ist ausgefallen.",
    "The encoder sent something that is not valid RTMP.": "Der Encoder hat etwas gesendet, das kein gültiges RTMP ist.",
    "The ingest server is taken out of service: the encoder reconnects, and the stream continues on another one.":
      "Der Ingest-Server wird außer Betrieb genommen: Der Encoder verbindet sich neu, und der Stream geht auf einem anderen weiter.",
    "The ingest server was taken out of service, and the encoder did not reconnect to another one in time.":
      "Der Ingest-Server wurde außer Betrieb genommen, und der Encoder hat sich nicht rechtzeitig mit einem anderen verbunden.",
    "Your encoder is connected. Waiting for its first key frame.":
      "Dein Encoder ist verbunden. Es wird auf sein erstes Keyframe gewartet.",

    "If the encoder was not stopped, check the media server's log.":
      "Wenn der Encoder nicht beendet wurde, sieh ins Protokoll des Medienservers.",
    "Check the encoder's network, then start streaming again.":
      "Prüfe das Netzwerk des Encoders und starte den Stream neu.",
    "Check that the encoder has a video or audio source, then start streaming again.":
      "Prüfe, ob der Encoder eine Bild- oder Tonquelle hat, und starte den Stream neu.",
    "Enter the new stream key in the encoder.": "Trage den neuen Streamschlüssel im Encoder ein.",
    "Use another stream key, or ask for a new one.":
      "Verwende einen anderen Streamschlüssel oder bitte um einen neuen.",
    "Get a new stream key.": "Besorge dir einen neuen Streamschlüssel.",
    "Stop the encoder as well: many keep trying, and are refused until you allow them again.":
      "Beende auch den Encoder: Viele versuchen es weiter und werden abgelehnt, bis du sie wieder zulässt.",
    "Ask the administrators of the service.": "Frage die Verwaltung des Dienstes.",
    "If you did not switch to another encoder, reset the stream key.":
      "Wenn du nicht den Encoder gewechselt hast, setze den Streamschlüssel zurück.",
    "Start streaming again.": "Starte den Stream neu.",
    "Update the encoder, or try another one; the stream's timeline has the detail.":
      "Aktualisiere den Encoder oder versuche einen anderen; der Verlauf des Streams nennt die Einzelheit.",

    "The stream key is not known": "Der Streamschlüssel ist unbekannt",
    "Copy the stream key from your dashboard again.": "Kopiere den Streamschlüssel noch einmal aus deinem Studio.",
    "The encoder sent no stream key": "Der Encoder hat keinen Streamschlüssel gesendet",
    "Copy the stream key from your dashboard into the encoder's stream key field.":
      "Kopiere den Streamschlüssel aus deinem Studio in das Feld dafür im Encoder.",
    "The encoder's stream key field contains more than the stream key":
      "Im Feld für den Streamschlüssel steht im Encoder mehr als der Schlüssel",
    "Put only the stream key there, and the ingest URL into the server field, as your dashboard shows them.":
      "Trage dort nur den Schlüssel ein und die Server-URL in das Feld für den Server, wie dein Studio sie zeigt.",
    "The stream key was reset or revoked": "Der Streamschlüssel wurde zurückgesetzt oder gesperrt",
    "Copy the new stream key from your dashboard.": "Kopiere den neuen Streamschlüssel aus deinem Studio.",
    "The stream key has expired": "Der Streamschlüssel ist abgelaufen",
    "Get a new stream key from your dashboard.": "Erstelle in deinem Studio einen neuen Streamschlüssel.",
    "The stream key is not valid yet": "Der Streamschlüssel gilt noch nicht",
    "Start streaming once the key is valid.": "Starte den Stream, sobald der Schlüssel gilt.",
    "The stream key has been used for as many streams as it was valid for":
      "Der Streamschlüssel ist für so viele Streams benutzt worden, wie er gültig war",
    "The stream key cannot be used from this network address":
      "Der Streamschlüssel darf von dieser Netzwerkadresse aus nicht verwendet werden",
    "Stream from a network on the key's allow list, or use another key.":
      "Streame aus einem Netzwerk, das für den Schlüssel erlaubt ist, oder verwende einen anderen Schlüssel.",
    "This broadcaster is blocked": "Dieses Konto ist gesperrt",
    "Contact the operators of this service.": "Wende dich an die Betreiber dieses Dienstes.",
    "The stream was ended, and the channel accepts no encoder for now":
      "Der Stream wurde beendet, und der Kanal nimmt vorerst keinen Encoder an",
    'Choose "Allow again" in the studio, or stop the encoder for 20 minutes.':
      "Wähle im Studio „Wieder zulassen“ oder beende den Encoder für 20 Minuten.",
    "The channel is already live from another connection": "Der Kanal ist schon über eine andere Verbindung live",
    "Stop the other stream, or reset the stream key if it is not yours.":
      "Beende den anderen Stream oder setze den Streamschlüssel zurück, wenn er nicht von dir ist.",
    "The server URL does not name a known application": "Die Server-URL nennt keine bekannte Anwendung",
    "Use the ingest URL exactly as your dashboard shows it.":
      "Verwende die Server-URL genau so, wie dein Studio sie zeigt.",
    "Too many streams were started on this channel": "Auf diesem Kanal wurden zu viele Streams begonnen",
    "Wait for that long, then start streaming again.": "Warte so lange und starte den Stream dann neu.",
    "The ingest servers are at capacity": "Die Ingest-Server sind ausgelastet",
    "Try again in a minute.": "Versuche es in einer Minute noch einmal.",
    "This ingest server accepts no new streams: it is being taken out of service":
      "Dieser Ingest-Server nimmt keine neuen Streams an: Er wird außer Betrieb genommen",
    "Try again in a minute. If it happens again, contact the operators of this service.":
      "Versuche es in einer Minute noch einmal. Wenn es wieder geschieht, wende dich an die Betreiber dieses Dienstes.",
    "The service cannot reach its database": "Der Dienst erreicht seine Datenbank nicht",
    "Try again in a moment. Running streams continue.":
      "Versuche es gleich noch einmal. Laufende Streams gehen weiter.",
  } as Readonly<Record<string, string>>,
};
