"""Keys for tests only: whatever is published with one is a test stream, as with `?test=1` behind another key."""

import pytest

from chalicelib.domain.keys import KeyTerms
from chalicelib.domain.refusals import KeyInUse
from chalicelib.domain.streams import GRACE, EndReason, StreamState
from chalicelib.services.keys import changes, keyring
from chalicelib.services.keys.keyring import RevealedKey
from chalicelib.services.streams import admission
from chalicelib.services.streams.lifecycle import StreamHold
from chalicelib.store import channels, keys, streams
from tests.integration.admin.conftest import House

pytestmark = [pytest.mark.needs("ministack"), pytest.mark.requirement("FX-17")]

FOR_TESTS = KeyTerms("rehearsal", test_only=True)


def switch(house: House, issued: RevealedKey, *, test_only: bool) -> None:
    channel = channels.get(issued.key.channel_id)
    changes.edit(channel, issued.key.key_id, {"test_only": test_only}, "test", house.now)


def end(house: House, hold: StreamHold) -> None:
    hold.end(EndReason.CLEAN_STOP, house.now, 0)


def test_what_is_published_with_it_is_a_test_and_not_recorded(house: House) -> None:
    channel = house.channel()
    issued = house.key(channel, FOR_TESTS)
    for _ in range(2):  # the second time the key is cached
        hold = house.live(issued.stream_key)
        assert (hold.grant.test, hold.grant.recording) == (True, False)
        assert streams.get(hold.grant.stream_id).test
        assert channels.get(channel.channel_id).test
        end(house, hold)


def test_it_ends_no_broadcast_and_gives_way_to_one(house: House) -> None:
    channel = house.channel()
    tests, other = house.key(channel, FOR_TESTS), house.key(channel)
    tried = house.live(tests.stream_key)
    broadcast = house.live(other.stream_key)
    assert not broadcast.grant.test
    assert streams.get(tried.grant.stream_id).end_reason == EndReason.TEST_REPLACED.value
    with pytest.raises(KeyInUse):
        house.claim(tests.stream_key)


def test_key_for_three_broadcasts_has_three_left_after_its_tests(house: House) -> None:
    issued = house.key(house.channel(), KeyTerms(max_uses=3, test_only=True))
    end(house, house.live(issued.stream_key))
    assert keyring.get(issued.key.key_id).uses_left == 3


def test_rotated_key_is_for_tests_only_as_well(house: House) -> None:
    channel = house.channel()
    old = house.key(channel, FOR_TESTS)
    new = changes.rotate(channel, old.key.key_id, 0, "test", house.now)
    assert house.claim(new.stream_key).test


@pytest.mark.parametrize("test_only", [True, False])
def test_switch_counts_for_the_next_connection_although_the_key_is_cached(house: House, test_only: bool) -> None:
    issued = house.key(house.channel(), KeyTerms(test_only=not test_only))
    end(house, house.live(issued.stream_key))
    switch(house, issued, test_only=test_only)
    assert house.cache.find(issued.key.key_hash, house.now) is not None
    assert house.claim(issued.stream_key).test is test_only


def test_switch_counts_though_a_claim_has_read_the_key_before_it(house: House) -> None:
    issued = house.key(house.channel(), KeyTerms(max_uses=1))
    switch(house, issued, test_only=True)
    hold = house.live(house.key(house.channel()).stream_key)  # only for its holder
    assert admission.claim(issued.key, hold.grant.holder, None, house.now, cache=house.cache).test


def test_broadcast_that_runs_goes_on_after_a_silence_when_its_key_becomes_a_test_key(house: House) -> None:
    issued = house.key(house.channel())
    hold = house.live(issued.stream_key)
    switch(house, issued, test_only=True)
    hold.lost(house.now, house.now, 0)
    stored = keys.find(issued.key.key_hash)
    assert stored is not None
    again = admission.claim(stored, hold.grant.holder, None, house.now, only=hold.grant.stream_id, cache=house.cache)
    assert (again.stream_id, again.test) == (hold.grant.stream_id, False)


def test_new_connection_waits_for_the_broadcast_that_ran_when_its_key_became_a_test_key(house: House) -> None:
    issued = house.key(house.channel())
    hold = house.live(issued.stream_key)
    switch(house, issued, test_only=True)
    hold.lost(house.now, house.now, 0)
    with pytest.raises(KeyInUse):
        house.claim(issued.stream_key)
    house.forward(GRACE + 1)
    assert house.claim(issued.stream_key).test
    assert streams.get(hold.grant.stream_id).state is StreamState.ENDED


def test_broadcast_ends_the_test_that_runs_on_its_key_from_before_the_switch(house: House) -> None:
    issued = house.key(house.channel(), FOR_TESTS)
    tried = house.live(issued.stream_key)
    switch(house, issued, test_only=False)
    assert not house.claim(issued.stream_key, "203.0.113.99").test
    assert streams.get(tried.grant.stream_id).end_reason == EndReason.TEST_REPLACED.value
