/** The result of the last connection test, kept once its stream has ended: whoever tests reads it after stopping. */

import type { LineMeasure } from "../contract";
import type { CurrentStream } from "./state";

export interface Tested {
  readonly line: LineMeasure;
  /** In ms, by the server's clock where it said so. */
  readonly endedAt: number;
}

/** Kept until another test begins. A test that ended before anything was measured has no result. */
export function nextTested(
  tested: Tested | null,
  before: CurrentStream,
  stream: CurrentStream,
  now: number,
): Tested | null {
  if (stream.live?.test) return null;
  const line = before.live?.test ? before.live.line : null;
  return line === null ? tested : { line, endedAt: stream.endedAt ?? now };
}
