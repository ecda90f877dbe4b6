"""Who may publish on a channel, against the real database protocol: claim, hand over, take over, lose."""

import dataclasses
import socket
from collections.abc import Callable
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError
from ulid import ULID

from chalicelib.domain.errors import LeaseLost
from chalicelib.domain.keys import StreamKey
from chalicelib.domain.leases import NODE_LOST_GRACE, SESSION_TTL, Grant, Holder
from chalicelib.domain.measures import Pulse, StreamFacts
from chalicelib.domain.refusals import (
    KeyExpired,
    KeyInUse,
    KeyMissing,
    KeyNotYetValid,
    KeyRevoked,
    KeyUnknown,
    StoreUnavailable,
)
from chalicelib.domain.streams import GRACE, LATE, ChannelStatus, EndReason, StreamState
from chalicelib.domain.timeline import Entry
from chalicelib.services.reading.discovery import view
from chalicelib.services.streams import admission, backstop, lifecycle, orders
from chalicelib.services.streams.holders import HeldBySameEncoder, HolderInDoubt
from chalicelib.services.streams.lifecycle import StreamHold
from chalicelib.services.streams.reaping import Reaper
from chalicelib.store import channels, guard, keys, lease_ends, models, nodes, pulses, timeline
from tests.integration.store.conftest import Clock, LeasedStudio, Node
from tests.support.stack import forget_connections
from tests.support.studio import REGION

EVERYBODY = 1_000_000  # watchers of each node


def live(studio: LeasedStudio, node: Node) -> StreamHold:
    hold = StreamHold(studio.claim(node.publisher()))
    hold.media(studio.clock.now, StreamFacts(width=640, height=360))
    return hold


def waiting(studio: LeasedStudio, node: Node) -> StreamHold:
    """A stream whose encoder is gone since now."""
    hold = live(studio, node)
    hold.lost(studio.clock.now, studio.clock.now, 1_000)
    return hold


def status(studio: LeasedStudio) -> ChannelStatus:
    return view(studio.channel, studio.clock.now).reading.status


# --- claiming --------------------------------------------------------------------------------------------------------


@pytest.mark.requirement("SS-2.1")
@pytest.mark.requirement("SO-2")
def test_a_claim_starts_a_stream(studio: LeasedStudio, node: Node) -> None:
    grant = studio.claim(node.publisher())
    assert (grant.resumed, grant.fence, grant.key_id) == (False, 1, studio.key.key_id)
    stream = studio.stream(grant.stream_id)
    assert (stream.state, stream.client_ip, stream.node_id) == (StreamState.CONNECTING, "192.0.2.1", node.node_id)
    assert status(studio) is ChannelStatus.OFFLINE, "nothing was seen of it yet"


@pytest.mark.requirement("SS-2.3")
def test_a_second_publisher_is_refused_and_the_first_stays(studio: LeasedStudio, node: Node, other_node: Node) -> None:
    first = studio.claim(node.publisher())
    for publisher in (node.publisher(), other_node.publisher()):
        with pytest.raises(KeyInUse) as refused:
            studio.claim(publisher)
        assert (refused.value.channel_id, refused.value.key_id) == (studio.channel_id, studio.key.key_id)
    assert studio.channel.lease.holder == first.holder


def claimed(
    studio: LeasedStudio, holder: Holder, client_ip: str | None, flash_version: str | None, key: StreamKey | None = None
) -> Grant:
    return admission.claim(
        key or studio.key, holder, client_ip, studio.clock.now, flash_version=flash_version, cache=studio.cache
    )


@pytest.mark.requirement("EN-9")
@pytest.mark.parametrize(
    ("client_ip", "flash_version", "may_be_its_own"),
    [
        ("192.0.2.1", "FMLE/3.0", True),
        ("192.0.2.1", None, True),
        ("192.0.2.1", "another", False),
        ("192.0.2.2", "FMLE/3.0", False),
        (None, "FMLE/3.0", False),
    ],
)
def test_a_refusal_says_whether_the_holder_may_be_the_same_encoder_on_another_node(
    studio: LeasedStudio,
    node: Node,
    other_node: Node,
    client_ip: str | None,
    flash_version: str | None,
    may_be_its_own: bool,
) -> None:
    first = claimed(studio, node.publisher(), "192.0.2.1", "FMLE/3.0")
    with pytest.raises(KeyInUse) as refused:
        claimed(studio, other_node.publisher(), client_ip, flash_version)
    assert isinstance(refused.value, HeldBySameEncoder) is may_be_its_own
    assert studio.channel.lease.holder == first.holder, "whoever it is, nothing is taken"


@pytest.mark.requirement("EN-9")
def test_a_holder_on_the_same_node_or_by_another_key_is_not_the_encoders_own(
    studio: LeasedStudio, node: Node, other_node: Node
) -> None:
    claimed(studio, node.publisher(), "192.0.2.1", "FMLE/3.0")
    for holder, key in ((node.publisher(), studio.key), (other_node.publisher(), studio.another())):
        with pytest.raises(KeyInUse) as refused:
            claimed(studio, holder, "192.0.2.1", "FMLE/3.0", key)
        assert not isinstance(refused.value, HeldBySameEncoder)


@pytest.mark.requirement("EN-9")
def test_who_continued_the_stream_is_its_encoder_from_then_on(
    studio: LeasedStudio, node: Node, other_node: Node
) -> None:
    waiting(studio, node)
    claimed(studio, other_node.publisher(), "192.0.2.9", "another")
    with pytest.raises(HeldBySameEncoder):
        claimed(studio, node.publisher(), "192.0.2.9", "another")
    with pytest.raises(KeyInUse) as refused:
        claimed(studio, node.publisher(), "192.0.2.1", None)
    assert not isinstance(refused.value, HeldBySameEncoder)


@pytest.mark.requirement("EN-9")
def test_a_refusal_says_when_the_holder_last_had_media(studio: LeasedStudio, node: Node, other_node: Node) -> None:
    grant = claimed(studio, node.publisher(), "192.0.2.1", "FMLE/3.0")
    for heard in (None, studio.clock.now - 200):
        if heard is not None:
            pulses.put(
                [
                    Pulse(
                        channel_id=grant.channel_id,
                        stream_id=grant.stream_id,
                        seq=1,
                        at=studio.clock.now,
                        bitrate_kbps=1.0,
                        started_at=studio.clock.now,
                        last_media_at=heard,
                    )
                ]
            )
        with pytest.raises(HeldBySameEncoder) as refused:
            claimed(studio, other_node.publisher(), "192.0.2.1", "FMLE/3.0")
        assert refused.value.last_media_at == heard


@pytest.mark.requirement("SS-2.3")
def test_another_key_of_a_busy_channel_is_refused_as_well(studio: LeasedStudio, node: Node) -> None:
    studio.claim(node.publisher())
    with pytest.raises(KeyInUse):
        studio.claim(node.publisher(), studio.another())


def test_asking_again_after_a_lost_answer_gives_the_same_grant(studio: LeasedStudio, node: Node) -> None:
    publisher = node.publisher()
    first = studio.claim(publisher)
    assert studio.claim(publisher) == first
    assert studio.fence == first.fence


def test_a_claim_whose_answer_never_came_is_given_back(studio: LeasedStudio, node: Node, other_node: Node) -> None:
    publisher = node.publisher()
    grant = studio.claim(publisher)
    assert lifecycle.give_back(studio.channel_id, publisher, studio.clock.now)
    assert studio.stream(grant.stream_id).end_reason == EndReason.NO_MEDIA
    assert not lifecycle.give_back(studio.channel_id, publisher, studio.clock.now)
    assert studio.claim(other_node.publisher()).fence > grant.fence


def test_giving_back_touches_nobody_elses_claim(studio: LeasedStudio, node: Node, other_node: Node) -> None:
    mine = studio.claim(node.publisher())
    assert not lifecycle.give_back(studio.channel_id, other_node.publisher(), studio.clock.now)
    assert studio.channel.lease.holder == mine.holder


# --- keys ------------------------------------------------------------------------------------------------------------


@pytest.mark.requirement("SS-2.2")
@pytest.mark.parametrize("stream_key", ["short", "a" * 40, "a" * 39 + "-", "x" * 10_000])
def test_a_key_that_nobody_has_is_unknown(studio: LeasedStudio, stream_key: str) -> None:
    with pytest.raises(KeyUnknown):
        admission.authenticate(stream_key, studio.clock.now, studio.cache)


def test_no_key_is_missing_and_not_unknown(studio: LeasedStudio) -> None:
    with pytest.raises(KeyMissing):
        admission.authenticate("", studio.clock.now, studio.cache)


@pytest.mark.requirement("SS-6.6")
@pytest.mark.requirement("SO-7")
def test_a_revoked_key_is_refused_although_it_is_cached(studio: LeasedStudio, node: Node) -> None:
    cached = admission.authenticate(studio.stream_key, studio.clock.now, studio.cache)
    keys.revoke(cached)
    assert admission.authenticate(studio.stream_key, studio.clock.now, studio.cache) == cached, "the cache answered"
    with pytest.raises(KeyRevoked) as refused:
        studio.claim(node.publisher(), cached)
    assert refused.value.channel_id == studio.channel_id
    with pytest.raises(KeyRevoked):
        admission.authenticate(studio.stream_key, studio.clock.now, studio.cache)
    assert studio.channel.lease.holder is None


@pytest.mark.requirement("SO-7")
def test_a_revoked_key_does_not_continue_a_stream(studio: LeasedStudio, node: Node) -> None:
    waiting(studio, node)
    keys.revoke(studio.key)
    with pytest.raises(KeyRevoked):
        studio.claim(node.publisher())


@pytest.mark.requirement("SO-8")
def test_a_key_that_expires_between_look_up_and_claim_is_refused(
    studio: LeasedStudio, node: Node, clock: Clock
) -> None:
    key = studio.another(expires_at=clock.now + 10)
    with pytest.raises(KeyExpired):
        admission.claim(key, node.publisher(), None, clock.now + 10, cache=studio.cache)
    assert studio.claim(node.publisher(), key).key_id == key.key_id


def test_a_key_whose_time_has_not_come_is_refused(studio: LeasedStudio, node: Node, clock: Clock) -> None:
    key = studio.another(not_before=clock.now + 10)
    with pytest.raises(KeyNotYetValid):
        studio.claim(node.publisher(), key)
    clock.forward(10)
    assert studio.claim(node.publisher(), key).fence == 1


def test_a_key_that_was_replaced_is_dead_and_the_new_one_works(studio: LeasedStudio, node: Node, clock: Clock) -> None:
    old, new = studio.channel, studio.another()
    fresh = dataclasses.replace(new, key_hash="f" * 64, key_id="key_fresh")
    channels.replace_key(old, fresh)
    with pytest.raises(KeyRevoked):
        studio.claim(node.publisher())
    assert studio.claim(node.publisher(), fresh).key_id == "key_fresh"


def test_keys_that_expire_or_were_replaced_are_not_kept_for_ever(studio: LeasedStudio, clock: Clock) -> None:
    day = 86_400_000
    expiring, fresh = studio.another(expires_at=clock.now + day), studio.another()
    channels.replace_key(studio.channel, dataclasses.replace(fresh, key_hash=f"{ULID()}"))
    kept = {key.key_hash: models.Key.get(key.key_hash).ttl for key in (expiring, studio.key, fresh)}
    kept_for_days = 90
    assert kept == {
        expiring.key_hash: (clock.now + day) // 1000 + kept_for_days * 86_400,
        studio.key.key_hash: clock.now // 1000 + kept_for_days * 86_400,
        fresh.key_hash: None,
    }


# --- interruptions ---------------------------------------------------------------------------------------------------


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


# --- dead nodes ------------------------------------------------------------------------------------------------------


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


def reaper_of(node: Node) -> Reaper:
    """Its look at all others: the emulator has the nodes of many tests, and which are neighbours is chance."""
    return Reaper(node.membership.node, node.membership.may_declare_dead, watchers=EVERYBODY)


def peer(clock: Clock) -> Reaper:
    """That of a node which may judge."""
    return Reaper(Node(clock).membership.node, watchers=EVERYBODY)


def ended_of(reaper: Reaper, grant: Grant, clock: Clock) -> list[str | None]:
    return [event.reason for event in reaper.sweep(clock.now) if event.stream_id == grant.stream_id]


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
    assert ended_of(reaper, grant, clock) == [EndReason.NODE_LOST]
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


# --- orders ----------------------------------------------------------------------------------------------------------


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


# --- trouble with the database ---------------------------------------------------------------------------------------


@pytest.fixture
def no_database(studio: LeasedStudio, node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    """The endpoint is closed: nobody listens there."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        closed = held.getsockname()[1]
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{closed}")
    forget_connections()


@pytest.mark.requirement("ST-11")
def test_an_unreachable_database_fails_every_claim_closed(studio: LeasedStudio, node: Node, no_database: None) -> None:
    with pytest.raises(StoreUnavailable):
        admission.authenticate(studio.stream_key, studio.clock.now, studio.cache)
    with pytest.raises(StoreUnavailable):
        studio.claim(node.publisher())
    with pytest.raises(StoreUnavailable):
        node.renew()


def test_meeting_another_transaction_is_no_lost_lease(
    studio: LeasedStudio, node: Node, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As DynamoDB answers while somebody edits the channel's title; the emulator never does."""
    hold = live(studio, node)
    contended = ContendedOnce(monkeypatch, "TransactionCanceledException")
    with pytest.raises(guard.Contended):
        hold.lost(clock.now, clock.now, 0)
    assert contended.met
    assert hold.lost(clock.now, clock.now, 0) is not None


def test_a_claim_that_meets_another_transaction_is_tried_again(
    studio: LeasedStudio, node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    contended = ContendedOnce(monkeypatch, "TransactionCanceledException")
    assert studio.claim(node.publisher()).fence == 1
    assert contended.met


def test_an_edit_that_meets_a_transaction_is_tried_again(studio: LeasedStudio, monkeypatch: pytest.MonkeyPatch) -> None:
    contended = ContendedOnce(monkeypatch, "TransactionConflictException")
    assert channels.edit(studio.channel_id, {"title": "Evening show"}).title == "Evening show"
    assert contended.met


class ContendedOnce:
    """The first write from now on is answered with a conflict."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
        self.met = False
        real = BaseClient._make_api_call  # type: ignore[attr-defined]

        def answer(client: BaseClient, operation: str, arguments: dict[str, Any]) -> Any:
            if self.met or operation not in ("TransactWriteItems", "UpdateItem"):
                return real(client, operation, arguments)
            self.met = True
            reasons = [{"Code": "None"}, {"Code": "TransactionConflict"}]
            body: Any = {"Error": {"Code": code, "Message": "conflict"}, "CancellationReasons": reasons}
            raise ClientError(body, operation)

        monkeypatch.setattr(BaseClient, "_make_api_call", answer)


def test_two_first_requests_at_once_make_one_channel(studio: LeasedStudio, clock: Clock) -> None:
    assert not channels.create(studio.channel, studio.another())
    assert nodes.find("no-such-node") is None
