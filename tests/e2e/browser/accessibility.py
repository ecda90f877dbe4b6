"""axe-core over a page in light and dark, on a phone and on a desk; each look is also kept as a picture."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Page, ViewportSize

from local.settings import ROOT

AXE = ROOT / "dashboard" / "node_modules" / "axe-core" / "axe.min.js"

PHONE: ViewportSize = {"width": 360, "height": 740}
DESK: ViewportSize = {"width": 1280, "height": 900}
SCHEMES: Sequence[Literal["light", "dark"]] = ("light", "dark")


def barriers(page: Page, name: str, pictures: Path) -> list[str]:
    """What axe finds wrong in any of the four looks, one line each; and what does not fit the width of the screen."""
    if not page.evaluate("'axe' in window"):
        # Through the debugging protocol: the page's own policy keeps foreign scripts out.
        page.evaluate(AXE.read_text())
    found: list[str] = []
    for screen, size in (("phone", PHONE), ("desk", DESK)):
        page.set_viewport_size(size)
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            look = f"{name}-{screen}-{scheme}"
            page.screenshot(path=pictures / f"{look}.png", full_page=True)
            result: dict[str, Any] = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
            found += [
                f"{look}: {violation['id']}: {node['html']} {node['failureSummary']}"
                for violation in result["violations"]
                for node in violation["nodes"]
            ]
            width = page.evaluate("document.scrollingElement.scrollWidth")
            if width > size["width"]:
                found.append(f"{look}: the page is {width} px wide on a screen of {size['width']} px")
    return found
