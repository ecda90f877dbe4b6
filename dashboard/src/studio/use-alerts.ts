import { useEffect, useRef, useState } from "preact/hooks";
import type { StudioState } from "../realtime/state";
import { type Alert, alertBetween } from "./alerts";

const STORAGE_KEY = "stream-sync.alerts";
/** Two short tones, the second one lower: heard as "something fell". */
const TONES = [880, 587];
const TONE_S = 0.16;

export interface AlertChoice {
  readonly sound: boolean;
  readonly notification: boolean;
}

export interface Alerts {
  readonly choice: AlertChoice;
  /** The person wanted notifications, and the browser has them blocked. */
  readonly denied: boolean;
  readonly setSound: (on: boolean) => void;
  readonly setNotification: (on: boolean) => void;
}

/** Tells what happens to the stream as the person chose, once for each change of the state. */
export function useAlerts(state: StudioState): Alerts {
  const [choice, setChoice] = useState(remembered);
  const [denied, setDenied] = useState(false);
  const before = useRef(state);

  useEffect(() => {
    const alert = alertBetween(before.current, state);
    before.current = state;
    if (alert === null) return;
    if (choice.sound) void ring();
    // Whoever looks at the page sees it there.
    if (choice.notification && !document.hasFocus()) notify(alert);
  }, [state, choice]);

  const keep = (changes: Partial<AlertChoice>) => {
    const next = { ...choice, ...changes };
    localStorage.setItem(STORAGE_KEY, JSON.stringify(next));
    setChoice(next);
  };

  return {
    choice,
    denied,
    setSound: (sound) => {
      keep({ sound });
      // Heard at once: the person knows it, and the browser has seen the click that sound needs.
      if (sound) void ring();
    },
    setNotification: (wanted) => {
      setDenied(false);
      if (!wanted) return keep({ notification: false });
      void Notification.requestPermission().then((permission) => {
        keep({ notification: permission === "granted" });
        setDenied(permission === "denied");
      });
    },
  };
}

function remembered(): AlertChoice {
  const off = { sound: false, notification: false };
  try {
    const kept = { ...off, ...(JSON.parse(localStorage.getItem(STORAGE_KEY) ?? "{}") as Partial<AlertChoice>) };
    return { ...kept, notification: kept.notification && permitted() };
  } catch {
    return off;
  }
}

function permitted(): boolean {
  return "Notification" in window && Notification.permission === "granted";
}

function notify({ title, text }: Alert): void {
  if (!permitted()) return;
  // With the same tag, a later one takes the place of the one before.
  const shown = new Notification(title, { body: text, tag: "stream-sync", icon: "/favicon.svg" });
  shown.onclick = () => {
    window.focus();
    shown.close();
  };
}

let context: AudioContext | null = null;

async function ring(): Promise<void> {
  context ??= new AudioContext();
  await context.resume();
  const gain = new GainNode(context, { gain: 0 });
  gain.connect(context.destination);
  for (const [turn, frequency] of TONES.entries()) {
    const start = context.currentTime + turn * TONE_S * 1.4;
    const tone = new OscillatorNode(context, { frequency });
    tone.connect(gain);
    // A tone that starts or stops at full volume clicks.
    gain.gain.setValueAtTime(0, start);
    gain.gain.linearRampToValueAtTime(0.25, start + 0.02);
    gain.gain.linearRampToValueAtTime(0, start + TONE_S);
    tone.start(start);
    tone.stop(start + TONE_S);
  }
}
