"""Keys for one planned broadcast: valid only then, moved with it, revoked with it."""

import pytest

from chalicelib.domain.channels import Channel
from chalicelib.domain.keys import KeyStatus, KeyTerms, StreamKey
from chalicelib.domain.not_found import BroadcastNotFound
from chalicelib.domain.refusals import KeyNotYetValid
from chalicelib.domain.schedule import HOUR, KEY_AFTER, KEY_BEFORE, MINUTE, Broadcast
from chalicelib.domain.streams import EndReason
from chalicelib.services import schedule
from chalicelib.services.keys import changes, keyring, scheduled
from chalicelib.services.keys.keyring import RevealedKey
from chalicelib.store import keys
from tests.integration.admin.conftest import House

pytestmark = [pytest.mark.needs("ministack"), pytest.mark.requirement("FX-5")]


def planned(house: House, channel: Channel, starts_in: int = HOUR) -> Broadcast:
    return schedule.plan(channel, "Chess", house.now + starts_in, 60, "Europe/Berlin", house.now)


def key_for(house: House, channel: Channel, broadcast: Broadcast) -> RevealedKey:
    terms = scheduled.timed(channel, KeyTerms("Ann", broadcast_id=broadcast.broadcast_id), house.now)
    return keyring.create(channel, terms, channel.owner, house.now)


def stored(key: StreamKey) -> StreamKey:
    found = keys.find(key.key_hash)
    assert found is not None
    return found


def move(house: House, channel: Channel, broadcast: Broadcast, **to: int) -> Broadcast:
    moved = schedule.edit(channel, broadcast.broadcast_id, to, house.now)
    scheduled.move(channel, moved, channel.owner, house.now)
    return moved


def test_it_goes_live_only_around_its_broadcast(house: House) -> None:
    channel = house.channel()
    issued = key_for(house, channel, planned(house, channel))
    with pytest.raises(KeyNotYetValid):
        house.claim(issued.stream_key)
    house.forward(HOUR - KEY_BEFORE)
    house.live(issued.stream_key)
    assert issued.key.expires_at == issued.key.created_at + 2 * HOUR + KEY_AFTER


def test_it_moves_with_its_broadcast_and_a_stream_that_uses_it_learns_that(house: House) -> None:
    channel = house.channel()
    broadcast = planned(house, channel, 10 * MINUTE)
    issued = key_for(house, channel, broadcast)
    stream_id = house.live(issued.stream_key).grant.stream_id
    moved = move(house, channel, broadcast, minutes=90)
    assert stored(issued.key).expires_at == moved.ends_at + KEY_AFTER
    assert house.reviews() == {stream_id}


def test_one_that_was_replaced_keeps_its_end_and_its_successor_moves(house: House) -> None:
    channel = house.channel()
    broadcast = planned(house, channel)
    old = key_for(house, channel, broadcast)
    new = changes.rotate(channel, old.key.key_id, 5 * MINUTE, channel.owner, house.now)
    moved = move(house, channel, broadcast, starts_at=house.now + 5 * HOUR)
    assert stored(old.key).expires_at == house.now + 5 * MINUTE
    assert stored(new.key).not_before == moved.starts_at - KEY_BEFORE


def test_it_is_revoked_where_its_time_is_over_after_a_change(house: House) -> None:
    channel = house.channel()
    broadcast = schedule.plan(channel, "Chess", house.now + MINUTE, 10 * 60, "UTC", house.now)
    issued = key_for(house, channel, broadcast)
    house.forward(5 * HOUR)
    move(house, channel, broadcast, minutes=30)
    assert stored(issued.key).status is KeyStatus.REVOKED


def test_it_is_revoked_with_its_broadcast_and_its_stream_ends(house: House) -> None:
    channel = house.channel()
    broadcast = planned(house, channel, 10 * MINUTE)
    issued, other = key_for(house, channel, broadcast), house.key(channel)
    stream_id = house.live(issued.stream_key).grant.stream_id
    for _ in range(2):
        scheduled.revoke(channel, broadcast.broadcast_id, channel.owner, house.now)
    assert stored(issued.key).status is KeyStatus.REVOKED
    assert stored(other.key).status is KeyStatus.ACTIVE
    assert house.orders() == {(stream_id, EndReason.KEY_REVOKED.value)}


def test_a_broadcast_of_another_channel_is_none(house: House) -> None:
    theirs = planned(house, house.channel())
    with pytest.raises(BroadcastNotFound):
        scheduled.timed(house.channel(), KeyTerms(broadcast_id=theirs.broadcast_id), house.now)
