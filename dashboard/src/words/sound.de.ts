import type { SoundWords } from "./sound";

const german: SoundWords = {
  level: "Lautstärke deines Streams",
  decibels: (decibels) => `${decibels} dB`,
  waiting: "Klicke irgendwo auf die Seite, um die Lautstärke zu sehen.",
  silence: "Kein Ton: Der Stream ist seit fünf Sekunden still.",
  clipping: "Zu laut: Der Ton ist verzerrt.",
};

export default german;
