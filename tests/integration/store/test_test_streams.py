"""Test streams: they hold the channel, nobody but the owner sees them, and a broadcast ends them."""

import pytest

from chalicelib.domain.keys import KeyTerms
from chalicelib.domain.leases import Grant, Holder
from chalicelib.domain.measures import StreamFacts
from chalicelib.domain.metadata import Search
from chalicelib.domain.not_found import ChannelNotFound, StreamNotFound
from chalicelib.domain.orders import Order
from chalicelib.domain.refusals import KeyInUse
from chalicelib.domain.streams import ChannelStatus, EndReason, StreamState
from chalicelib.services.keys import credentials, keyring
from chalicelib.services.media_servers import publishers
from chalicelib.services.reading import discovery
from chalicelib.services.serializers import channels as serializer
from chalicelib.services.streams import admission, orders
from chalicelib.services.streams.lifecycle import StreamHold
from chalicelib.store import runtime_models
from tests.integration.store.conftest import Clock, LeasedStudio, Node

pytestmark = pytest.mark.requirement("FX-17")


def claim(studio: LeasedStudio, holder: Holder, *, test: bool) -> Grant:
    return admission.claim(studio.key, holder, "192.0.2.1", studio.clock.now, test=test, cache=studio.cache)


def live(studio: LeasedStudio, node: Node, *, test: bool) -> StreamHold:
    hold = StreamHold(claim(studio, node.publisher(), test=test))
    started = hold.media(studio.clock.now, StreamFacts())
    assert started is not None
    assert started.test is (test or None)
    return hold


def waiting(studio: LeasedStudio, node: Node, *, test: bool) -> StreamHold:
    """Its encoder was lost just now."""
    hold = live(studio, node, test=test)
    hold.lost(studio.clock.now, studio.clock.now, 1_000)
    return hold


def ordered(node: Node) -> set[Order]:
    row = runtime_models.Node.get(node.node_id)
    return set(map(Order.parse, row.orders or ()))


def test_a_test_is_live_for_the_owner_and_offline_for_everybody_else(studio: LeasedStudio, node: Node) -> None:
    hold = live(studio, node, test=True)
    seen = discovery.view(studio.channel, studio.clock.now, owner=True)
    mine, public = serializer.own_channel(seen), serializer.public_channel(seen)
    assert mine.live is not None
    assert (mine.status, mine.live.test) == (ChannelStatus.LIVE, True)
    assert (public.status, public.live) == (ChannelStatus.OFFLINE, None)
    running = discovery.public_streams(Search(), 50, None, studio.clock.now)
    assert studio.channel_id not in {one.stream.channel_id for one in running.items}
    with pytest.raises(StreamNotFound):
        discovery.public_stream(hold.grant.stream_id, studio.clock.now)
    with pytest.raises(ChannelNotFound):
        publishers.check_watchable(studio.channel_id)


def test_a_test_is_not_recorded(studio: LeasedStudio, node: Node) -> None:
    assert studio.channel.recording
    assert not live(studio, node, test=True).grant.recording


def test_a_broadcast_ends_the_test_that_holds_the_channel(studio: LeasedStudio, node: Node, other_node: Node) -> None:
    tested = live(studio, node, test=True)
    grant = claim(studio, other_node.publisher(), test=False)
    assert (grant.test, grant.resumed, grant.fence) == (False, False, tested.grant.fence + 1)
    ended = studio.stream(tested.grant.stream_id)
    assert (ended.state, ended.end_reason) == (StreamState.ENDED, EndReason.TEST_REPLACED.value)
    assert Order.to_end(ended.stream_id, EndReason.TEST_REPLACED) in ordered(node), "its encoder is let go"
    assert (studio.channel.test, studio.stream().test) == (False, False)
    StreamHold(grant).media(studio.clock.now, StreamFacts())
    assert studio.is_(ChannelStatus.LIVE)


def test_a_test_ends_no_broadcast(studio: LeasedStudio, node: Node, other_node: Node) -> None:
    first = live(studio, node, test=False)
    with pytest.raises(KeyInUse):
        claim(studio, other_node.publisher(), test=True)
    assert studio.channel.lease.holder == first.grant.holder


def test_a_test_does_not_end_a_broadcast_that_waits_for_its_encoder(
    studio: LeasedStudio, node: Node, other_node: Node
) -> None:
    first = waiting(studio, node, test=False)
    with pytest.raises(KeyInUse):
        claim(studio, other_node.publisher(), test=True)
    assert claim(studio, other_node.publisher(), test=False).stream_id == first.grant.stream_id


def test_a_second_test_is_refused_and_the_first_stays(studio: LeasedStudio, node: Node, other_node: Node) -> None:
    first = live(studio, node, test=True)
    with pytest.raises(KeyInUse):
        claim(studio, other_node.publisher(), test=True)
    assert studio.channel.lease.holder == first.grant.holder


def test_a_test_whose_encoder_comes_back_goes_on(studio: LeasedStudio, node: Node) -> None:
    first = waiting(studio, node, test=True)
    again = claim(studio, node.publisher(), test=True)
    assert (again.stream_id, again.resumed, again.test) == (first.grant.stream_id, True, True)
    assert studio.channel.test


def test_a_broadcast_does_not_continue_a_test(studio: LeasedStudio, node: Node) -> None:
    tested = waiting(studio, node, test=True)
    grant = claim(studio, node.publisher(), test=False)
    assert (grant.resumed, grant.test) == (False, False)
    assert grant.stream_id != tested.grant.stream_id
    assert studio.stream(tested.grant.stream_id).end_reason == EndReason.TEST_REPLACED.value


@pytest.mark.parametrize("test", [True, False])
def test_what_waited_in_vain_is_no_obstacle(studio: LeasedStudio, clock: Clock, test: bool) -> None:
    first = waiting(studio, Node(clock), test=not test)
    clock.forward(60_000)
    grant = claim(studio, Node(clock).publisher(), test=test)
    assert (grant.test, grant.resumed) == (test, False)
    assert grant.stream_id != first.grant.stream_id


def test_a_test_does_not_spend_a_one_time_key(studio: LeasedStudio, node: Node) -> None:
    issued = keyring.create(studio.channel, KeyTerms(max_uses=1), "owner", studio.clock.now)
    tested = StreamHold(admission.claim(issued.key, node.publisher(), None, studio.clock.now, test=True))
    tested.media(studio.clock.now, StreamFacts())
    tested.end(EndReason.CLEAN_STOP, studio.clock.now, 0)
    assert not admission.claim(issued.key, node.publisher(), None, studio.clock.now).test


def test_a_generated_keys_stream_is_its_broadcast_and_not_a_test_before_it(studio: LeasedStudio, node: Node) -> None:
    issued = credentials.generate(studio.channel, "owner", studio.clock.now)
    tested = StreamHold(admission.claim(issued.key, node.publisher(), None, studio.clock.now, test=True))
    tested.end(EndReason.CLEAN_STOP, studio.clock.now, 0)
    broadcast = admission.claim(issued.key, node.publisher(), None, studio.clock.now)
    assert tested.grant.stream_id != broadcast.stream_id == issued.key.first_stream_id


def test_an_ended_test_is_listed_as_one_for_its_owner(studio: LeasedStudio, node: Node) -> None:
    hold = live(studio, node, test=True)
    assert orders.end_now(studio.channel, studio.stream(), EndReason.STOPPED, studio.clock.now)
    (seen,) = discovery.streams_of(studio.channel, 10, None, studio.clock.now)
    assert (seen.stream.stream_id, seen.stream.test) == (hold.grant.stream_id, True)
