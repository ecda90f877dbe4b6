"""The pages for viewers: what is live, the player, the player in somebody else's page."""

import re
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Page, Route, expect

from local.loopback import open_url
from local.settings import HOST
from tests.e2e.browser.accessibility import barriers
from tests.e2e.browser.accounts import Broadcaster
from tests.e2e.browser.conftest import GoLive
from tests.e2e.browser.studio import Studio
from tests.e2e.browser.viewer import AUDIBLE, COLOURS, Viewer
from tests.support.captions import with_captions
from tests.support.encoders import Clip, ffmpeg
from tests.support.waiting import until

pytestmark = pytest.mark.needs("ministack", "chromium", "dashboard", "ffmpeg")

# Seconds from the playlist's edge. The targets are 1.5 and 5, and hls.js adds a second to its target at each stall, two
# at most. Of the whole chain, docs/playback.md.
LOW_S, NORMAL_S = 4.0, 4.5
# Of a recording: a node that is late leaves it to the sweep, a minute later, and the page asks for the last time after
# 67 to 200 s.
FINISHED_MS = 220_000
MEDIA = re.compile(r"\.m4s$")
finishes = pytest.mark.timeout(480)


@pytest.mark.requirement("FX-14")
def test_picture_and_sound_of_a_live_channel_play(
    viewer: Viewer, channel: str, go_live: GoLive, pictures: Path
) -> None:
    go_live()
    viewer.open(f"/watch/{channel}")
    viewer.plays()
    expect(viewer.part("live-badge")).to_be_visible()
    assert viewer.colours() == set(COLOURS)
    assert barriers(viewer.page, "watch-live", pictures) == []
    viewer.listens()
    assert viewer.hears() > AUDIBLE


@pytest.mark.requirement("FX-14")
def test_offline_page_plays_by_itself_when_the_stream_starts_and_says_when_it_ends(
    viewer: Viewer, channel: str, go_live: GoLive, pictures: Path
) -> None:
    viewer.open(f"/watch/{channel}")
    expect(viewer.part("offline")).to_be_visible()
    assert barriers(viewer.page, "watch-offline", pictures) == []
    encoder = go_live()
    viewer.plays()
    expect(viewer.part("offline")).to_have_count(0)
    encoder.interrupt()
    expect(viewer.part("ended")).to_be_visible()
    assert viewer.traffic.page_loads == 1


@pytest.mark.requirement("FX-14")
def test_page_plays_on_without_a_reload_when_the_encoder_is_restarted(
    viewer: Viewer, channel: str, go_live: GoLive
) -> None:
    encoder = go_live()
    viewer.open(f"/watch/{channel}")
    viewer.plays()
    encoder.kill()
    expect(viewer.part("stage-notice")).to_contain_text("interrupted")
    before = viewer.time()
    go_live()
    viewer.plays_past(before + 4)
    expect(viewer.part("stage-notice")).to_have_count(0)
    assert viewer.traffic.page_loads == 1


@pytest.mark.requirement("FX-14")
def test_viewer_goes_back_to_live_and_chooses_the_latency(viewer: Viewer, channel: str, go_live: GoLive) -> None:
    go_live()
    viewer.open(f"/watch/{channel}")
    viewer.plays_past(NORMAL_S + 2)  # a younger stream has no place so far behind its edge
    viewer.page.mouse.move(640, 300)  # the controls come
    viewer.part("go-live").click()  # hls.js makes up for two seconds over its target, and no more
    viewer.is_behind(lambda seconds: seconds < LOW_S)
    viewer.part("latency-choice").select_option("normal")
    viewer.is_behind(lambda seconds: seconds > NORMAL_S)
    viewer.part("latency-choice").select_option("low")
    viewer.is_behind(lambda seconds: seconds < LOW_S)
    viewer.page.keyboard.press("k")
    expect(viewer.part("go-live")).to_have_attribute("data-behind", "true")
    viewer.page.mouse.move(640, 300)  # the controls come
    viewer.part("go-live").click()
    expect(viewer.part("go-live")).to_have_attribute("data-behind", "false")
    viewer.plays_past(viewer.time() + 1)


@pytest.mark.requirement("FX-14")
def test_player_whose_first_frame_took_long_plays_from_the_live_edge(
    viewer: Viewer, channel: str, go_live: GoLive
) -> None:
    go_live()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    viewer.page.route(MEDIA, hold)
    viewer.open(f"/watch/{channel}")
    viewer.part("stage").wait_for()
    viewer.page.wait_for_timeout(1_000 * (LOW_S + 4))
    assert held
    viewer.page.unroute(MEDIA)  # what is held goes on
    viewer.plays()
    viewer.is_behind(lambda seconds: seconds < LOW_S)
    assert viewer.traffic.page_loads == 1


@pytest.mark.requirement("FX-1")
@pytest.mark.requirement("FX-14")
def test_visitor_finds_what_is_live_and_gets_to_its_player(
    viewer: Viewer, broadcaster: Broadcaster, channel: str, go_live: GoLive, pictures: Path
) -> None:
    title = f"An evening of piano {channel[-6:]}"
    broadcaster.edit(title=title, category="Music", tags=["live", "piano"])
    viewer.open("/")
    card = viewer.page.locator(f'[data-channel="{channel}"]')
    expect(card).to_have_count(0)
    go_live()
    viewer.page.reload()
    expect(card).to_be_visible()
    assert barriers(viewer.page, "discovery", pictures) == []
    viewer.part("search").fill("no such title")
    expect(viewer.part("nothing-found")).to_be_visible()
    viewer.part("search").fill(channel[-6:])
    expect(card).to_be_visible()
    card.get_by_role("link").click()
    expect(viewer.part("title")).to_have_text(title)
    viewer.plays()


@pytest.mark.requirement("FX-14")
def test_captions_of_the_encoder_are_shown(
    viewer: Viewer, broadcaster: Broadcaster, channel: str, clip: Clip, tmp_path: Path
) -> None:
    captioned = replace(clip, path=with_captions(clip.path, tmp_path / "captions.flv", "SOFTLY NOW"))
    with ffmpeg(captioned, broadcaster.stack.rtmp_url, broadcaster.stream_key()):
        viewer.open(f"/watch/{channel}")
        viewer.plays()
        expect(viewer.page.locator("media-captions-button")).to_be_visible()
        viewer.page.keyboard.press("c")
        until(lambda: "SOFTLY NOW" in viewer.captions(), "the caption is on the screen", 60)
        with open_url(broadcaster.channel()["playback"]["hls_url"], timeout=20) as playlist:
            assert b'TYPE=CLOSED-CAPTIONS,GROUP-ID="cc",' in playlist.read(), "Safari goes by that"


@finishes
@pytest.mark.requirement("FX-3")
@pytest.mark.requirement("FX-14")
def test_offline_channel_offers_its_last_stream(viewer: Viewer, channel: str, go_live: GoLive) -> None:
    encoder = go_live()
    viewer.open(f"/watch/{channel}")
    viewer.plays()
    encoder.interrupt()
    viewer.part("last-stream").click(timeout=FINISHED_MS)
    expect(viewer.part("to-channel")).to_be_visible()
    viewer.plays()
    assert viewer.colours() == set(COLOURS)


@finishes
@pytest.mark.requirement("FX-15")
def test_private_channel_plays_by_its_link_and_is_not_found_without(
    viewer: Viewer, broadcaster: Broadcaster, channel: str, go_live: GoLive
) -> None:
    broadcaster.edit(visibility="private")
    encoder = go_live()
    viewer.open(f"/watch/{channel}")
    expect(viewer.part("not-found")).to_be_visible()
    link = broadcaster.call("/api/channel/playback-tokens", method="POST", body={})["watch_url"]
    viewer.page.goto(link)  # differs behind the # only: the page loads itself again
    expect(viewer.part("not-found")).to_have_count(0)
    viewer.plays()
    encoder.interrupt()
    viewer.part("last-stream").click(timeout=FINISHED_MS)
    expect(viewer.part("to-channel")).to_be_visible()
    viewer.plays_past(1)


@finishes
@pytest.mark.requirement("FX-15")
def test_owner_watches_the_past_stream_of_a_private_channel(
    viewer: Viewer, broadcaster: Broadcaster, channel: str, go_live: GoLive
) -> None:
    broadcaster.edit(visibility="private")
    studio = Studio(viewer.context, viewer.url).sign_in(broadcaster)
    encoder = go_live()
    until(lambda: broadcaster.call("/api/streams")["streams"][0]["recording"], "it is recorded", 60)
    encoder.interrupt()
    expect(studio.part("recording")).to_have_attribute("data-status", "available", timeout=FINISHED_MS)
    studio.part("watch-recording").click()
    studio.page.wait_for_url("**/watch/**")
    address = studio.page.url
    viewer.page.goto(address)
    viewer.plays_past(1)
    assert viewer.colours() == set(COLOURS)
    viewer.page.goto("about:blank")
    viewer.page.goto(address.partition("#")[0])
    expect(viewer.part("not-found")).to_be_visible()


@pytest.mark.requirement("FX-14")
def test_studio_shows_the_stream_as_viewers_get_it_and_their_link(
    studio: Studio, channel: str, go_live: GoLive
) -> None:
    expect(studio.part("watch-url")).to_have_value(f"{studio.url}/watch/{channel}")
    assert not [url for url in studio.traffic.urls if "hls" in url]
    go_live()
    studio.part("toggle-preview").click()
    expect(studio.part("preview")).to_have_attribute("data-phase", "playing")


class _Framing(BaseHTTPRequestHandler):
    """A page that frames the address in its query."""

    def do_GET(self) -> None:
        _, _, framed = self.path.partition("?")
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(f'<!doctype html><iframe src="{framed}" width="640" height="360"></iframe>'.encode())

    def log_message(self, *_: object) -> None:
        """Silence."""


@pytest.fixture
def framing_site() -> Iterator[str]:
    """Of another origin: another port is enough."""
    server = ThreadingHTTPServer((HOST, 0), _Framing)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://localhost:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.requirement("FX-14")
def test_other_sites_may_frame_the_embedded_player_and_nothing_else(
    viewer: Viewer, channel: str, go_live: GoLive, framing_site: str
) -> None:
    go_live()
    viewer.page.goto(f"{framing_site}?{viewer.url}/embed/{channel}")
    (player,) = viewer.page.main_frame.child_frames
    viewer.plays_past(viewer.plays_past(0, player) + 2, player)
    viewer.page.screenshot()
    foreign = viewer.context.new_page()
    for path in ("/studio", "/", f"/watch/{channel}"):
        assert _framed(foreign, f"{framing_site}?{viewer.url}{path}") == "refused"


def _framed(page: Page, url: str) -> str:
    page.goto(url)
    (frame,) = page.main_frame.child_frames
    while not frame.url:  # the page has loaded, and its frame not yet
        page.wait_for_timeout(50)
    return "refused" if frame.url.startswith("chrome-error:") else frame.url
