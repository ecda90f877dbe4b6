"""The help names OBS Studio's settings as OBS does."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.browser.studio import Studio

LOCALES = Path("/usr/share/obs")


def words_of_obs() -> set[str]:
    """All that OBS and its plugins say in English, without what follows a label in brackets."""
    files = [*LOCALES.rglob("en-US.ini")]
    lines = [line for file in files for line in file.read_text().splitlines() if "=" in line]
    texts = {line.partition("=")[2].strip().strip('"').replace("...", "…") for line in lines}
    return texts | {text.partition(" (")[0] for text in texts}


@pytest.mark.needs("obs")
def test_every_setting_that_the_help_names_exists_in_obs(studio: Studio) -> None:
    studio.part("obs-help").locator("summary").click()
    names = studio.part("obs-help").locator("b")
    expect(names.first).to_be_visible()
    named = {
        word.strip()
        for text in names.all_inner_texts()
        for word in text.split("\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}")
    }
    assert {"Output Mode", "Advanced", "Keyframe Interval", "Simple"} <= named
    assert named - words_of_obs() == set()
