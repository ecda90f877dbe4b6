"""Every kind of button is readable in every state: WCAG 2.2 asks for 4.5:1 (1.4.3)."""

from typing import Any, Literal

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.browser.conftest import OpenStudio
from tests.e2e.browser.studio import Studio

ENOUGH = 4.5

# One button of each kind that the style sheet knows, so that a new kind is tested from its first day.
ONE_OF_EACH = """() => {
  const kinds = new Set();
  const walk = (rules) => {
    for (const rule of rules) {
      if (rule.cssRules) walk(rule.cssRules);
      for (const [, kind] of (rule.selectorText ?? "").matchAll(/\\.button\\.([a-z-]+)/g)) kinds.add(kind);
    }
  };
  for (const sheet of document.styleSheets) walk(sheet.cssRules);
  const shelf = document.createElement("div");
  shelf.className = "card";
  for (const kind of ["", ...kinds])
    for (const off of ["", "disabled", "aria-disabled"]) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = `button ${kind}`;
      button.textContent = `${kind} ${off}`;
      button.dataset.testid = "sample";
      if (off) button.setAttribute(off, "true");
      shelf.append(button);
    }
  document.querySelector("main").prepend(shelf);
  return [...kinds];
}"""

CONTRAST = """element => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const over = (colour, ground) => {
    canvas.fillStyle = ground; canvas.fillRect(0, 0, 1, 1);
    canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    const [r, g, b] = canvas.getImageData(0, 0, 1, 1).data;
    return `rgb(${r}, ${g}, ${b})`;
  };
  const lineage = [];
  for (let each = element; each; each = each.parentElement) lineage.unshift(getComputedStyle(each).backgroundColor);
  const ground = lineage.reduce((below, colour) => over(colour, below), "white");
  const luminance = (colour) => {
    const [r, g, b] = colour.match(/[\\d.]+/g).slice(0, 3).map(Number)
      .map((value) => value / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const text = over(getComputedStyle(element).color, ground);
  const [low, high] = [luminance(text), luminance(ground)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}"""


def contrast(button: Locator) -> float:
    return float(button.evaluate(CONTRAST))


def faint(page: Page) -> list[str]:
    """Each button whose text stands out too little, in one of its states."""
    found = []
    samples: list[Any] = page.get_by_test_id("sample").all()
    for button in samples:
        name = button.text_content()
        box = button.bounding_box()
        assert box is not None
        page.mouse.move(0, 0)
        ratios = {"at rest": contrast(button)}
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        assert button.evaluate("element => element.matches(':hover')")
        ratios["hovered"] = contrast(button)
        page.mouse.down()
        ratios["pressed"] = contrast(button)
        page.mouse.up()
        button.focus()
        ratios["focused"] = contrast(button)
        found += [f"{name}, {state}: {ratio:.2f}" for state, ratio in ratios.items() if ratio < ENOUGH]
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_button_is_readable_in_every_state(open_studio: OpenStudio, scheme: Literal["light", "dark"]) -> None:
    studio = open_studio(color_scheme=scheme, reduced_motion="reduce", viewport={"width": 1280, "height": 1600}).open()
    expect(studio.part("signin-form")).to_be_visible()
    assert {"primary", "danger", "text"} <= set(studio.page.evaluate(ONE_OF_EACH))
    assert faint(studio.page) == []


def test_the_save_button_is_readable_after_it_was_pressed(studio: Studio) -> None:
    studio.page.emulate_media(reduced_motion="reduce")
    studio.part("details-title").fill("An evening of piano")
    save = studio.part("details-save")
    save.click()
    expect(studio.part("details-saved")).to_contain_text("Saved")
    # The pointer is still on it, and there is nothing more to save.
    expect(save).to_have_attribute("aria-disabled", "true")
    assert save.evaluate("element => element.matches(':hover')")
    assert contrast(save) >= ENOUGH
