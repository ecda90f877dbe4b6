import { expect, it, vi } from "vitest";
import { ownersAdvice } from "../src/studio/refusal-advice";

vi.mock("../src/i18n/language", async (load) => ({
  ...(await load<object>()),
  CHOICE: { language: "de", locale: "de" },
}));

const { wordsReady } = await import("../src/i18n/catalogue");
const { told } = await import("../src/words/server");
const { measuredText } = await import("../src/words/phrases");
await wordsReady();

it.each([
  ["The stream was ended in the studio.", "Der Stream wurde im Studio beendet."],
  ["The stream was ended in the studio", "Der Stream wurde im Studio beendet."],
  ["The channel is already live with an owner's key", "Der Kanal ist schon live mit einem Schlüssel des Inhabers"],
  [
    'The encoder with the key "Ann" (guest) took over from the encoder with a backup\'s key.',
    "Der Encoder mit dem Schlüssel „Ann“ (Gast) hat von dem mit einem Reserveschlüssel übernommen.",
  ],
  ["A sentence of a newer server", "A sentence of a newer server"],
])("the server's sentence %j in German", (english, german) => {
  expect(told(english)).toBe(german);
});

it.each([
  ["10.0 s between key frames", "10,0 s zwischen Keyframes"],
  ["2 s, 4 s at most", "2 s, höchstens 4 s"],
  ["95% at least", "mindestens 95%"],
  ["no audio for 3 s", "seit 3 s kein Ton"],
  ["1500 to 4000 kbit/s for 1280 x 720 at 30 fps", "1500 bis 4000 kbit/s für 1280 x 720 bei 30 fps"],
  ["44100 Hz or 48000 Hz", "44100 Hz oder 48000 Hz"],
])("a measured figure %j in German", (english, german) => {
  expect(measuredText(english)).toBe(german);
});

it.each([
  ["key_revoked", "Ann", true],
  ["key_expired", "Ann", true],
  ["key_revoked", null, false],
  ["key_in_use", "Ann", false],
])("an owner is told about a new key after %s of the key %s: %s", (code, label, isTold) => {
  expect(ownersAdvice(code, label) !== null).toBe(isTold);
});
