"""A watch page as its viewer has it: what is on the screen, and what comes out of the loudspeaker."""

from collections.abc import Callable
from typing import Self

from playwright.sync_api import BrowserContext, Frame, Locator, Page, expect

from tests.e2e.browser.traffic import listen

# No promise. The player begins anew after 20 s without a picture, and that may have to happen first.
SOON_MS = 60_000
POLL_MS = 100
# The test card's six colours, as testsrc2 draws them from left to right.
COLOURS = {
    "red": (255, 0, 0),
    "green": (0, 255, 0),
    "yellow": (255, 255, 0),
    "blue": (0, 0, 255),
    "magenta": (255, 0, 255),
    "cyan": (0, 255, 255),
}
AUDIBLE = 0.01  # of 1
# In the largest of the three channels: the colours of video are not those of a screen.
NEAR, CLOSE = 90, 16

TIME = "() => document.querySelector('video')?.currentTime ?? 0"
PIXELS = """() => {
  const canvas = document.createElement('canvas')
  canvas.width = 60
  canvas.height = 34
  const context = canvas.getContext('2d')
  context.drawImage(document.querySelector('video'), 0, 0, 60, 34)
  const data = context.getImageData(0, 0, 60, 34).data
  return Array.from({ length: 60 * 34 }, (_, n) => [...data.slice(4 * n, 4 * n + 3)])
}"""
CAPTIONS = """() => [...document.querySelector('video').textTracks]
  .filter(track => track.mode === 'showing')
  .flatMap(track => [...(track.activeCues ?? [])].map(cue => cue.text.trim()))"""
# Nothing while the player waits for the stream.
LATENCY = "found => found[0]?.dataset.latency ?? ''"
# Between two reads the sound goes on, so that a level of zero is silence, not an unlucky moment.
LISTEN = """() => {
  const context = new AudioContext()
  const analyser = context.createAnalyser()
  context.createMediaElementSource(document.querySelector('video')).connect(analyser)
  analyser.connect(context.destination)
  window.level = () => {
    const samples = new Float32Array(analyser.fftSize)
    analyser.getFloatTimeDomainData(samples)
    return Math.max(...samples.map(Math.abs))
  }
}"""


class Viewer:
    """One browser context with one page. `url` is where the pages are served."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.context = context
        self.url = url
        self.page: Page = context.new_page()
        self.page.set_default_timeout(SOON_MS)
        self.traffic = listen(self.page)

    def open(self, path: str) -> Self:
        self.page.goto(self.url + path)
        return self

    def part(self, testid: str) -> Locator:
        return self.page.get_by_test_id(testid)

    def time(self, frame: Frame | None = None) -> float:
        return float((frame or self.page.main_frame).evaluate(TIME))

    def plays_past(self, seconds: float, frame: Frame | None = None) -> float:
        """The video's time, once it is past `seconds`."""
        for _ in range(SOON_MS // POLL_MS):
            if (time := self.time(frame)) > seconds:
                return time
            self.page.wait_for_timeout(POLL_MS)
        raise AssertionError(f"stands at {time:.1f} s; phase {self.phase()}")

    def plays(self) -> float:
        """The video's time, once it has moved for two seconds."""
        return self.plays_past(self.plays_past(0) + 2)

    def phase(self) -> str | None:
        stage = self.part("stage")
        return stage.get_attribute("data-phase") if stage.count() else None

    def colours(self) -> set[str]:
        """Those of the test card that are in the picture."""
        pixels = self._pixels()
        return {name for name, wanted in COLOURS.items() if any(_near(pixel, wanted, NEAR) for pixel in pixels)}

    def shows(self, colour: tuple[int, int, int]) -> bool:
        """Whether the whole picture has this colour."""
        return all(_near(pixel, colour, CLOSE) for pixel in self._pixels())

    def _pixels(self) -> list[list[int]]:
        found: list[list[int]] = self.page.evaluate(PIXELS)
        return found

    def captions(self) -> list[str]:
        """The lines that the browser draws over the picture now."""
        self.page.wait_for_timeout(POLL_MS)
        found: list[str] = self.page.evaluate(CAPTIONS)
        return found

    def listens(self) -> None:
        """Unmute, as a person does it, and put an ear to it."""
        self.part("unmute").click()
        expect(self.part("unmute")).to_have_count(0)
        self.page.evaluate(LISTEN)

    def hears(self) -> float:
        """The sound's peak, between 0 and 1, once it is more than the resampler's noise before it begins."""
        for _ in range(SOON_MS // POLL_MS):
            if (level := float(self.page.evaluate("() => window.level()"))) > AUDIBLE:
                return level
            self.page.wait_for_timeout(POLL_MS)
        return 0.0

    def is_behind(self, enough: Callable[[float], bool]) -> None:
        """Waits until the latency that the page shows is `enough`: a player makes up for a second in ten."""
        latency = ""
        for _ in range(2 * SOON_MS // POLL_MS):
            latency = self.part("connection").evaluate_all(LATENCY)
            if latency and enough(float(latency)):
                return
            self.page.wait_for_timeout(POLL_MS)
        raise AssertionError(f"{latency or 'unknown'} s behind; phase {self.phase()}")


def _near(pixel: list[int], wanted: tuple[int, int, int], distance: int) -> bool:
    return max(abs(a - b) for a, b in zip(pixel, wanted, strict=True)) < distance
