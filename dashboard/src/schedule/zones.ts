/** Wall clocks and instants: what a clock shows in a time zone, and which instant that is. */

const MINUTE_MS = 60_000;
/** Date.parse alone makes a date of nearly anything. */
const WALL = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/;

/** The reader's own zone. */
export function ownZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
}

/** All zones that the browser knows, `own` among them. */
export function zones(own: string): readonly string[] {
  return [...new Set([own, "UTC", ...Intl.supportedValuesOf("timeZone")])].sort();
}

/** "America/New York" */
export function zoneName(zone: string): string {
  return zone.replaceAll("_", " ");
}

/** What a clock in `zone` shows at an instant, as a field for date and time holds it: "2026-12-04T20:00". */
export function wallClock(at: number, zone: string): string {
  const parts = new Intl.DateTimeFormat("en-CA", {
    timeZone: zone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).formatToParts(at);
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? "00";
  return `${part("year").padStart(4, "0")}-${part("month")}-${part("day")}T${part("hour")}:${part("minute")}`;
}

/**
 * The instant at which a clock in `zone` shows this; null for what is no date and time.
 *
 * Where clocks go back an hour is shown twice: the first one counts. Where they go forward an hour is left out: a time in
 * it is moved on by that hour, as clocks are.
 */
export function instantOf(wall: string, zone: string): number | null {
  const asUtc = WALL.test(wall) ? Date.parse(`${wall}:00Z`) : Number.NaN;
  if (Number.isNaN(asUtc)) return null;
  const candidates = [-1, 1].map((day) => asUtc - offset(asUtc + day * 1440 * MINUTE_MS, zone));
  const shown = candidates.filter((at) => wallClock(at, zone) === wall);
  return shown.length > 0 ? Math.min(...shown) : Math.max(...candidates);
}

/** By how much clocks in `zone` are ahead of UTC at an instant. */
function offset(at: number, zone: string): number {
  return Date.parse(`${wallClock(at, zone)}:00Z`) - Math.floor(at / MINUTE_MS) * MINUTE_MS;
}
