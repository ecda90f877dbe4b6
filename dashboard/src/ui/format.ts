/** Numbers and times as people read them. */

import { CHOICE } from "../i18n/language";
import { t } from "../words/common";

export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
}

/** "just now", "12 s ago", "3 min ago", "2 h ago". */
export function ago(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 2) return t.justNow;
  if (seconds < 60) return t.secondsAgo(seconds);
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? t.minutesAgo(minutes) : t.hoursAgo(Math.floor(minutes / 60));
}

/** Whole seconds left, at least 0. */
export function secondsLeft(until: number, now: number): number {
  return Math.max(0, Math.ceil((until - now) / 1000));
}

export function kbps(value: number): string {
  return Math.round(value).toLocaleString(CHOICE.locale);
}

/** "4,612 kbit/s" */
export function bitrate(value: number): string {
  return `${kbps(value)} kbit/s`;
}

/** 30, 29.97, 59.94: no more digits than standard frame rates have. */
export function frameRate(fps: number): string {
  return fps.toLocaleString(CHOICE.locale, { maximumFractionDigits: 2 });
}

let zone: { readonly timeZone?: string } = {};

/** The zone of all dates from now on, by its IANA name; "" and what the browser does not know are that of the browser. */
export function setTimeZone(name: string): void {
  zone = {};
  try {
    if (name) zone = { timeZone: new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone };
  } catch {
    // RangeError: a name from elsewhere.
  }
}

const DAY_AND_TIME: Intl.DateTimeFormatOptions = {
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "numeric",
  minute: "2-digit",
  timeZoneName: "short",
};

export function dayAndTimeWithZone(ms: number, locale = CHOICE.locale): string {
  return new Date(ms).toLocaleString(locale, { ...DAY_AND_TIME, ...zone });
}

export function dayAndTimeWithSeconds(ms: number, locale = CHOICE.locale): string {
  return new Date(ms).toLocaleString(locale, { ...DAY_AND_TIME, second: "2-digit", ...zone });
}

export function dayAndTimeInFull(ms: number, locale = CHOICE.locale): string {
  return new Date(ms).toLocaleString(locale, { dateStyle: "full", timeStyle: "long", ...zone });
}

/** With its full stop. */
export function sentence(text: string): string {
  return text === "" || /[.!?]$/.test(text) ? text : `${text}.`;
}

/** 3.0: always with the digit, so that the text beside it stands still. */
export function oneDigit(value: number): string {
  return value.toLocaleString(CHOICE.locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
}

/** 950, 1.2K, 34K: as short as a badge is. */
export function count(value: number): string {
  return value.toLocaleString(CHOICE.locale, { notation: "compact", maximumFractionDigits: 1 });
}

/** "40 s", "4 min", "1 h 20 min". */
export function shortDuration(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes === 0) return `${Math.floor(ms / 1000)} s`;
  const hours = Math.floor(minutes / 60);
  if (hours === 0) return `${minutes} min`;
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}
