"""What a dead node left, against the real database protocol: taken over, swept, and never from one that lives."""

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.domain.errors import LeaseLost
from chalicelib.domain.leases import NODE_LOST_GRACE, SESSION_TTL
from chalicelib.domain.measures import StreamFacts
from chalicelib.domain.refusals import (
    KeyInUse,
    StoreUnavailable,
)
from chalicelib.domain.streams import GRACE, ChannelStatus, EndReason, StreamState
from chalicelib.services.streams import admission, backstop
from chalicelib.services.streams.lifecycle import StreamHold
from chalicelib.store import lease_ends
from tests.integration.store.conftest import Clock, LeasedStudio, Node
from tests.integration.store.holds import ended_of, live, peer, reaper_of, status, waiting
from tests.support.studio import REGION


@pytest.mark.requirement("SS-6.4")
def test_a_channel_is_taken_over_only_from_a_dead_session(
    studio: LeasedStudio, node: Node, other_node: Node, clock: Clock
) -> None:
    first = live(studio, node)
    clock.now = node.membership.expires_at + 1_000
    with pytest.raises(KeyInUse):
        studio.claim(other_node.publisher())
    assert status(studio) is ChannelStatus.LIVE
    clock.forward(1)
    second = studio.claim(other_node.publisher())
    assert (second.stream_id, second.fence) == (first.grant.stream_id, first.grant.fence + 1)


@pytest.mark.requirement("SS-6.4")
def test_a_node_that_renews_keeps_its_channels(
    studio: LeasedStudio, node: Node, other_node: Node, clock: Clock
) -> None:
    live(studio, node)
    for _ in range(5):
        clock.forward(5_000)
        node.renew()
        with pytest.raises(KeyInUse):
            studio.claim(other_node.publisher())


@pytest.mark.requirement("SS-6.4")
def test_a_restarted_node_frees_what_its_last_run_held(studio: LeasedStudio, node: Node) -> None:
    first = live(studio, node)
    restarted = node.restarted()
    assert status(studio) is ChannelStatus.OFFLINE
    second = studio.claim(restarted.publisher())
    assert second.fence > first.grant.fence


@pytest.mark.requirement("SS-6.4")
@pytest.mark.parametrize("how", ["taken over", "reaped"])
def test_a_zombies_writes_fail(studio: LeasedStudio, node: Node, other_node: Node, clock: Clock, how: str) -> None:
    zombie = live(studio, node)
    late = dataclasses.replace(zombie.grant)
    node.crash()
    if how == "taken over":
        studio.claim(other_node.publisher())
    else:
        clock.forward(NODE_LOST_GRACE)
        peer(clock).sweep(clock.now)
    writes: list[Callable[[], object]] = [
        lambda: zombie.measured(StreamFacts(width=1)),
        lambda: zombie.lost(clock.now, clock.now, 0),
        lambda: zombie.end(EndReason.CLEAN_STOP, clock.now, 0),
        lambda: StreamHold(late).media(clock.now, StreamFacts()),
    ]
    before = (studio.channel, studio.stream(late.stream_id))
    for write in writes:
        with pytest.raises(LeaseLost):
            write()
    assert (studio.channel, studio.stream(late.stream_id)) == before
    assert not admission.still_held(late, StreamState.LIVE)


@pytest.mark.requirement("SS-6.4")
def test_a_dead_nodes_stream_is_swept_once_its_grace_is_over(studio: LeasedStudio, node: Node, clock: Clock) -> None:
    grant = live(studio, node).grant
    reaper = peer(clock)
    node.crash()
    assert ended_of(reaper, grant, clock) == [], "its encoder may yet come back elsewhere"
    clock.forward(NODE_LOST_GRACE)
    assert ended_of(reaper, grant, clock) == [EndReason.NODE_LOST]
    assert ended_of(reaper, grant, clock) == []
    assert [e for e in peer(clock).sweep(clock.now) if e.stream_id == grant.stream_id] == []
    assert studio.channel.lease.holder is None
    assert studio.fence > grant.fence


@pytest.mark.requirement("SO-11")
def test_a_renewal_that_lay_in_the_outage_itself_tells_of_it(node: Node, clock: Clock) -> None:
    """Sent while the session was good, answered when everybody's might have run out."""
    for _ in range(2):
        clock.forward(SESSION_TTL // 2)
        node.renew()
    assert node.membership.may_declare_dead(clock.now)
    sent_at = clock.forward(SESSION_TTL - 1_500)
    answered_at = clock.forward(1_500)
    times = iter((sent_at, answered_at))
    node.membership.renew(lambda: next(times), 0)
    assert node.membership.is_trusted(answered_at)
    assert not node.membership.may_declare_dead(answered_at)


@pytest.mark.requirement("SO-11")
def test_after_an_outage_nobody_is_taken_for_dead_before_the_living_could_renew(
    studio: LeasedStudio, node: Node, other_node: Node, clock: Clock
) -> None:
    """The database was away for longer than any session or grace; the other node is back a moment earlier."""
    grant = live(studio, node).grant
    newcomer = Node(clock)
    clock.forward(60_000)
    other_node.renew()
    newest = Node(clock)
    for judge in (node, other_node, newcomer, newest):
        assert ended_of(reaper_of(judge), grant, clock) == []

    def pause(seconds: float) -> None:
        clock.forward(int(seconds * 1000))
        node.renew()

    ended = backstop.sweep([REGION], lambda: clock.now, pause)
    assert [e for e in ended if e.stream_id == grant.stream_id] == []
    assert admission.still_held(grant, StreamState.LIVE)

    clock.forward(60_000)
    for _ in range(3):  # it sees again for as long as a session lasts, and the first node is still not back
        other_node.renew()
        clock.forward(SESSION_TTL // 2)
    reaper = reaper_of(other_node)
    assert ended_of(reaper, grant, clock) == [EndReason.NODE_LOST], "it never came back"


def test_a_nodes_last_run_is_ended_without_judging(studio: LeasedStudio, node: Node, clock: Clock) -> None:
    grant = live(studio, node).grant
    again = node.restarted()
    assert ended_of(reaper_of(again), grant, clock) == [EndReason.NODE_LOST]


def test_what_a_nodes_last_run_left_waiting_is_ended_when_its_time_is_over(
    studio: LeasedStudio, node: Node, clock: Clock
) -> None:
    grant = waiting(studio, node).grant
    again = node.restarted()
    reaper = reaper_of(again)
    assert ended_of(reaper, grant, clock) == [], "its encoder may yet come back"
    assert reaper.next_end == clock.now + GRACE
    clock.forward(GRACE)
    assert ended_of(reaper, grant, clock) == [EndReason.GRACE_OVER], "its connection was lost before the node was"
    assert reaper.next_end is None


def test_a_node_that_woke_up_and_dies_again_is_swept_again(
    studio: LeasedStudio, node: Node, other_node: Node, clock: Clock
) -> None:
    reaper = peer(clock)
    node.crash()
    other_node.renew()
    reaper.sweep(clock.now)
    node.renew()
    other_node.renew()
    reaper.sweep(clock.now)
    grant = live(studio, node).grant
    node.crash()
    clock.forward(NODE_LOST_GRACE)
    other_node.renew()
    assert ended_of(reaper, grant, clock) == [EndReason.NODE_LOST]


@pytest.mark.requirement("SO-11")
def test_what_was_ended_before_the_database_went_away_is_told_all_the_same(
    studio: LeasedStudio, node: Node, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    grants = {live(one, node).grant.stream_id for one in (studio, LeasedStudio(clock))}
    node.crash()
    clock.forward(NODE_LOST_GRACE)
    reaper = peer(clock)
    reap = lease_ends.reap

    def once(*args: Any) -> bool:
        monkeypatch.setattr(lease_ends, "reap", away)
        return reap(*args)

    def away(*_: Any) -> bool:
        raise StoreUnavailable()

    monkeypatch.setattr(lease_ends, "reap", once)
    ended = reaper.sweep(clock.now)
    assert len(ended) == 1
    with pytest.raises(StoreUnavailable):
        reaper.sweep(clock.now)
    monkeypatch.setattr(lease_ends, "reap", reap)
    ended += reaper.sweep(clock.now)
    assert {event.stream_id for event in ended} >= grants


def test_a_living_nodes_stream_is_never_swept(studio: LeasedStudio, node: Node, clock: Clock) -> None:
    grant = live(studio, node).grant
    assert [e for e in peer(clock).sweep(clock.now) if e.stream_id == grant.stream_id] == []
    assert admission.still_held(grant, StreamState.LIVE)


@pytest.mark.requirement("SO-5")
def test_what_is_not_true_of_the_picture_any_more_is_not_kept(studio: LeasedStudio, node: Node) -> None:
    hold = live(studio, node)
    hold.measured(StreamFacts(width=640, height=360, video_codec="h264", video_level="4.1"))
    assert studio.stream().facts.video_level == "4.1"
    hold.measured(StreamFacts(width=640, height=360, video_codec="hevc"))
    assert (studio.stream().facts.video_codec, studio.stream().facts.video_level) == ("hevc", None)
