"""A publisher with a key of higher priority takes a channel over, at the level of the services and on the emulator."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from chalicelib.domain.channels import Channel
from chalicelib.domain.errors import LeaseLost, StreamSyncError
from chalicelib.domain.keys import KeyRole, KeyTerms
from chalicelib.domain.leases import Grant
from chalicelib.domain.measures import StreamFacts
from chalicelib.domain.refusals import KeyInUse, KeyRevoked, KeyUsedUp, TakeoversLimited
from chalicelib.domain.streams import EndReason, StreamState
from chalicelib.domain.takeovers import BURST, EVERY
from chalicelib.services.keys import keyring
from chalicelib.services.keys.keyring import RevealedKey
from chalicelib.services.streams.lifecycle import StreamHold
from chalicelib.store import channels, streams, timeline
from tests.integration.admin.conftest import House

pytestmark = [pytest.mark.needs("ministack"), pytest.mark.requirement("FX-17")]


@dataclass
class Keys:
    """A channel, and a key of each role."""

    channel: Channel
    owner: RevealedKey
    backup: RevealedKey
    guest: RevealedKey


def keys_of(house: House, policy: str = "takeover") -> Keys:
    channel = house.channel(second_publisher=policy)
    owner, backup, guest = (house.key(channel, KeyTerms(f"{role}'s key", role=role)) for role in KeyRole)
    return Keys(channel, owner, backup, guest)


@pytest.fixture
def keys(house: House) -> Keys:
    return keys_of(house)


@pytest.fixture(params=["at the same node", "at another node"])
def other(request: pytest.FixtureRequest, house: House) -> House:
    """Where the second publisher connects."""
    return house if request.param == "at the same node" else House(house.now)


def on_air(house: House, grant: Grant) -> StreamHold:
    hold = StreamHold(grant)
    hold.media(house.now, StreamFacts())
    return hold


def test_an_owner_takes_over_from_a_guest_and_the_stream_goes_on(house: House, other: House, keys: Keys) -> None:
    guest = house.live(keys.guest.stream_key)
    grant = other.claim(keys.owner.stream_key)
    assert (grant.stream_id, grant.resumed, grant.taken_over) == (guest.grant.stream_id, True, True)
    assert grant.fence == guest.grant.fence + 1
    on_air(other, grant)
    stream = streams.get(grant.stream_id)
    assert (stream.state, stream.key_id, stream.takeovers) == (StreamState.LIVE, keys.owner.key.key_id, 1)


def test_the_old_holder_can_write_no_more_and_its_node_is_told(house: House, other: House, keys: Keys) -> None:
    guest = house.live(keys.guest.stream_key)
    grant = on_air(other, other.claim(keys.owner.stream_key)).grant
    writes: list[Callable[[], object]] = [
        lambda: guest.end(EndReason.CLEAN_STOP, house.now, 0),
        lambda: guest.lost(house.now, house.now, 0),
        lambda: guest.measured(StreamFacts(width=640)),
    ]
    for write in writes:
        with pytest.raises(LeaseLost):
            write()
    assert house.reviews() == {grant.stream_id}
    assert streams.get(grant.stream_id).state is StreamState.LIVE


def test_the_timeline_says_who_took_over_from_whom(house: House, keys: Keys) -> None:
    house.live(keys.guest.stream_key)
    grant = house.claim(keys.owner.stream_key)
    (entry,) = [one for one in timeline.of_stream(grant.stream_id) if one.kind == "Stream Taken Over"]
    assert entry.facts["key_id"] == keys.owner.key.key_id
    assert entry.facts["detail"] == (
        'The encoder with the key "owner\'s key" (owner) took over '
        'from the encoder with the key "guest\'s key" (guest).'
    )


@pytest.mark.parametrize(
    ("policy", "holding", "asking"),
    [
        ("refuse", "guest", "owner"),
        ("takeover", "owner", "guest"),
        ("takeover", "owner", "backup"),
        ("takeover", "guest", "guest"),
        ("takeover", "owner", "owner"),
    ],
)
def test_everybody_else_is_refused_and_the_first_stays(
    house: House, other: House, policy: str, holding: str, asking: str
) -> None:
    keys = keys_of(house, policy)
    held = house.live(getattr(keys, holding).stream_key)
    with pytest.raises(KeyInUse) as refused:
        other.claim(getattr(keys, asking).stream_key, "198.51.100.9")
    if holding != asking:
        assert f'"{holding}\'s key" ({holding})' in refused.value.detail
    assert house.reviews() == set()
    held.measured(StreamFacts(width=640))


def test_a_stream_that_never_was_live_ends_and_the_higher_key_begins_its_own(
    house: House, other: House, keys: Keys
) -> None:
    guest = house.claim(keys.guest.stream_key)
    grant = other.claim(keys.owner.stream_key)
    assert grant.stream_id != guest.stream_id
    assert grant.taken_over
    ended = streams.get(guest.stream_id)
    assert (ended.state, ended.end_reason) == (StreamState.ENDED, EndReason.TAKEN_OVER)
    assert guest.stream_id in house.reviews()
    with pytest.raises(LeaseLost):
        StreamHold(guest).media(house.now, StreamFacts())


def test_a_key_that_is_good_for_nothing_takes_nothing_over(house: House, keys: Keys) -> None:
    once = house.key(keys.channel, KeyTerms(role=KeyRole.OWNER, max_uses=1))
    house.live(once.stream_key).end(EndReason.CLEAN_STOP, house.now, 0)
    house.live(keys.owner.stream_key).end(EndReason.CLEAN_STOP, house.now, 0)  # in the node's memory from now on
    keyring.revoke(keys.owner.key, "test", house.now)
    for start in (house.live, house.claim):  # LIVE, and CONNECTING
        held = start(keys.guest.stream_key)
        with pytest.raises(KeyRevoked):
            house.claim(keys.owner.stream_key)
        with pytest.raises(KeyUsedUp):
            house.claim(once.stream_key)
        hold = held if isinstance(held, StreamHold) else StreamHold(held)
        hold.end(EndReason.CLEAN_STOP, house.now, 0)


def test_takeovers_are_limited(house: House, keys: Keys) -> None:
    hold = house.live(keys.guest.stream_key)
    for _ in range(BURST):
        hold = on_air(house, house.claim(keys.owner.stream_key))
        hold.lost(house.now, house.now, 0)
        hold = on_air(house, house.claim(keys.guest.stream_key))
    with pytest.raises(TakeoversLimited):
        house.claim(keys.owner.stream_key)
    hold.measured(StreamFacts(width=640))
    house.forward(EVERY)
    assert house.claim(keys.owner.stream_key).taken_over


def test_whoever_asks_at_once_one_holds_the_channel_and_the_stream_goes_on(house: House) -> None:
    """Backups and owners at two nodes, while the guest's connection breaks or stays."""
    chance = random.Random(17)
    for _ in range(6):
        keys = keys_of(house)
        nodes = (house, House(house.now))
        guest = house.live(keys.guest.stream_key)

        def claim(house: House, key: RevealedKey) -> Callable[[], Grant | StreamSyncError]:
            def step() -> Grant | StreamSyncError:
                try:
                    return house.claim(key.stream_key)
                except StreamSyncError as refused:
                    return refused

            return step

        def break_off(guest: StreamHold = guest) -> StreamSyncError | None:
            try:
                guest.lost(house.now, house.now, 0)
            except LeaseLost as lost:
                return lost
            return None

        steps = [claim(node, key) for node in nodes for key in (keys.backup, keys.owner)] * 2 + [break_off]
        chance.shuffle(steps)
        with ThreadPoolExecutor(len(steps)) as pool:
            answers = list(pool.map(lambda step: step(), steps))
        grants = sorted((one for one in answers if isinstance(one, Grant)), key=lambda grant: grant.fence)
        lease = channels.get(keys.channel.channel_id).lease
        assert grants, answers
        assert (lease.holder, lease.fence) == (grants[-1].holder, grants[-1].fence)
        assert len({grant.fence for grant in grants}) == len(grants)
        assert {grant.stream_id for grant in grants} == {guest.grant.stream_id}
        assert len(grants) <= 2, "a backup, and an owner over it"
        assert grants[-1].key_id == keys.owner.key.key_id
        on_air(house, grants[-1])
        for earlier in grants[:-1]:
            with pytest.raises(LeaseLost):
                StreamHold(earlier).media(house.now, StreamFacts())
