"""Keys whose terms change, and what that means for streams and for keys that nodes have in memory."""

import dataclasses

import pytest

from chalicelib.domain.errors import InvalidInput, KeyChanged, KeyNotActive
from chalicelib.domain.keys import KeyReading, KeyRole, KeyTerms, StreamKey
from chalicelib.domain.measures import StreamFacts
from chalicelib.domain.refusals import KeyExpired, KeyNotAllowedHere, KeyRevoked, KeyUsedUp
from chalicelib.domain.streams import EndReason
from chalicelib.services.keys import changes, credentials, keyring
from chalicelib.services.keys.keyring import KeyView
from chalicelib.services.streams.lifecycle import StreamHold
from chalicelib.store import channels, keys
from tests.integration.admin.conftest import House

pytestmark = [pytest.mark.needs("ministack"), pytest.mark.requirement("FX-17")]

MINUTE = 60_000


def stored(key: StreamKey) -> StreamKey:
    found = keys.find(key.key_hash)
    assert found is not None
    return found


def seen(house: House, key: StreamKey) -> KeyView:
    return keyring.views([stored(key)], house.now)[0]


def end(house: House, hold: StreamHold) -> None:
    hold.end(EndReason.CLEAN_STOP, house.now, 0)


# --- uses -------------------------------------------------------------------------------------------------------------


def test_a_key_for_three_streams_starts_three(house: House) -> None:
    issued = house.key(house.channel(), KeyTerms(max_uses=3))
    for left in (2, 1, 0):
        hold = house.live(issued.stream_key)
        assert stored(issued.key).uses_left == left
        end(house, hold)
    with pytest.raises(KeyUsedUp):
        house.claim(issued.stream_key)
    assert seen(house, issued.key).reading is KeyReading.EXPIRED


def test_an_interruption_is_no_further_use(house: House) -> None:
    issued = house.key(house.channel(), KeyTerms(max_uses=2))
    hold = house.live(issued.stream_key)
    hold.lost(house.now, house.now, 0)
    assert house.claim(issued.stream_key).stream_id == hold.grant.stream_id
    assert stored(issued.key).uses == 1


def test_a_key_that_comes_back_to_its_stream_after_another_one_is_used_once(house: House) -> None:
    channel = house.channel()
    guest, other = house.key(channel, KeyTerms(max_uses=1)), house.key(channel)
    hold = house.live(guest.stream_key)
    for key in (other, guest):
        hold.lost(house.now, house.now, 0)
        hold = StreamHold(house.claim(key.stream_key))
        hold.media(house.now, StreamFacts())
    assert (stored(guest.key).uses, stored(other.key).uses) == (1, 1)


def test_who_used_a_key_last_is_known(house: House) -> None:
    issued = house.key(house.channel())
    hold = StreamHold(house.claim(issued.stream_key, "203.0.113.9"))
    assert (seen(house, issued.key).key.last_client_ip, seen(house, issued.key).encoder) == ("203.0.113.9", None)
    hold.media(house.now, StreamFacts(encoder="obs-output module"))
    assert seen(house, issued.key).encoder == "obs-output module"
    end(house, hold)
    keyring.revoke(issued.key, "test", house.now)
    assert seen(house, issued.key).encoder == "obs-output module"


# --- edits ------------------------------------------------------------------------------------------------------------


def test_new_networks_count_for_the_next_connection_although_the_key_is_cached(house: House) -> None:
    channel = house.channel()
    issued = house.key(channel)
    end(house, house.live(issued.stream_key))
    changes.edit(channel, issued.key.key_id, {"allow_list": ["192.0.2.0/24"]}, "test", house.now)
    assert house.cache.find(issued.key.key_hash, house.now) is not None
    with pytest.raises(KeyNotAllowedHere):
        house.claim(issued.stream_key, "203.0.113.7")
    assert house.claim(issued.stream_key, "192.0.2.1").stream_id


def test_wider_networks_count_at_once_although_the_key_is_cached(house: House) -> None:
    channel = house.channel()
    issued = house.key(channel, KeyTerms(allow_list=["192.0.2.0/24"]))
    with pytest.raises(KeyNotAllowedHere):
        house.claim(issued.stream_key, "203.0.113.7")
    changes.edit(channel, issued.key.key_id, {"allow_list": []}, "test", house.now)
    assert house.claim(issued.stream_key, "203.0.113.7").stream_id


def test_an_expired_key_may_be_extended_and_a_cached_one_knows(house: House) -> None:
    channel = house.channel()
    issued = house.key(channel, KeyTerms(expires_at=house.now + MINUTE))
    end(house, house.live(issued.stream_key))
    changes.edit(channel, issued.key.key_id, {"expires_at": house.now + 5 * MINUTE}, "test", house.now)
    house.forward(2 * MINUTE)
    grant = house.claim(issued.stream_key)
    assert grant.key is not None
    assert grant.key.expires_at == stored(issued.key).expires_at


def test_an_earlier_expiry_is_reviewed_by_the_node_with_its_stream(house: House) -> None:
    channel = house.channel()
    issued = house.key(channel)
    hold = house.live(issued.stream_key)
    changes.edit(channel, issued.key.key_id, {"expires_at": house.now + MINUTE}, "test", house.now)
    assert house.reviews() == {hold.grant.stream_id}


def test_the_stream_of_another_key_is_not_reviewed(house: House) -> None:
    channel = house.channel()
    issued = house.key(channel)
    house.live(house.key(channel).stream_key)
    changes.edit(channel, issued.key.key_id, {"label": "Ann"}, "test", house.now)
    assert house.reviews() == set()


def test_of_two_edits_at_once_the_later_is_told(house: House) -> None:
    channel = house.channel()
    read = house.key(channel).key
    changes.edit(channel, read.key_id, {"label": "first"}, "test", house.now)
    assert not keys.edit(dataclasses.replace(read, label="second"))
    assert stored(read).label == "first"


def test_a_revoked_key_stays_as_it_is(house: House) -> None:
    channel = house.channel()
    issued = house.key(channel)
    keyring.revoke(issued.key, "test", house.now)
    with pytest.raises(KeyNotActive):
        changes.edit(channel, issued.key.key_id, {"expires_at": None}, "test", house.now)


def test_times_that_leave_no_time_are_refused_in_an_edit(house: House) -> None:
    channel = house.channel()
    issued = house.key(channel, KeyTerms(not_before=house.now + 5 * MINUTE))
    for expires_at in (house.now, house.now + MINUTE):
        with pytest.raises(InvalidInput):
            changes.edit(channel, issued.key.key_id, {"expires_at": expires_at}, "test", house.now)


# --- rotations --------------------------------------------------------------------------------------------------------

TERMS = KeyTerms("Ann", role=KeyRole.GUEST, max_uses=3, allow_list=["203.0.113.0/24"])


def test_a_rotation_at_once_ends_the_old_key_and_its_stream(house: House) -> None:
    channel = house.channel()
    old = house.key(channel, TERMS)
    hold = house.live(old.stream_key)
    new = changes.rotate(channel, old.key.key_id, 0, "test", house.now)
    assert (hold.grant.stream_id, EndReason.KEY_RESET) in house.orders()
    end(house, hold)
    with pytest.raises(KeyRevoked):
        house.claim(old.stream_key)
    assert house.claim(new.stream_key).stream_id


def test_a_rotated_key_has_the_same_terms_and_the_uses_that_were_left(house: House) -> None:
    channel = house.channel()
    old = house.key(channel, TERMS)
    end(house, house.live(old.stream_key))
    new = changes.rotate(channel, old.key.key_id, 0, "test", house.now).key
    assert (new.label, new.role, new.allow_list, new.max_uses) == ("Ann", KeyRole.GUEST, ["203.0.113.0/24"], 2)
    assert stored(old.key).replaced_by == new.key_id


def test_with_an_overlap_both_keys_are_good_until_it_ends(house: House) -> None:
    channel = house.channel()
    old = house.key(channel, TERMS)
    hold = house.live(old.stream_key)
    new = changes.rotate(channel, old.key.key_id, 10 * MINUTE, "test", house.now)
    assert house.orders() == set()
    assert house.reviews() == {hold.grant.stream_id}, "the node learns of the new expiry"
    end(house, hold)
    end(house, house.live(old.stream_key))
    house.forward(10 * MINUTE)
    with pytest.raises(KeyExpired):
        house.claim(old.stream_key)
    assert house.claim(new.stream_key).stream_id


def test_an_overlap_never_extends_the_old_key(house: House) -> None:
    channel = house.channel()
    old = house.key(channel, KeyTerms(expires_at=house.now + MINUTE))
    changes.rotate(channel, old.key.key_id, 10 * MINUTE, "test", house.now)
    assert stored(old.key).expires_at == house.now + MINUTE


@pytest.mark.parametrize("overlap", [0, 10 * MINUTE])
def test_the_key_of_the_dashboard_is_rotated_too(house: House, overlap: int) -> None:
    channel = house.channel()
    old = credentials.current_key(channel)
    new = changes.rotate(channel, old.key_id, overlap, "test", house.now)
    assert credentials.current_key(channels.get(channel.channel_id)).key_id == new.key.key_id
    assert seen(house, old).reading is (KeyReading.ACTIVE if overlap else KeyReading.REVOKED)
    with pytest.raises(KeyChanged):
        changes.rotate(channel, old.key_id, overlap, "test", house.now) if overlap else credentials.reset(
            channel, "test", house.now
        )


def test_a_key_that_is_good_for_nothing_is_not_rotated(house: House) -> None:
    channel = house.channel()
    issued = house.key(channel, KeyTerms(expires_at=house.now + 10))
    house.forward(10)
    with pytest.raises(KeyNotActive):
        changes.rotate(channel, issued.key.key_id, 0, "test", house.now)
