"""axe-core over a page in light and dark, on a phone and on a desk; each look is also kept as a picture.

With its rule for the size of targets (WCAG 2.2, 2.5.8), which is off by default. Two more screens show that nothing has
to be scrolled sideways: 320 CSS pixels (1.4.10), and the desk at 200 % zoom (1.4.4), which leaves half of its pixels.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Page, ViewportSize

from local.settings import ROOT

AXE = ROOT / "dashboard" / "node_modules" / "axe-core" / "axe.min.js"

PHONE: ViewportSize = {"width": 360, "height": 740}
DESK: ViewportSize = {"width": 1280, "height": 900}
NARROW: ViewportSize = {"width": 320, "height": 640}
ZOOMED: ViewportSize = {"width": 640, "height": 450}
RULES = "{ resultTypes: ['violations'], rules: { 'target-size': { enabled: true } } }"
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
            result: dict[str, Any] = page.evaluate(f"axe.run(document, {RULES})")
            found += [
                f"{look}: {violation['id']}: {node['html']} {node['failureSummary']}"
                for violation in result["violations"]
                for node in violation["nodes"]
            ]
        found += _overflow(page, f"{name}-{screen}", size)
    for screen, size in (("narrow", NARROW), ("zoomed", ZOOMED)):
        page.set_viewport_size(size)
        found += _overflow(page, f"{name}-{screen}", size)
        page.screenshot(path=pictures / f"{name}-{screen}.png", full_page=True)
    page.set_viewport_size(DESK)
    return found


def _overflow(page: Page, look: str, size: ViewportSize) -> list[str]:
    width = page.evaluate("document.scrollingElement.scrollWidth")
    return [f"{look}: the page is {width} px wide on a screen of {size['width']} px"] if width > size["width"] else []
