/** Codes of the API in words. Pure. */

import { t } from "../words/admin/codes";

/** A code that the catalogue lacks: "node_lost" is "node lost". */
export function inWords(code: string): string {
  return code.replaceAll("_", " ");
}

export function refusalReason(code: string): string {
  return (t.refusal as Readonly<Record<string, string>>)[code] ?? inWords(code);
}
