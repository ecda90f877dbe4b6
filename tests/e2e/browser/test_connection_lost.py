"""When the page cannot hear the server, or the server has lost a node, the page says what is so and nothing else."""

import time

import pytest
from playwright.sync_api import expect

from local.settings import HOST
from tests.e2e.browser.accounts import Broadcaster
from tests.e2e.browser.conftest import OpenStudio
from tests.e2e.browser.network import Cable
from tests.e2e.browser.publisher import Publisher
from tests.e2e.browser.studio import Studio
from tests.support.nodes import Node
from tests.support.stack import Stack
from tests.support.waiting import until


def test_a_cut_connection_is_said_and_comes_back_to_the_right_state(
    stack: Stack, open_studio: OpenStudio, broadcaster: Broadcaster, cable: Cable
) -> None:
    studio = open_studio(f"http://{HOST}:{cable.port}").sign_in(broadcaster)
    with Publisher(stack.settings.rtmp_port, broadcaster.stream_key()) as publisher:
        publisher.go()
        studio.shows("LIVE")
        cable.cut()
        expect(studio.part("link-lost")).to_contain_text("Connection lost")
        expect(studio.part("link")).to_have_attribute("data-link", "lost")
        studio.shows("UNKNOWN")
        expect(studio.part("status-text")).to_contain_text("Last known: LIVE")
        publisher.stop()
        until(lambda: broadcaster.channel()["status"] == "OFFLINE", "the end at the API")
        cable.mend()
        studio.shows("OFFLINE")
    expect(studio.part("link-lost")).to_have_count(0)
    expect(studio.part("link")).to_have_attribute("data-link", "open")
    assert studio.statuses() == ["OFFLINE", "LIVE", "UNKNOWN", "OFFLINE"]
    assert studio.traffic.page_loads == 1


def test_a_broadcast_that_went_on_is_live_again_at_once_with_retry_now(
    stack: Stack, open_studio: OpenStudio, broadcaster: Broadcaster, cable: Cable
) -> None:
    """The page's own clock stands still from the start, so that it does not try again by itself."""
    studio = open_studio(f"http://{HOST}:{cable.port}")
    studio.page.clock.install()
    studio.sign_in(broadcaster)
    with Publisher(stack.settings.rtmp_port, broadcaster.stream_key()) as publisher:
        publisher.go()
        studio.shows("LIVE")
        studio.stop_clock()
        cable.cut()
        studio.shows("UNKNOWN")
        cable.mend()
        studio.part("link-retry").click()
        studio.shows("LIVE")
        expect(studio.part("measures")).to_have_attribute("data-fresh", "true")


def test_a_connection_that_died_in_silence_is_found_out(
    stack: Stack, open_studio: OpenStudio, broadcaster: Broadcaster, cable: Cable
) -> None:
    studio = open_studio(f"http://{HOST}:{cable.port}")
    studio.page.clock.install()
    studio.sign_in(broadcaster)
    with Publisher(stack.settings.rtmp_port, broadcaster.stream_key()) as publisher:
        publisher.go()
        studio.shows("LIVE")
        expect(studio.part("measures")).to_have_attribute("data-fresh", "true")
        cable.go_dead()
        # Metrics fail to come, so it asks; the answer fails to come as well.
        studio.page.clock.fast_forward(5_000)
        expect(studio.part("measures")).to_have_attribute("data-fresh", "false")
        studio.page.clock.fast_forward(11_000)
        studio.shows("UNKNOWN")


@pytest.mark.serial
@pytest.mark.requirement("SS-6.4")
def test_a_crashed_node_shows_as_offline_within_ten_seconds(
    studio: Studio, broadcaster: Broadcaster, second_node: Node
) -> None:
    with Publisher(second_node.port, broadcaster.stream_key()) as publisher:
        publisher.go()
        studio.shows("LIVE")
        crashed_at = time.time()
        second_node.process.kill()
        studio.shows_within("OFFLINE", 10.0, since=crashed_at)
    expect(studio.part("end-reason")).to_have_text("The ingest server failed.")
    assert studio.traffic.page_loads == 1
