/** A QR code as a path of SVG. Pure. */

import encodeQR from "qr";

/** Light modules around it (ISO/IEC 18004: at least 4). */
const QUIET_ZONE = 4;

export interface Drawn {
  /** Modules on each side, with the quiet zone. */
  readonly size: number;
  /** The dark ones. */
  readonly path: string;
}

export function drawn(text: string): Drawn {
  const rows = encodeQR(text, "raw", { ecc: "medium", border: QUIET_ZONE });
  return { size: rows.length, path: rows.map(line).join("") };
}

/** A rectangle for each run of dark modules. */
function line(row: readonly boolean[], y: number): string {
  let path = "";
  for (let x = 0; x < row.length; x++) {
    if (!row[x]) continue;
    const from = x;
    while (row[x + 1]) x++;
    path += `M${from} ${y}h${x - from + 1}v1H${from}z`;
  }
  return path;
}
