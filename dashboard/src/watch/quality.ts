/** The connection as the viewer sees it: how often the picture stood still. */

const WINDOW_MS = 60_000;
/** Shorter pauses nobody sees. */
const NOTICED_MS = 250;

export class Quality {
  private stalledAt: number | null = null;
  private ends: number[] = [];

  /** The buffer ran dry at `now`; it counts if the picture was moving. */
  stalled(now: number, counts: boolean): void {
    if (counts) this.stalledAt ??= now;
  }

  moved(now: number): void {
    if (this.stalledAt !== null && now - this.stalledAt >= NOTICED_MS) this.ends.push(now);
    this.stalledAt = null;
  }

  /** In the last minute, with one that goes on. */
  stalls(now: number): number {
    this.ends = this.ends.filter((end) => now - end < WINDOW_MS);
    return this.ends.length + (this.stalledAt !== null && now - this.stalledAt >= NOTICED_MS ? 1 : 0);
  }
}
