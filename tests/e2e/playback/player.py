"""A page with hls.js and nothing else, on the stack's own origin."""

from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page

from tests.support.tools import CLIENTS

SCRIPT = CLIENTS / "node_modules" / "hls.js" / "dist" / "hls.light.min.js"
PAGE = """<!doctype html><title>Player</title>
<video id="video" muted autoplay playsinline width="640"></video><script src="/hls.js"></script>"""
PLAY = """url => {
  window.fatal = []
  window.hls = new Hls({ lowLatencyMode: true, maxLiveSyncPlaybackRate: 1.1, backBufferLength: 60 })
  hls.on(Hls.Events.ERROR, (_, error) => { if (error.fatal) fatal.push(error.details) })
  hls.loadSource(url)
  hls.attachMedia(video)
}"""
STATE = """() => {
  const canvas = document.createElement('canvas')
  canvas.width = 64
  canvas.height = 36
  const context = canvas.getContext('2d')
  context.drawImage(video, 0, 0, 64, 36)
  const pixels = context.getImageData(0, 0, 64, 36).data
  return {
    time: video.currentTime,
    latency: hls.latency,
    frames: video.getVideoPlaybackQuality().totalVideoFrames,
    sound: video.webkitAudioDecodedByteCount,
    ended: video.ended,
    brightest: Math.max(...pixels.filter((_, n) => n % 4 < 3)),
    fatal,
  }
}"""


class Player:
    """`state` is what a viewer would notice."""

    def __init__(self, browser: Browser, hls_url: str) -> None:
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(hls_url))
        self.page: Page = browser.new_page()
        self.page.route(f"{origin}/player", lambda route: route.fulfill(body=PAGE, content_type="text/html"))
        self.page.route(
            f"{origin}/hls.js", lambda route: route.fulfill(body=SCRIPT.read_text(), content_type="text/javascript")
        )
        self.page.goto(f"{origin}/player")
        self.page.evaluate(PLAY, hls_url)

    def state(self) -> dict[str, Any]:
        self.page.wait_for_timeout(1)  # lets routes and events run
        found: dict[str, Any] = self.page.evaluate(STATE)
        return found

    def plays_past(self, seconds: float, within: float) -> dict[str, Any]:
        """The state once its time is past `seconds`. Fails at a fatal error."""
        self.page.wait_for_function(
            "seconds => fatal.length || video.currentTime > seconds", arg=seconds, timeout=within * 1000
        )
        state = self.state()
        assert state["fatal"] == []
        return state

    def buffered(self) -> float:
        """Until when it has picture and sound."""
        return float(self.page.evaluate("() => video.buffered.end(video.buffered.length - 1)"))

    def ends(self, within: float) -> None:
        """Waits until the stream is played to its end."""
        self.page.wait_for_function("() => fatal.length || video.ended", timeout=within * 1000)
        assert self.state()["fatal"] == []
