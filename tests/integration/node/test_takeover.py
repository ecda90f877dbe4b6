"""Two real ffmpegs with keys of different priority on one channel, at one node and at two."""

from collections.abc import Iterator
from contextlib import ExitStack

import m3u8
import pytest

from chalicelib.domain.keys import KeyRole, KeyTerms
from chalicelib.domain.streams import ChannelStatus
from chalicelib.domain.takeovers import SecondPublisher
from chalicelib.services.keys import keyring
from chalicelib.store import channels, timeline
from local.settings import HOST
from tests.integration.node.conftest import Node, StartNode
from tests.integration.node.test_two_origins import get, media_path
from tests.support.encoders import Program, card
from tests.support.publisher import Publisher
from tests.support.studio import Studio, now_ms
from tests.support.waiting import until

pytestmark = [pytest.mark.needs("ffmpeg"), pytest.mark.requirement("FX-17")]


@pytest.fixture(params=["one node", "two nodes"])
def nodes(request: pytest.FixtureRequest, start_node: StartNode) -> tuple[Node, Node]:
    """The guest's, and the owner's."""
    first = start_node(packaging="on", origin_port=0)
    return first, first if request.param == "one node" else start_node(packaging="on", origin_port=0)


@pytest.fixture
def encoders() -> Iterator[ExitStack]:
    with ExitStack() as running:
        yield running


def key_of(studio: Studio, role: KeyRole) -> str:
    return keyring.create(studio.channel, KeyTerms(f"the {role}", role=role), "test", now_ms()).stream_key


def sends(encoders: ExitStack, node: Node, key: str) -> Program:
    return encoders.enter_context(card(f"rtmp://{HOST}:{node.port}/live", key))


def test_an_owner_takes_over_and_viewers_get_the_same_stream_with_a_discontinuity(
    nodes: tuple[Node, Node], studio: Studio, encoders: ExitStack
) -> None:
    first, second = nodes
    channels.edit(studio.channel_id, {"second_publisher": SecondPublisher.TAKEOVER.value})
    guest_key, owner_key = key_of(studio, KeyRole.GUEST), key_of(studio, KeyRole.OWNER)
    guest = sends(encoders, first, guest_key)
    until(lambda: studio.is_(ChannelStatus.LIVE), "the guest is live")
    stream_id = studio.stream().stream_id
    path = media_path(second, studio)

    sends(encoders, second, owner_key)
    guest.exit_code(within=60)
    until(lambda: studio.is_(ChannelStatus.LIVE) and studio.stream().node_id == second.node_id, "the owner is live")
    stream = studio.stream()
    assert (stream.stream_id, stream.takeovers) == (stream_id, 1)

    def handed_over() -> bool:
        status, text = get(second, path)
        segments = m3u8.loads(text).segments if status == 200 else []
        return any(segment.discontinuity for segment in segments)

    until(handed_over, "the playlist goes on behind a discontinuity")

    again = Publisher(first.port, guest_key)
    code = again.publish()
    assert code == "NetStream.Publish.BadName"
    assert '"the owner" (owner)' in again.description
    again.drop()
    assert studio.is_(ChannelStatus.LIVE)

    def audited() -> bool:
        ends = [one.facts.get("reason") for one in timeline.of_stream(stream_id) if one.kind == "connection"]
        return "taken_over" in ends

    until(audited, "the guest's audit record says why")
    until(lambda: "Stream Taken Over" in studio.kinds(), "the takeover in the timeline")
    assert studio.kinds().count("Stream Taken Over") == 1
    assert studio.kinds().count("Stream Start") == 1
    assert "Stream End" not in studio.kinds()
    for node in set(nodes):
        assert "Traceback" not in node.text()
