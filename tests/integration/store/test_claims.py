"""Who may publish on a channel, against the real database protocol: claims and keys."""

import dataclasses

import pytest
from ulid import ULID

from chalicelib.domain.keys import StreamKey
from chalicelib.domain.leases import Grant, Holder
from chalicelib.domain.measures import Pulse
from chalicelib.domain.refusals import (
    KeyExpired,
    KeyInUse,
    KeyMissing,
    KeyNotYetValid,
    KeyRevoked,
    KeyUnknown,
)
from chalicelib.domain.streams import ChannelStatus, EndReason, StreamState
from chalicelib.services.streams import admission, lifecycle
from chalicelib.services.streams.holders import HeldBySameEncoder
from chalicelib.store import channels, keys, models, pulses
from tests.integration.store.conftest import Clock, LeasedStudio, Node
from tests.integration.store.holds import status, waiting

# --- claiming ---------------------------------------------------------------------------------------------------------


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


# --- keys -------------------------------------------------------------------------------------------------------------


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
