"""A page that is loaded later knows what happened before."""

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.browser.accounts import Broadcaster, new_broadcaster
from tests.e2e.browser.conftest import OpenStudio
from tests.e2e.browser.nodes import drain
from tests.e2e.browser.publisher import Publisher
from tests.e2e.browser.studio import Studio
from tests.support.nodes import Node
from tests.support.stack import Stack, running_stack


def test_how_the_last_broadcast_ended_is_known_after_a_reload(
    stack: Stack, open_studio: OpenStudio, broadcaster: Broadcaster, pictures: Path
) -> None:
    studio = open_studio(locale="de-DE", timezone_id="Europe/Berlin").sign_in(broadcaster)
    with Publisher(stack.settings.rtmp_port, broadcaster.stream_key()) as publisher:
        publisher.go()
        studio.shows("LIVE")
        publisher.stop()
        studio.shows("OFFLINE")
    studio.page.reload()
    studio.whole()
    expect(studio.part("end-reason")).to_have_text("Der Stream wurde im Encoder beendet.")
    # The day, and all of it as the reader's locale has it.
    expect(studio.part("status-text")).to_have_text(re.compile(r"Beendet am \d\d?\. \w+\.? 20\d\d, \d\d:\d\d MES?Z\.$"))
    studio.page.screenshot(path=pictures / "studio-ended.png")


def test_the_last_refusal_is_known_after_a_reload_until_it_is_dismissed(
    stack: Stack, studio: Studio, broadcaster: Broadcaster
) -> None:
    old = broadcaster.stream_key()
    studio.reset_key()
    with Publisher(stack.settings.rtmp_port, old) as publisher:
        assert publisher.status == "NetStream.Publish.Denied"
    refusal = studio.part("refusal")
    expect(refusal).to_have_attribute("data-code", "key_revoked")
    told = refusal.inner_text()

    studio.page.reload()
    studio.whole()
    expect(refusal).to_have_attribute("data-code", "key_revoked")
    expect(refusal).to_contain_text("127.0.0.1")
    assert refusal.inner_text() == told

    studio.part("refusal-dismiss").click()
    studio.page.reload()
    studio.whole()
    expect(refusal).to_have_count(0)


@pytest.mark.requirement("SS-3.2")
def test_the_figures_of_an_interrupted_broadcast_are_called_old_after_a_reload(
    studio: Studio, broadcaster: Broadcaster, patient_node: Node, pictures: Path
) -> None:
    with Publisher(patient_node.port, broadcaster.stream_key()) as publisher:
        publisher.go()
        studio.shows("LIVE")
        expect(studio.part("measures")).to_have_attribute("data-fresh", "true")
        publisher.drop()
        studio.shows("RECONNECTING")
    studio.page.reload()
    studio.shows("RECONNECTING")
    expect(studio.part("resolution")).to_contain_text("640")
    expect(studio.part("measures-note")).to_have_text("Last measured")
    studio.page.screenshot(path=pictures / "studio-reconnecting.png")


@pytest.mark.requirement("FX-9")
def test_a_refusal_by_a_node_that_drains_is_shown(
    stack: Stack, studio: Studio, broadcaster: Broadcaster, second_node: Node, pictures: Path
) -> None:
    key = broadcaster.stream_key()
    drain(stack, second_node)
    refusal = studio.part("refusal")
    with Publisher(second_node.port, key) as publisher:
        assert publisher.status == "NetStream.Publish.Rejected"
    expect(refusal).to_have_attribute("data-code", "node_draining")
    studio.page.screenshot(path=pictures / "studio-refused.png")


@pytest.fixture
def lonely_stack(tmp_path: Path) -> Iterator[Stack]:
    """Whose one node may be frozen: there is no other one that would clean up."""
    with running_stack(tmp_path) as running:
        yield running


@pytest.mark.requirement("SS-6.4")
def test_a_frozen_node_is_the_reason_that_is_given_though_nobody_has_cleaned_up(
    lonely_stack: Stack, open_studio: OpenStudio, pictures: Path
) -> None:
    broadcaster = new_broadcaster(lonely_stack)
    studio = open_studio(lonely_stack.http_url).sign_in(broadcaster)
    with Publisher(lonely_stack.settings.rtmp_port, broadcaster.stream_key()) as publisher:
        publisher.go()
        studio.shows("LIVE")
        node = lonely_stack.children()["ingest_container"]
        os.kill(node, signal.SIGSTOP)
        try:
            studio.shows("OFFLINE")
            expect(studio.part("end-reason")).to_have_text("The ingest server failed.")
            studio.page.reload()
            studio.shows("OFFLINE")
            expect(studio.part("end-reason")).to_have_text("The ingest server failed.")
            expect(studio.part("end-action")).to_contain_text("Start streaming again.")
            studio.page.screenshot(path=pictures / "studio-node-lost.png")
        finally:
            os.kill(node, signal.SIGCONT)
