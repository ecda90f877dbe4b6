/** The sound meter beside the preview. */

import { catalogue } from "../i18n/catalogue";

const english = {
  level: "Sound level of your stream",
  decibels: (decibels: number) => `${decibels} dB`,
  waiting: "Click anywhere on the page to see the sound level.",
  silence: "No sound: the stream has been silent for five seconds.",
  clipping: "Too loud: the sound is distorted.",
};

export type SoundWords = typeof english;
export const t = catalogue(english, { de: () => import("./sound.de") });
