"""Viewers of a real node over HTTP: how many are counted, what a liar adds, and what stays when the stream is over."""

import json
import secrets
import signal
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from chalicelib.domain.audience import Audience
from chalicelib.domain.streams import StreamState
from chalicelib.services.reading import discovery
from chalicelib.store import pulses
from ingest_container.media.viewer_reports import FIRST_REPORT_S
from local.loopback import open_url
from local.settings import HOST
from tests.integration.node.conftest import Node, StartNode
from tests.support.publisher import Publisher
from tests.support.studio import Studio, now_ms
from tests.support.waiting import until

OnAir = Callable[[Node, Studio], Publisher]


def origin(node: Node) -> str:
    (listening,) = node.logged("listening")
    return f"http://{HOST}:{listening['origin_port']}/live"


def status(node: Node, studio: Studio) -> dict[str, Any]:
    with open_url(urllib.request.Request(f"{origin(node)}/{studio.channel_id}/status.json"), timeout=20) as answer:
        return dict(json.loads(answer.read()))


@dataclass
class Tab:
    """One that plays, somewhere on the internet; the node hears of it through a proxy on this machine."""

    address: str
    viewer_id: str = field(default_factory=lambda: secrets.token_hex(16))
    token: str | None = None

    def report(self, node: Node, studio: Studio) -> int:
        body = json.dumps({"id": self.viewer_id, "token": self.token}).encode()
        request = urllib.request.Request(f"{origin(node)}/{studio.channel_id}/viewers", data=body)
        request.add_header("X-Forwarded-For", self.address)
        try:
            with open_url(request, timeout=20) as answer:
                self.token = json.loads(answer.read())["token"]
                return int(answer.status)
        except urllib.error.HTTPError as refused:
            return refused.code


def all_report(tabs: list[Tab], node: Node, studio: Studio) -> None:
    for tab in tabs:
        assert tab.report(node, studio) == 200


def counted(node: Node, studio: Studio, viewers: int) -> None:
    until(lambda: status(node, studio)["viewers"] == viewers, f"{viewers} viewers")


def audience(studio: Studio) -> Audience | None:
    return pulses.counted(studio.channel.stream_id or "").audience


@pytest.mark.requirement("FX-4")
@pytest.mark.requirement("SO-5")
def test_viewers_are_counted_while_the_stream_runs_and_kept_when_it_is_over(
    studio: Studio, on_air: OnAir, start_node: StartNode
) -> None:
    node = start_node(packaging="on", origin_port=0, thumbnails="off", viewers_per_network=5)
    publisher = on_air(node, studio)
    stream_id = studio.channel.stream_id or ""
    until(lambda: status(node, studio)["status"] == "LIVE", "LIVE in status.json")
    audience_at = [f"198.51.{n}.7" for n in range(30)]
    forged_at = [f"203.0.113.{n}" for n in range(30)]  # one network
    tabs = [Tab(address) for address in audience_at + forged_at]
    all_report(tabs, node, studio)
    assert status(node, studio)["viewers"] == 0
    until_token_is_old()
    all_report(tabs, node, studio)
    counted(node, studio, 30 + 5)
    until(lambda: (found := audience(studio)) and found.viewers == 35, "the figures are written")
    details = discovery.stream_details(stream_id, now_ms())
    assert details.viewers == 35
    publisher.stop()
    until(lambda: studio.stream(stream_id).state is StreamState.ENDED, "the stream ends")
    kept = studio.stream(stream_id).audience
    assert kept is not None
    assert (kept.viewers, kept.peak_viewers) == (0, 35)
    assert 0 < kept.average_viewers <= 35
    assert kept.watched_s > 0
    assert Tab("198.51.100.1").report(node, studio) == 404


@pytest.mark.requirement("FX-4")
def test_another_node_goes_on_counting_after_a_crash(
    studio: Studio, on_air: OnAir, taken_over: OnAir, start_node: StartNode
) -> None:
    settings = {"packaging": "on", "origin_port": 0, "thumbnails": "off"}
    first, second = start_node(**settings), start_node(**settings)
    on_air(first, studio)
    tabs = [Tab(f"198.51.{n}.7") for n in range(4)]
    all_report(tabs, first, studio)
    until_token_is_old()
    all_report(tabs, first, studio)
    before = until(lambda: (found := audience(studio)) and found.watched_s > 2 and found, "the figures are written")
    first.send(signal.SIGKILL)
    first.process.wait(60)

    taken_over(second, studio)
    until(lambda: status(second, studio)["status"] == "LIVE", "LIVE there")
    all_report(tabs, second, studio)  # the other node's tokens are none of its own
    until_token_is_old()
    all_report(tabs, second, studio)
    counted(second, studio, 4)

    def grown() -> bool:
        found = audience(studio)
        return found is not None and found.watched_s > before.watched_s and found.counted_s > before.counted_s

    until(grown, "the figures go on from where they were")


def until_token_is_old() -> None:
    """As long as a page waits for its second report."""
    asked = now_ms()
    until(lambda: now_ms() - asked >= FIRST_REPORT_S * 1000, "the second report is due", FIRST_REPORT_S + 2)
