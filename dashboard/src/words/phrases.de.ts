import type { Phrases } from "./phrases";

/** Of `chalicelib/services/streams/holders.py`, `called`. */
const sentences: Phrases = [
  [/^The channel is already live with (.*)$/s, "Der Kanal ist schon live mit $1"],
  [
    /^The encoder with (.*) took over from the encoder with (.*)\.$/s,
    "Der Encoder mit $1 hat von dem mit $2 übernommen.",
  ],
  [/the key "(.*?)" \(owner\)/gs, "dem Schlüssel „$1“ (Inhaber)"],
  [/the key "(.*?)" \(backup\)/gs, "dem Schlüssel „$1“ (Reserve)"],
  [/the key "(.*?)" \(guest\)/gs, "dem Schlüssel „$1“ (Gast)"],
  [/an owner's key/g, "einem Schlüssel des Inhabers"],
  [/a backup's key/g, "einem Reserveschlüssel"],
  [/a guest's key/g, "einem Gastschlüssel"],
];

/** Of `chalicelib/domain/health_rules.py`. */
const figures: Phrases = [
  [/ s between key frames/, " s zwischen Keyframes"],
  [/the same interval each time/, "immer derselbe Abstand"],
  [/key frames that depend on frames before them/, "Keyframes, die von Bildern davor abhängen"],
  [/closed groups of pictures/, "geschlossene Bildgruppen"],
  [/ B-frames in a row/, " B-Frames hintereinander"],
  [/^nothing for (.+)$/, "seit $1 nichts"],
  [/^no audio for (.+)$/, "seit $1 kein Ton"],
  [/^no video for (.+)$/, "seit $1 kein Bild"],
  [/audio beside the video/, "Ton zum Bild"],
  [/video beside the audio/, "Bild zum Ton"],
  [/media in real time/, "Bild und Ton in Echtzeit"],
  [/ of real time/, " der Echtzeit"],
  [/the stream's clock jumped (.+) s back/, "die Uhr des Streams ist um $1 s zurückgesprungen"],
  [/the stream's clock jumped (.+) s ahead/, "die Uhr des Streams ist um $1 s vorgesprungen"],
  [/a clock that runs evenly/, "eine Uhr, die gleichmäßig läuft"],
  [/the stream moved (.+) s behind of late/, "der Stream ist zuletzt um $1 s zurückgefallen"],
  [/the stream moved (.+) s ahead of late/, "der Stream ist zuletzt um $1 s vorausgeeilt"],
  [/ kbit\/s for /, " kbit/s für "],
  [/ at ([\d.]+ fps)/, " bei $1"],
  [/a constant bitrate \(CBR\)/, "eine konstante Bitrate (CBR)"],
  [/, as your encoder declares/, ", wie dein Encoder angibt"],
  [/one size for a whole broadcast/, "eine Größe für die ganze Sendung"],
  [/, then /, ", dann "],
  [/High, Main or Baseline profile, 8 bit, 4:2:0/, "Profil High, Main oder Baseline, 8 Bit, 4:2:0"],
  [/ channels$/, " Kanäle"],
  [/^stereo$/, "Stereo"],
  [/^interlaced video$/, "Bild mit Zeilensprung (interlaced)"],
  [/^progressive video$/, "progressives Bild"],
  [/([\d.]+(?: s|%)?) at most/, "höchstens $1"],
  [/([\d.]+(?: s|%)?) at least/, "mindestens $1"],
  [/ or /g, " oder "],
  [/ to /g, " bis "],
  [/(\d)\.(\d)/g, "$1,$2"],
];

export default { sentences, figures };
