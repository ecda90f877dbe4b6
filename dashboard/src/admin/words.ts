import type { Overall } from "../contract";

/** A code of the API in words: "node_lost" is "node lost". */
export function words(code: string): string {
  return code.replaceAll("_", " ");
}

/** A stream's health. */
export const OVERALL: Readonly<Record<Overall, string>> = { good: "Good", fair: "Fair", poor: "Poor" };
