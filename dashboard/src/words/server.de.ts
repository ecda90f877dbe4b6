/** By the English sentence, as streams.py, refusals.py and health_advice.py in `chalicelib/domain/` have it. */
export default {
  sentences: {
    "The stream was stopped in the encoder.": "Der Stream wurde im Encoder beendet.",
    "The publisher disconnected from the media server.": "Der Encoder hat sich vom Medienserver getrennt.",
    "The connection was lost and the encoder did not reconnect in time.":
      "Die Verbindung ist abgerissen, und der Encoder hat sich nicht rechtzeitig wieder verbunden.",
    "The encoder connected but sent no video or audio in time.":
      "Der Encoder hat sich verbunden, aber nicht rechtzeitig Bild oder Ton gesendet.",
    "The stream key was reset.": "Der Streamschlüssel wurde zurückgesetzt.",
    "The stream key was revoked.": "Der Streamschlüssel wurde widerrufen.",
    "The stream key expired.": "Der Streamschlüssel ist abgelaufen.",
    "The stream was ended in the studio.": "Der Stream wurde im Studio beendet.",
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
    "Copy the stream key from the studio again.": "Kopiere den Streamschlüssel noch einmal aus deinem Studio.",
    "The encoder sent no stream key": "Der Encoder hat keinen Streamschlüssel gesendet",
    "Copy the stream key from the studio into the encoder's stream key field.":
      "Kopiere den Streamschlüssel aus deinem Studio in das Feld dafür im Encoder.",
    "The encoder's stream key field contains more than the stream key":
      "Im Feld für den Streamschlüssel steht im Encoder mehr als der Schlüssel",
    "Put only the stream key there, and the server URL into the server field, as the studio shows them.":
      "Trage dort nur den Schlüssel ein und die Server-URL in das Feld für den Server, wie dein Studio sie zeigt.",
    "The stream key was reset or revoked": "Der Streamschlüssel wurde zurückgesetzt oder widerrufen",
    "Copy the new stream key from the studio.": "Kopiere den neuen Streamschlüssel aus deinem Studio.",
    "The stream key has expired": "Der Streamschlüssel ist abgelaufen",
    "Get a new stream key from the studio.": "Erstelle in deinem Studio einen neuen Streamschlüssel.",
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
    "Use the server URL exactly as the studio shows it.":
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

    "Key frames are too far apart": "Keyframes liegen zu weit auseinander",
    "Key frames are too close together": "Keyframes liegen zu dicht beieinander",
    "Key frames are irregular": "Keyframes kommen unregelmäßig",
    "The stream arrives too slowly": "Der Stream kommt zu langsam an",
    "The stream arrives faster than real time": "Der Stream kommt schneller als in Echtzeit an",
    "The stream's clock jumped": "Die Uhr des Streams ist gesprungen",
    "The video bitrate is low for this picture": "Die Videobitrate ist niedrig für dieses Bild",
    "The video bitrate is higher than needed": "Die Videobitrate ist höher als nötig",
    "The video bitrate is unstable": "Die Videobitrate schwankt",
    "Frames are missing": "Bilder fehlen",
    "There is no audio": "Der Ton fehlt",
    "There is no video": "Das Bild fehlt",
    "Some players cannot play this audio": "Manche Player können diesen Ton nicht abspielen",
    "The audio sample rate is unusual": "Die Abtastrate des Tons ist unüblich",
    "There are too many audio channels": "Der Ton hat zu viele Kanäle",
    "The audio bitrate is low": "Die Audiobitrate ist niedrig",
    "The audio bitrate is higher than needed": "Die Audiobitrate ist höher als nötig",
    "The resolution changed during the broadcast": "Die Auflösung hat sich während der Sendung geändert",
    "The encoder declares another size than it sends": "Der Encoder gibt eine andere Bildgröße an, als er sendet",
    "Groups of pictures are open": "Bildgruppen sind offen",
    "There are many B-frames": "Es gibt viele B-Frames",
    "The stream drifts from real time": "Der Stream entfernt sich von der Echtzeit",
    "Browsers cannot play this video": "Browser können dieses Video nicht abspielen",
    "The video is interlaced": "Das Video ist im Zeilensprungverfahren (interlaced)",

    "Set your encoder's keyframe interval to 2 seconds.": "Setze das Keyframeintervall deines Encoders auf 2 Sekunden.",
    "Set a fixed keyframe interval of 2 seconds and switch scene change detection off.":
      "Setze ein festes Keyframeintervall von 2 Sekunden und schalte die Erkennung von Szenenwechseln aus.",
    "In OBS: Settings > Output, set Output Mode to Advanced, then Streaming > Keyframe Interval to 2 s. Simple mode does not show this setting and leaves it on automatic, which is 250 frames.":
      "In OBS: Einstellungen > Ausgabe, Ausgabemodus auf Erweitert setzen, dann Streaming > Keyframeintervall auf 2 s. Der Modus Einfach zeigt diese Einstellung nicht und lässt sie auf automatisch, das sind 250 Bilder.",
    "For FFmpeg: add -g and -keyint_min with twice your frame rate (60 at 30 fps) and -sc_threshold 0.":
      "Für FFmpeg: Ergänze -g und -keyint_min mit der doppelten Bildrate (60 bei 30 fps) und -sc_threshold 0.",
    "Your connection or computer is too slow for these settings: lower the video bitrate or the resolution, use a cable instead of Wi-Fi, and close other programs.":
      "Deine Verbindung oder dein Rechner ist zu langsam für diese Einstellungen: Senke die Videobitrate oder die Auflösung, nimm ein Kabel statt WLAN und schließe andere Programme.",
    "Your encoder sends fewer frames than it declares: your connection or computer is too slow for these settings: lower the video bitrate or the resolution, use a cable instead of Wi-Fi, and close other programs.":
      "Dein Encoder sendet weniger Bilder, als er angibt: Deine Verbindung oder dein Rechner ist zu langsam für diese Einstellungen. Senke die Videobitrate oder die Auflösung, nimm ein Kabel statt WLAN und schließe andere Programme.",
    "Send in real time.": "Sende in Echtzeit.",
    "For FFmpeg: put -re before -i when you send a file.": "Für FFmpeg: Setze -re vor -i, wenn du eine Datei sendest.",
    "If it happens again, restart your encoder and update it; check capture devices and playlists for gaps.":
      "Wenn es wieder geschieht, starte deinen Encoder neu und aktualisiere ihn; prüfe Aufnahmegeräte und Wiedergabelisten auf Lücken.",
    "Raise the video bitrate, or lower the resolution.": "Erhöhe die Videobitrate oder senke die Auflösung.",
    "Viewers on slow connections may stall: lower the video bitrate.":
      "Bei Zuschauern mit langsamer Verbindung kann das Bild stocken: Senke die Videobitrate.",
    "In OBS: Settings > Output > Video Bitrate.": "In OBS: Einstellungen > Ausgabe > Videobitrate.",
    "For FFmpeg: set -b:v and -maxrate.": "Für FFmpeg: Setze -b:v und -maxrate.",
    "Use a constant bitrate (CBR).": "Verwende eine konstante Bitrate (CBR).",
    "In OBS: Settings > Output, Output Mode Advanced, Rate Control CBR. If it is CBR already, your connection or computer cannot keep up: lower the Video Bitrate.":
      "In OBS: Einstellungen > Ausgabe, Ausgabemodus Erweitert, Qualitätsregulierungsmethode CBR. Ist es schon CBR, kommt deine Verbindung oder dein Rechner nicht mit: Senke die Videobitrate.",
    "For FFmpeg: give -b:v, -maxrate and -minrate the same value, and -bufsize twice that.":
      "Für FFmpeg: Gib -b:v, -maxrate und -minrate denselben Wert und -bufsize das Doppelte.",
    "In OBS: look at View > Stats. Frames missed in rendering: cap the game's frame rate or lower the output resolution. Skipped in encoding: use a hardware encoder or a faster preset. Dropped: lower the bitrate.":
      "In OBS: Sieh unter Ansicht > Statistiken nach. Beim Rendern verlorene Bilder: Begrenze die Bildrate des Spiels oder senke die Ausgabeauflösung. Beim Encodieren übersprungene: Nimm einen Hardware-Encoder oder eine schnellere Voreinstellung. Verworfene: Senke die Bitrate.",
    "Check that an audio source is active in your encoder and that audio is part of the stream.":
      "Prüfe, ob in deinem Encoder eine Tonquelle aktiv ist und der Ton zum Stream gehört.",
    "In OBS: Settings > Audio, choose a device; then check the track in Settings > Output.":
      "In OBS: Wähle unter Einstellungen > Audio ein Gerät und prüfe dann die Spur unter Einstellungen > Ausgabe.",
    "For FFmpeg: add an audio input, and -c:a aac.": "Für FFmpeg: Ergänze einen Toneingang und -c:a aac.",
    "Check that a video source is active in your encoder and that its capture is running.":
      "Prüfe, ob in deinem Encoder eine Bildquelle aktiv ist und ihre Aufnahme läuft.",
    "Choose AAC as the audio codec.": "Wähle AAC als Audio-Codec.",
    "For FFmpeg: -c:a aac.": "Für FFmpeg: -c:a aac.",
    "Set it to 48 kHz.": "Setze sie auf 48 kHz.",
    "In OBS: Settings > Audio > Sample Rate, 48 kHz.": "In OBS: Einstellungen > Audio > Abtastrate, 48 kHz.",
    "For FFmpeg: -ar 48000.": "Für FFmpeg: -ar 48000.",
    "Set the audio to stereo.": "Setze den Ton auf Stereo.",
    "In OBS: Settings > Audio > Channels, Stereo.": "In OBS: Einstellungen > Audio > Kanäle, Stereo.",
    "For FFmpeg: -ac 2.": "Für FFmpeg: -ac 2.",
    "Set it to 128 kbit/s.": "Setze sie auf 128 kbit/s.",
    "In OBS: Settings > Output > Audio Bitrate, 128 or 160.":
      "In OBS: Einstellungen > Ausgabe > Audiobitrate, 128 oder 160.",
    "For FFmpeg: -b:a 128k.": "Für FFmpeg: -b:a 128k.",
    "Keep one resolution: players pause for a moment when it changes.":
      "Bleib bei einer Auflösung: Player halten kurz an, wenn sie sich ändert.",
    "Players use the size that is sent. Restart the broadcast after you change the output resolution.":
      "Player nehmen die Größe, die gesendet wird. Starte die Sendung neu, nachdem du die Ausgabeauflösung geändert hast.",
    "Choose the High profile with 8 bit colour and 4:2:0 sampling.":
      "Wähle das Profil High mit 8 Bit Farbe und 4:2:0-Abtastung.",
    "In OBS: Settings > Advanced > Color Format NV12, then Settings > Output > Profile high.":
      "In OBS: Einstellungen > Erweitert > Farbformat NV12, dann Einstellungen > Ausgabe > Profil high.",
    "For FFmpeg: -pix_fmt yuv420p -profile:v high.": "Für FFmpeg: -pix_fmt yuv420p -profile:v high.",
    "Set your encoder's output to progressive, or deinterlace the source: browsers show both fields at once, so that what moves has edges like a comb.":
      "Stelle die Ausgabe deines Encoders auf progressiv, oder entferne den Zeilensprung an der Quelle (Deinterlacing): Browser zeigen beide Halbbilder zugleich, und was sich bewegt, bekommt Ränder wie ein Kamm.",
    "In OBS: Settings > Output, Output Mode Advanced: remove interlaced, tff and bff from x264 Options. For a camera or capture card: right-click the source > Deinterlacing.":
      "In OBS: Einstellungen > Ausgabe, Ausgabemodus Erweitert: interlaced, tff und bff aus den x264-Optionen entfernen. Bei einer Kamera oder Aufnahmekarte: Rechtsklick auf die Quelle > Deinterlacing.",
    "For FFmpeg: add -vf bwdif, and leave out -flags +ildct+ilme and interlaced, tff and bff in -x264-params.":
      "Für FFmpeg: -vf bwdif hinzufügen, und -flags +ildct+ilme sowie interlaced, tff und bff in -x264-params weglassen.",
    "Choose closed groups of pictures (closed GOP): viewers who join or seek may see broken pictures.":
      "Wähle geschlossene Bildgruppen (closed GOP): Wer später dazukommt oder springt, sieht sonst vielleicht gestörte Bilder.",
    "For FFmpeg: -flags +cgop, and no open-gop=1 in -x264-params or -x265-params.":
      "Für FFmpeg: -flags +cgop, und kein open-gop=1 in -x264-params oder -x265-params.",
    "Set at most 2 B-frames: each one adds to the delay, and some platforms refuse more.":
      "Setze höchstens 2 B-Frames: Jedes vergrößert die Verzögerung, und manche Plattformen lehnen mehr ab.",
    "For FFmpeg: -bf 2.": "Für FFmpeg: -bf 2.",
    "In OBS: Settings > Output, Output Mode Advanced; with NVENC set Max B-frames to 2, with x264 write bframes=2 into x264 Options.":
      "In OBS: Einstellungen > Ausgabe, Ausgabemodus Erweitert; bei NVENC Max. B-Frames auf 2, bei x264 bframes=2 in die x264-Optionen schreiben.",
    "Its clock runs slower or faster than real time, or the delay of your connection grows. Restart the encoder; if it happens again, lower the bitrate and check the capture device's frame rate and sample rate.":
      "Seine Uhr geht langsamer oder schneller als die Echtzeit, oder die Verzögerung deiner Verbindung wächst. Starte den Encoder neu; wenn es wieder geschieht, senke die Bitrate und prüfe Bildrate und Abtastrate des Aufnahmegeräts.",
  } as Readonly<Record<string, string>>,
};
