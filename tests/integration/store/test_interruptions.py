"""An interrupted stream, against the real database protocol: continued, or ended once its grace is over; and orders."""

import pytest

from chalicelib.domain.errors import LeaseLost
from chalicelib.domain.leases import NODE_LOST_GRACE, Grant
from chalicelib.domain.measures import StreamFacts
from chalicelib.domain.refusals import (
    KeyInUse,
)
from chalicelib.domain.streams import GRACE, LATE, ChannelStatus, EndReason, StreamState
from chalicelib.domain.timeline import Entry
from chalicelib.services.streams import admission, orders
from chalicelib.services.streams.holders import HolderInDoubt
from chalicelib.services.streams.lifecycle import StreamHold
from chalicelib.store import lease_ends, timeline
from tests.integration.store.conftest import Clock, LeasedStudio, Node
from tests.integration.store.holds import ended_of, live, peer, status, waiting

# --- interruptions ----------------------------------------------------------------------------------------------------


@pytest.mark.requirement("SS-3.3")
def test_an_encoder_that_comes_back_continues_its_stream(studio: LeasedStudio, node: Node, clock: Clock) -> None:
    first = waiting(studio, node)
    assert status(studio) is ChannelStatus.RECONNECTING
    clock.forward(GRACE - 1)
    node.renew()
    again = studio.claim(node.publisher())
    assert (again.stream_id, again.resumed, again.started_at) == (first.grant.stream_id, True, first.started_at)
    assert again.fence == first.grant.fence + 1
    assert status(studio) is ChannelStatus.RECONNECTING
    event = StreamHold(again).media(clock.now, StreamFacts())
    assert event is not None
    assert event.event_name == "Stream Resumed"
    assert status(studio) is ChannelStatus.LIVE


def test_another_node_may_continue_the_stream(studio: LeasedStudio, node: Node, other_node: Node) -> None:
    first = waiting(studio, node)
    again = studio.claim(other_node.publisher())
    assert again.stream_id == first.grant.stream_id
    assert studio.stream().node_id == other_node.node_id


@pytest.mark.requirement("SO-7")
def test_a_stream_goes_by_the_key_that_continued_it(studio: LeasedStudio, node: Node) -> None:
    waiting(studio, node)
    other = studio.another()
    studio.claim(node.publisher(), other)
    assert studio.stream().key_id == other.key_id


def test_only_one_stream_is_asked_for_and_no_other_started(studio: LeasedStudio, node: Node, clock: Clock) -> None:
    first = waiting(studio, node)
    clock.forward(GRACE)
    with pytest.raises(KeyInUse):
        admission.claim(studio.key, node.publisher(), None, clock.now, only=first.grant.stream_id, cache=studio.cache)


@pytest.mark.requirement("SS-3.3")
def test_after_the_grace_a_new_stream_starts_and_the_old_one_is_ended_and_told(
    studio: LeasedStudio, node: Node, clock: Clock
) -> None:
    first = waiting(studio, node).grant
    clock.forward(GRACE + LATE)
    assert status(studio) is ChannelStatus.OFFLINE, "though nobody cleaned up"
    second = studio.claim(node.publisher())
    assert second.stream_id > first.stream_id
    assert second.fence > first.fence
    ended = studio.stream(first.stream_id)
    assert (ended.state, ended.end_reason, ended.ended_at) == (StreamState.ENDED, EndReason.GRACE_OVER, clock.now)
    assert [entry.kind for entry in timeline.of_stream(first.stream_id)] == ["Stream End"]


def test_a_stream_that_never_was_live_is_not_continued(studio: LeasedStudio, node: Node, clock: Clock) -> None:
    first = studio.claim(node.publisher())
    node.crash()
    second = studio.claim(Node(clock).publisher())
    assert second.stream_id != first.stream_id
    assert studio.stream(first.stream_id).state is StreamState.ENDED


@pytest.mark.requirement("SO-12")
def test_a_step_that_is_repeated_does_it_once(studio: LeasedStudio, node: Node, clock: Clock) -> None:
    hold = live(studio, node)
    assert hold.media(clock.now, StreamFacts()) is None
    hold.lost(clock.now, clock.now, 0)
    hold.lost(clock.now, clock.now, 0)
    assert hold.end(EndReason.GRACE_OVER, clock.now, 5) is not None
    assert hold.end(EndReason.CLEAN_STOP, clock.now, 5) is None
    assert studio.stream().end_reason == EndReason.GRACE_OVER


def test_an_end_whose_answer_was_lost_is_done_when_asked_again(studio: LeasedStudio, node: Node, clock: Clock) -> None:
    grant = live(studio, node).grant

    def finish(seq: int, reason: EndReason) -> None:
        told = Entry(grant.stream_id, seq, clock.now, "Stream End", {})
        lease_ends.finish(grant.channel_id, grant.fence, reason, 7, told)

    for seq in (5, 6):
        finish(seq, EndReason.CLEAN_STOP)
    with pytest.raises(LeaseLost):
        finish(7, EndReason.STOPPED)
    assert [entry.seq for entry in timeline.of_stream(grant.stream_id)] == [5]


@pytest.mark.requirement("FX-11")
def test_the_end_is_in_the_timeline_though_nobody_lived_to_tell_it(
    studio: LeasedStudio, node: Node, clock: Clock
) -> None:
    hold = live(studio, node)
    hold.end(EndReason.CLEAN_STOP, clock.now, 7)
    (end,) = timeline.of_stream(hold.grant.stream_id)
    assert (end.kind, end.facts["reason"], end.at) == ("Stream End", EndReason.CLEAN_STOP, clock.now)

    swept = live(studio, node).grant
    node.crash()
    clock.forward(NODE_LOST_GRACE)
    assert ended_of(peer(clock), swept, clock) == [EndReason.NODE_LOST]
    assert [entry.facts["reason"] for entry in timeline.of_stream(swept.stream_id)] == [EndReason.NODE_LOST]


@pytest.mark.requirement("SS-2.3")
@pytest.mark.requirement("SO-11")
def test_after_an_outage_no_channel_is_taken_from_who_could_not_renew_yet(
    studio: LeasedStudio, node: Node, other_node: Node, clock: Clock
) -> None:
    live(studio, node)
    clock.forward(60_000)
    other_node.renew()

    def claim() -> Grant:
        may_declare_dead = other_node.membership.may_declare_dead(clock.now)
        holder = other_node.publisher()
        return admission.claim(
            studio.key, holder, None, clock.now, may_declare_dead=may_declare_dead, cache=studio.cache
        )

    with pytest.raises(HolderInDoubt):
        claim()
    node.renew()
    with pytest.raises(KeyInUse) as refused:
        claim()
    assert not isinstance(refused.value, HolderInDoubt)
    node.restarted()
    assert claim(), "an earlier run is over without judging"


# --- orders -----------------------------------------------------------------------------------------------------------


@pytest.mark.requirement("SS-1.3")
def test_an_order_reaches_the_holder_with_its_renewal_until_it_is_acknowledged(
    studio: LeasedStudio, node: Node, clock: Clock
) -> None:
    grant = live(studio, node).grant
    assert orders.stop_channel(studio.channel_id, EndReason.STOPPED, clock.now) == grant.stream_id
    for _ in range(2):
        renewed = node.membership.renew(lambda: clock.now, 1)
        assert [(order.stream_id, order.reason) for order in renewed.end] == [(grant.stream_id, EndReason.STOPPED)]
    node.membership.acknowledge(renewed.end)
    assert node.membership.renew(lambda: clock.now, 1).end == ()


def test_a_stream_without_a_holder_is_ended_at_once(studio: LeasedStudio, node: Node, clock: Clock) -> None:
    hold = waiting(studio, node)
    orders.stop_channel(studio.channel_id, EndReason.STOPPED, clock.now)
    assert studio.stream().end_reason == EndReason.STOPPED
    assert not admission.still_held(hold.grant, StreamState.RECONNECTING)
    assert [entry.kind for entry in timeline.of_stream(hold.grant.stream_id)] == ["Stream End"]
