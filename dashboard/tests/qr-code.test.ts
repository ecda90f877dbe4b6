import jsQR from "jsqr";
import { describe, expect, it } from "vitest";
import { type Drawn, drawn } from "../src/account/qr-path";
import { otpauthUri } from "../src/auth/account";

const SCALE = 4;

/** The path's rectangles as pixels, black on white. */
function pixels({ size, path }: Drawn): { data: Uint8ClampedArray; side: number } {
  const side = size * SCALE;
  const data = new Uint8ClampedArray(side * side * 4).fill(255);
  for (const [, x = 0, y = 0, length = 0] of [...path.matchAll(/M(\d+) (\d+)h(\d+)v1H\d+z/g)].map((run) =>
    run.map(Number),
  )) {
    for (let row = y * SCALE; row < (y + 1) * SCALE; row++) {
      for (let column = x * SCALE; column < (x + length) * SCALE; column++) {
        data.fill(0, (row * side + column) * 4, (row * side + column) * 4 + 3);
      }
    }
  }
  return { data, side };
}

describe("the QR code of a second factor", () => {
  it.each(["ada@example.com", `${"long.".repeat(12)}address+totp@subdomain.example.com`])(
    "is read as the URI of %s",
    (email) => {
      const uri = otpauthUri(email, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567ABCDEFGHIJKLMNOPQRST");
      const { data, side } = pixels(drawn(uri));
      expect(jsQR(data, side, side)?.data).toBe(uri);
    },
  );

  it("has a quiet zone of four modules", () => {
    const { size, path } = drawn("otpauth://totp/a");
    const runs = [...path.matchAll(/M(\d+) (\d+)h(\d+)/g)].map((run) => run.slice(1).map(Number));
    expect(Math.min(...runs.flatMap(([x = 0, y = 0]) => [x, y]))).toBe(4);
    expect(Math.max(...runs.map(([x = 0, , length = 0]) => x + length))).toBe(size - 4);
  });
});
