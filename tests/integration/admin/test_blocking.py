"""A blocked person: what runs ends, what comes is refused, a new account does not help, and all of it can be lifted."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from ulid import ULID

from chalicelib.domain.broadcasters import Block
from chalicelib.domain.channels import Channel
from chalicelib.domain.not_found import BroadcasterNotFound, ChannelNotFound, StreamNotFound
from chalicelib.domain.refusals import BroadcasterBlocked, KeyRevoked
from chalicelib.domain.streams import EndReason, StreamState
from chalicelib.services import broadcasters
from chalicelib.services.keys import credentials, keyring
from chalicelib.services.reading import discovery
from chalicelib.store import channels, leases, streams
from tests.integration.admin.conftest import House

pytestmark = [pytest.mark.needs("ministack"), pytest.mark.requirement("SO-17")]

ROUNDS = 12


def block(house: House, channel: Channel) -> Channel:
    return broadcasters.block(channel.channel_id, "ada", "spam", house.now)


def unblock(house: House, channel: Channel) -> Channel:
    return broadcasters.unblock(channel.channel_id, "ada", "was a mistake", house.now)


def account(house: House, email: str | None) -> Channel:
    return credentials.own_channel(f"user:{ULID()}", house.now, email)


def an_address() -> str:
    return f"{str(ULID()).lower()}@example.com"


@pytest.mark.requirement("HI-9")
def test_a_block_ends_what_runs_and_refuses_every_key(house: House) -> None:
    channel, hold = house.live_channel()
    other = house.key(channel).stream_key
    block(house, channel)
    assert (hold.grant.stream_id, EndReason.BLOCKED.value) in house.orders()
    hold.end(EndReason.BLOCKED, house.now, 0)
    with pytest.raises(BroadcasterBlocked) as refused:
        house.claim(other)
    assert refused.value.channel_id == channel.channel_id


def test_a_stream_that_waits_for_its_encoder_is_ended_and_cannot_be_resumed(house: House) -> None:
    channel = house.channel()
    stream_key = house.key(channel).stream_key
    hold = house.live(stream_key)
    hold.lost(house.now, house.now, 0)
    block(house, channel)
    stream = streams.get(hold.grant.stream_id)
    assert (stream.state, stream.end_reason) == (StreamState.ENDED, EndReason.BLOCKED.value)
    with pytest.raises(BroadcasterBlocked):
        house.claim(stream_key)


def test_a_key_that_was_bad_before_is_still_called_what_it_is(house: House) -> None:
    channel = house.channel()
    issued = house.key(channel)
    keyring.revoke(issued.key, "test", house.now)
    block(house, channel)
    with pytest.raises(KeyRevoked):
        house.claim(issued.stream_key)


def test_it_is_lifted_as_it_was_laid(house: House) -> None:
    channel = house.channel()
    stream_key = house.key(channel).stream_key
    assert block(house, channel).blocked is not None
    assert unblock(house, channel).blocked is None
    assert house.claim(stream_key).channel_id == channel.channel_id
    assert credentials.own_channel(channel.owner, house.now).channel_id == channel.channel_id


@pytest.mark.requirement("HI-9")
def test_a_second_time_changes_nothing_and_every_change_is_written_down(house: House) -> None:
    channel = house.channel()
    first = block(house, channel).blocked
    house.forward(1_000)
    assert broadcasters.block(channel.channel_id, "eve", "again", house.now).blocked == first
    for _ in range(2):
        unblock(house, channel)
    told = [(entry.kind, entry.facts) for entry in broadcasters.history(channel.channel_id)]
    assert told == [
        ("blocked", {"by": "ada", "why": "spam"}),
        ("unblocked", {"by": "ada", "why": "was a mistake"}),
    ]


def test_nobody_can_be_blocked_who_is_not_there(house: House) -> None:
    for change in (broadcasters.block, broadcasters.unblock):
        with pytest.raises(BroadcasterNotFound):
            change("ch_nobody", "ada", "", house.now)


@pytest.mark.requirement("HI-9")
def test_the_public_and_media_servers_find_nothing_of_a_blocked_broadcaster(house: House) -> None:
    channel, hold = house.live_channel()
    stream_key = house.key(channel).stream_key
    block(house, channel)
    with pytest.raises(ChannelNotFound):
        discovery.public_channel(channel.channel_id, house.now)
    with pytest.raises(StreamNotFound):
        discovery.public_stream(hold.grant.stream_id, house.now)
    with pytest.raises(StreamNotFound):
        discovery.stream_by_key(stream_key, house.now)


class TestAnotherAccount:
    """Deleting the account and signing up again gives a new subject; the verified address stays the person's."""

    @pytest.mark.requirement("HI-9")
    def test_a_new_account_with_the_same_address_is_blocked_from_its_first_request(self, house: House) -> None:
        email = an_address()
        block(house, account(house, email))
        for _ in range(2):
            owner = f"user:{ULID()}"
            for _ in range(2):
                with pytest.raises(BroadcasterBlocked):
                    credentials.own_channel(owner, house.now, email.replace("@", "+new@").upper())

    @pytest.mark.requirement("HI-9")
    def test_an_account_that_is_there_already_is_blocked_with_it(self, house: House) -> None:
        email = an_address()
        first, second = account(house, email), account(house, email)
        hold = house.live(house.key(second).stream_key)
        block(house, first)
        assert (hold.grant.stream_id, EndReason.BLOCKED.value) in house.orders()
        with pytest.raises(BroadcasterBlocked):
            credentials.own_channel(second.owner, house.now, email)
        unblock(house, second)
        assert credentials.own_channel(first.owner, house.now, email).blocked is None

    def test_an_account_that_takes_on_the_address_is_blocked(self, house: House) -> None:
        email = an_address()
        block(house, account(house, email))
        other = account(house, an_address())
        with pytest.raises(BroadcasterBlocked):
            credentials.own_channel(other.owner, house.now, email)

    def test_a_new_address_of_a_blocked_account_does_not_free_the_old_one(self, house: House) -> None:
        email = an_address()
        blocked = block(house, account(house, email))
        with pytest.raises(BroadcasterBlocked):
            credentials.own_channel(blocked.owner, house.now, an_address())
        with pytest.raises(BroadcasterBlocked):
            account(house, email)

    def test_without_an_address_only_the_account_itself_is_known(self, house: House) -> None:
        block(house, account(house, None))
        assert account(house, None).blocked is None


def test_a_claim_that_read_the_channel_before_the_block_fails_on_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = house.channel()
    stream_key = house.key(channel).stream_key
    claim = leases.claim

    def blocked_in_between(*arguments: object) -> object:
        channels.set_block(channel.channel_id, Block(house.now, "ada", ""))
        return claim(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(leases, "claim", blocked_in_between)
    with pytest.raises(BroadcasterBlocked):
        house.claim(stream_key)
    assert channels.get(channel.channel_id).lease.holder is None


def test_a_resume_that_read_the_channel_before_the_block_fails_on_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = house.channel()
    stream_key = house.key(channel).stream_key
    house.live(stream_key).lost(house.now, house.now, 0)
    resume = leases.resume

    def blocked_in_between(*arguments: object) -> object:
        block(house, channel)
        return resume(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(leases, "resume", blocked_in_between)
    with pytest.raises(BroadcasterBlocked):
        house.claim(stream_key)


@pytest.mark.requirement("HI-9")
def test_whenever_a_claim_and_a_block_meet_no_stream_is_left(house: House) -> None:
    """Either the claim was first and its stream is ordered to end, or it is refused."""
    with ThreadPoolExecutor(2) as pool:
        for _ in range(ROUNDS):
            channel = house.channel()
            stream_key = house.key(channel).stream_key
            together = threading.Barrier(2)

            def claim(key: str = stream_key, together: threading.Barrier = together) -> str | None:
                together.wait()
                try:
                    return house.claim(key).stream_id
                except BroadcasterBlocked:
                    return None

            claimed = pool.submit(claim)
            together.wait()
            block(house, channel)
            stream_id = claimed.result()
            ordered = {one for one, reason in house.orders() if reason == EndReason.BLOCKED.value}
            assert (
                (stream_id in ordered)
                if stream_id is not None
                else channels.get(channel.channel_id).lease.holder is None
            )
