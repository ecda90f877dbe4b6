"""A broadcaster deletes their account: nothing starts, nothing shows, nothing says who they were; repeating is safe."""

import pytest
from ulid import ULID

from chalicelib.domain.broadcasters import is_deleted, person_of
from chalicelib.domain.channels import channel_id_of
from chalicelib.domain.errors import AccountDeleted
from chalicelib.domain.keys import KeyStatus
from chalicelib.domain.not_found import ChannelNotFound, StreamNotFound
from chalicelib.domain.recordings import RecordingStatus
from chalicelib.domain.refusals import BroadcasterBlocked, PublishRefused
from chalicelib.domain.streams import EndReason
from chalicelib.services import accounts, broadcasters
from chalicelib.services.keys import credentials
from chalicelib.services.reading import discovery
from chalicelib.services.recordings import upkeep
from chalicelib.services.streams.fleet import NodeMembership
from chalicelib.store import channels, keys, streams
from tests.integration.recordings.conftest import House
from tests.support.studio import Studio

pytestmark = [pytest.mark.needs("ministack"), pytest.mark.requirement("FX-18")]

OWNER_SHOWN = {"title": "Piano", "display_name": "Ada", "contact": "ada@example.com"}


@pytest.fixture
def owner() -> str:
    return f"user:{ULID()}"


@pytest.fixture
def studio(house: House, owner: str) -> Studio:
    """A channel of `owner` that says who they are."""
    made = Studio(house.clock, channel_id=channel_id_of(owner))
    channels.edit(made.channel_id, OWNER_SHOWN)
    channels.set_email(made.channel_id, f"{owner[5:].lower()}@example.com")
    return made


def test_nothing_says_any_more_who_it_was(house: House, studio: Studio, owner: str) -> None:
    stream_id = house.broadcast(studio).ended().stream_id
    email = studio.channel.email or ""
    assert accounts.delete(owner, house.clock) is True
    left, stream = studio.channel, streams.get(stream_id)
    assert is_deleted(left.owner)
    assert (left.title, left.display_name, left.contact, left.email, left.key_hash) == ("", "", "", None, None)
    assert (stream.metadata.title, stream.metadata.display_name, stream.client_ip) == ("", "", None)
    assert channels.of_person(person_of(email)) == []
    listed = [one.channel_id for one in broadcasters.listed(100, None).items]
    assert studio.channel_id not in listed


def test_description_alone_is_forgotten_as_well(house: House, owner: str) -> None:
    studio = Studio(house.clock, channel_id=channel_id_of(owner))
    channels.edit(studio.channel_id, {"description": "Ada plays"})
    stream_id = house.broadcast(studio).ended().stream_id
    accounts.delete(owner, house.clock)
    assert streams.get(stream_id).metadata.description == ""


def test_what_is_technical_stays(house: House, studio: Studio, owner: str) -> None:
    before = house.broadcast(studio).ended().stream
    accounts.delete(owner, house.clock)
    after = streams.get(before.stream_id)
    assert (after.started_at, after.ended_at, after.end_reason) == (
        before.started_at,
        before.ended_at,
        before.end_reason,
    )


def test_recordings_are_deleted_kept_ones_as_well(house: House, studio: Studio, owner: str) -> None:
    broadcast = house.broadcast(studio).ended()
    upkeep.set_kept(studio.channel, broadcast.stream_id, house.clock.now, kept=True)
    assert accounts.delete(owner, house.clock) is True
    assert broadcast.recording.status is RecordingStatus.DELETED
    assert upkeep.sweep(house.clock).deleted >= 1
    assert broadcast.store.sizes(broadcast.stream_id) == {}


def test_running_stream_is_ended_and_its_recording_deleted_by_a_later_call(
    house: House, studio: Studio, owner: str
) -> None:
    broadcast = house.broadcast(studio)
    broadcast.store_segments(3)
    assert accounts.delete(owner, house.clock) is False
    orders = NodeMembership(house.node).renew(house.clock, 1).end
    assert [(order.stream_id, order.reason) for order in orders] == [(broadcast.stream_id, EndReason.STOPPED)]
    broadcast.hold.end(EndReason.STOPPED, house.clock.now, 0)
    assert accounts.delete(owner, house.clock) is False  # the node has not finished the recording yet
    broadcast.finish()
    assert accounts.delete(owner, house.clock) is True
    assert broadcast.recording.status is RecordingStatus.DELETED


def test_keys_are_dead_and_forgotten(house: House, studio: Studio, owner: str) -> None:
    _, further = studio.another_key()
    accounts.delete(owner, house.clock)
    for key in (keys.find(studio.key.key_hash), keys.find(further.key_hash)):
        assert key is not None
        assert (key.status, key.ciphertext, key.label) == (KeyStatus.REVOKED, None, "")
    with pytest.raises(PublishRefused):
        house.broadcast(studio)


def test_nobody_finds_channel_or_streams(house: House, studio: Studio, owner: str) -> None:
    stream_id = house.broadcast(studio).ended().stream_id
    accounts.delete(owner, house.clock)
    with pytest.raises(ChannelNotFound):
        discovery.public_channel(studio.channel_id, house.clock.now)
    with pytest.raises(StreamNotFound):
        discovery.public_stream(stream_id, house.clock.now)


def test_account_gets_no_channel_again_and_its_address_a_new_one(house: House, studio: Studio, owner: str) -> None:
    email = studio.channel.email
    accounts.delete(owner, house.clock)
    with pytest.raises(AccountDeleted):
        credentials.own_channel(owner, house.clock.now, email)
    again = credentials.own_channel(f"user:{ULID()}", house.clock.now, email)
    assert again.blocked is None


def test_repeating_changes_nothing(house: House, studio: Studio, owner: str) -> None:
    house.broadcast(studio).ended()
    assert accounts.delete(owner, house.clock) is True
    before = studio.channel
    house.clock.forward(60_000)
    assert accounts.delete(owner, house.clock) is True
    assert studio.channel == before


def test_one_call_does_a_part_and_the_next_goes_on(house: House, studio: Studio, owner: str) -> None:
    made = [house.broadcast(studio).ended() for _ in range(3)]
    ticks = iter(range(0, 1_000_000, accounts.PART_MS // 6))

    def slow() -> int:
        return house.clock.now + next(ticks)

    assert accounts.delete(owner, slow) is False
    assert RecordingStatus.AVAILABLE in {one.recording.status for one in made}
    assert accounts.delete(owner, house.clock) is True
    assert {one.recording.status for one in made} == {RecordingStatus.DELETED}


def test_block_outlives_the_account(house: House, studio: Studio, owner: str) -> None:
    broadcasters.block(studio.channel_id, "ada", "spam", house.clock.now)
    with pytest.raises(BroadcasterBlocked):
        accounts.delete(owner, house.clock)
    assert studio.channel.email is not None
