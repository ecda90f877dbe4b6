"""Reads a QR code off the screen, as a phone's camera does."""

import base64

from playwright.sync_api import Locator

from local.settings import ROOT

READER = ROOT / "dashboard" / "node_modules" / "jsqr" / "dist" / "jsQR.js"

PIXELS = """async (png) => {
  const bytes = Uint8Array.from(atob(png), (character) => character.charCodeAt(0));
  const picture = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
  const context = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
  context.drawImage(picture, 0, 0);
  const { data, width, height } = context.getImageData(0, 0, picture.width, picture.height);
  return jsQR(data, width, height)?.data ?? null;
}"""


def text_of(code: Locator) -> str | None:
    """What it says; None if it cannot be read."""
    picture = base64.b64encode(code.screenshot()).decode()
    if not code.page.evaluate("'jsQR' in window"):
        # Through the debugging protocol: the page's own policy keeps foreign scripts out.
        code.page.evaluate(READER.read_text())
    text: str | None = code.page.evaluate(PIXELS, picture)
    return text
