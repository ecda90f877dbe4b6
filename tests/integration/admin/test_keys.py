"""What a key is good for, what lists say of it, and that revoking it is felt at once."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError
from ulid import ULID

from chalicelib.domain import cursors
from chalicelib.domain.errors import InvalidInput, KeyIsCurrent, TooManyKeys
from chalicelib.domain.keys import MAX_ACTIVE_KEYS, KeyReading, KeyTerms, listing
from chalicelib.domain.not_found import KeyNotFound
from chalicelib.domain.pages import Page
from chalicelib.domain.refusals import (
    KeyExpired,
    KeyNotAllowedHere,
    KeyNotYetValid,
    KeyRevoked,
    KeyUsedUp,
    StoreUnavailable,
)
from chalicelib.domain.streams import EndReason
from chalicelib.services.keys import credentials, keyring
from chalicelib.services.reading import discovery
from chalicelib.services.streams import orders
from chalicelib.store import channels, models, streams
from chalicelib.store import keys as rows
from tests.integration.admin.conftest import House

pytestmark = pytest.mark.needs("ministack")

ONCE = KeyTerms(max_uses=1)


@pytest.mark.requirement("SO-6")
def test_a_key_for_one_time_starts_one_stream(house: House) -> None:
    key = house.key(house.channel(), ONCE).stream_key
    house.live(key).end(EndReason.CLEAN_STOP, house.now, 0)
    with pytest.raises(KeyUsedUp):
        house.claim(key)


def test_a_key_for_one_time_continues_its_stream_after_an_interruption(house: House) -> None:
    key = house.key(house.channel(), ONCE).stream_key
    hold = house.live(key)
    hold.lost(house.now, house.now, 0)
    assert house.claim(key).stream_id == hold.grant.stream_id


def test_a_key_for_one_time_does_not_join_the_stream_of_another_key_after_its_own(house: House) -> None:
    channel = house.channel()
    once, other = house.key(channel, ONCE).stream_key, house.key(channel).stream_key
    house.live(once).end(EndReason.CLEAN_STOP, house.now, 0)
    hold = house.live(other)
    hold.lost(house.now, house.now, 0)
    with pytest.raises(KeyUsedUp):
        house.claim(once)


def test_a_key_from_before_there_were_terms_goes_on_working(house: House) -> None:
    issued = house.key(house.channel())
    fields = (models.Key.one_time, models.Key.allow_list, models.Key.uses, models.Key.listing)
    models.Key(issued.key.key_hash).update([field.remove() for field in fields])
    for _ in range(2):
        house.live(issued.stream_key).end(EndReason.CLEAN_STOP, house.now, 0)


@pytest.mark.parametrize("client_ip", ["203.0.113.7", "::ffff:203.0.113.7", "2001:db8::5"])
def test_an_allow_list_lets_its_networks_in(house: House, client_ip: str) -> None:
    key = house.key(house.channel(), KeyTerms(allow_list=["203.0.113.0/24", "2001:db8::/32"])).stream_key
    assert house.claim(key, client_ip).stream_id


@pytest.mark.parametrize("client_ip", ["203.0.114.7", "2001:db9::5", None, "", "not an address"])
def test_an_allow_list_keeps_everybody_else_out_and_says_so(house: House, client_ip: str | None) -> None:
    channel = house.channel()
    issued = house.key(channel, KeyTerms(allow_list=["203.0.113.0/24", "2001:db8::/32"]))
    with pytest.raises(KeyNotAllowedHere) as refused:
        house.claim(issued.stream_key, client_ip)
    assert (refused.value.channel_id, refused.value.key_id) == (channel.channel_id, issued.key.key_id)
    assert house.claim(issued.stream_key, "203.0.113.1").stream_id  # the channel was left alone


@pytest.mark.requirement("SO-8")
def test_a_key_is_good_between_its_two_times(house: House) -> None:
    terms = KeyTerms(not_before=house.now + 1_000, expires_at=house.now + 2_000)
    key = house.key(house.channel(), terms).stream_key
    with pytest.raises(KeyNotYetValid):
        house.claim(key)
    house.forward(1_000)
    house.claim(key)
    house.forward(1_000)
    with pytest.raises(KeyExpired):
        house.claim(key)


@pytest.mark.parametrize(("begins", "ends"), [(None, -1), (None, 0), (5_000, 5_000), (6_000, 5_000)])
def test_times_that_leave_no_time_are_refused(house: House, begins: int | None, ends: int) -> None:
    not_before = None if begins is None else house.now + begins
    with pytest.raises(InvalidInput):
        house.key(house.channel(), KeyTerms(not_before=not_before, expires_at=house.now + ends))


@pytest.mark.requirement("SO-7")
@pytest.mark.requirement("SS-6.6")
def test_a_revoked_key_fails_at_once_although_it_is_cached(house: House) -> None:
    issued = house.key(house.channel())
    house.live(issued.stream_key).end(EndReason.CLEAN_STOP, house.now, 0)
    keyring.revoke(issued.key, "test", house.now)
    assert house.cache.find(issued.key.key_hash, house.now) is not None
    with pytest.raises(KeyRevoked):
        house.claim(issued.stream_key)


@pytest.mark.requirement("SO-7")
def test_revoking_orders_the_end_of_the_stream_that_runs_on_the_key(house: House) -> None:
    issued = house.key(house.channel())
    hold = house.live(issued.stream_key)
    keyring.revoke(issued.key, "test", house.now)
    assert (hold.grant.stream_id, EndReason.KEY_REVOKED) in house.orders()


def test_revoking_leaves_the_stream_of_another_key_alone(house: House) -> None:
    channel = house.channel()
    issued = house.key(channel)
    house.live(house.key(channel).stream_key)
    keyring.revoke(issued.key, "test", house.now)
    assert house.orders() == set()


@pytest.mark.requirement("SO-7")
@pytest.mark.requirement("SS-1.3")
def test_a_reset_that_broke_off_is_finished_by_the_next(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The old key was dead, but nobody had told its broadcast when the database went away."""
    channel = house.channel()
    hold = house.live(credentials.reveal(channel, "test").stream_key)

    def away(*_: object) -> bool:
        raise StoreUnavailable()

    with monkeypatch.context() as broken:
        broken.setattr(orders, "order_end", away)
        with pytest.raises(StoreUnavailable):
            credentials.reset(channel, "test", house.now)
    assert house.orders() == set()
    credentials.reset(channels.get(channel.channel_id), "test", house.now)
    assert house.orders() == {(hold.grant.stream_id, "key_reset")}


def test_a_reset_leaves_the_stream_of_a_further_key_alone(house: House) -> None:
    channel, _ = house.live_channel()
    credentials.reset(channel, "test", house.now)
    assert house.orders() == set()


def test_a_stream_continued_under_another_key_ends_with_that_key(house: House) -> None:
    channel = house.channel()
    first, second = house.key(channel), house.key(channel)
    hold = house.live(first.stream_key)
    hold.lost(house.now, house.now, 0)
    assert house.claim(second.stream_key).resumed
    keyring.revoke(first.key, "test", house.now)
    assert house.orders() == set()
    keyring.revoke(second.key, "test", house.now)
    assert (hold.grant.stream_id, EndReason.KEY_REVOKED) in house.orders()


def test_a_stream_that_waits_for_its_encoder_is_ended_here_when_its_key_is_revoked(house: House) -> None:
    issued = house.key(house.channel())
    hold = house.live(issued.stream_key)
    hold.lost(house.now, house.now, 0)
    keyring.revoke(issued.key, "test", house.now)
    ended = streams.get(hold.grant.stream_id)
    assert (ended.state, ended.end_reason) == ("ENDED", EndReason.KEY_REVOKED)


@pytest.mark.requirement("SO-17")
def test_a_key_remembers_its_uses(house: House, pages: Callable[..., list[str]]) -> None:
    channel = house.channel()
    issued, other = house.key(channel), house.key(channel)
    ran = []
    for key in (issued, other, issued, issued):
        house.forward(1_000)
        hold = house.live(key.stream_key)
        hold.end(EndReason.CLEAN_STOP, house.now, 0)
        ran += [hold.grant.stream_id] if key is issued else []
    (seen,) = keyring.views([keyring.get(issued.key.key_id)], house.now)
    assert (seen.key.uses, seen.key.last_used_at, seen.stream_id) == (3, house.now, None)

    def page(cursor: str | None) -> tuple[list[str], str | None]:
        found = discovery.streams_on(channel, issued.key, 2, cursor, house.now)
        return [one.stream.stream_id for one in found.items], found.next_cursor

    assert pages(page) == ran[::-1]


@pytest.mark.requirement("SO-6")
def test_every_key_is_in_the_list_of_its_status_and_in_no_other(house: House, pages: Callable[..., list[str]]) -> None:
    channel = house.channel()
    kinds = {
        "active": house.key(channel),
        "later": house.key(channel, KeyTerms(not_before=house.now + 60_000)),
        "used": house.key(channel),
        "expired": house.key(channel, KeyTerms(expires_at=house.now + 10)),
        "revoked": house.key(channel),
        "spent": house.key(channel, ONCE),
        "on air": house.key(channel, KeyTerms(expires_at=house.now + 600_000)),
    }
    ids = {issued.key.key_id: kind for kind, issued in kinds.items()}
    house.live(kinds["used"].stream_key).end(EndReason.CLEAN_STOP, house.now, 0)
    house.live(kinds["spent"].stream_key).end(EndReason.CLEAN_STOP, house.now, 0)
    keyring.revoke(kinds["revoked"].key, "test", house.now)
    house.forward(10)
    house.live(kinds["on air"].stream_key)

    def of(reading: KeyReading | None) -> list[str]:
        def page(cursor: str | None) -> tuple[list[str], str | None]:
            found = keyring.listed(reading, 3, cursor, house.now)
            assert all(reading in (None, one.reading) for one in found.items)
            return [one.key.key_id for one in found.items], found.next_cursor

        return [ids[key_id] for key_id in pages(page) if key_id in ids]

    assert sorted(of(KeyReading.ACTIVE)) == ["active", "later", "used"]
    assert sorted(of(KeyReading.EXPIRED)) == ["expired", "spent"]
    assert of(KeyReading.REVOKED) == ["revoked"]
    assert of(KeyReading.IN_USE) == ["on air"]
    assert sorted(of(None)) == sorted(kinds)


def test_a_key_for_one_time_is_in_use_before_it_is_spent(house: House) -> None:
    issued = house.key(house.channel(), ONCE)
    hold = house.live(issued.stream_key)
    (seen,) = keyring.views([keyring.get(issued.key.key_id)], house.now)
    assert (seen.reading, seen.stream_id) == (KeyReading.IN_USE, hold.grant.stream_id)
    in_use = keyring.listed(KeyReading.IN_USE, 100, None, house.now)
    assert issued.key.key_id in [one.key.key_id for one in in_use.items]


def test_a_key_whose_node_died_is_not_in_use(house: House) -> None:
    issued = house.key(house.channel())
    house.live(issued.stream_key)
    house.node_dies()
    (seen,) = keyring.views([keyring.get(issued.key.key_id)], house.now)
    assert (seen.reading, seen.stream_id) == (KeyReading.ACTIVE, None)


@pytest.mark.parametrize("cursor", ["x", "!!!", "W10", "WyJhIiwiYiIsImMiXQ", "bnVsbA"])
@pytest.mark.parametrize("reading", [None, *KeyReading])
def test_a_cursor_that_is_none_of_ours_is_refused(house: House, reading: KeyReading | None, cursor: str) -> None:
    with pytest.raises(InvalidInput):
        keyring.listed(reading, 3, cursor, house.now)


def test_a_cursor_of_another_list_is_refused(house: House) -> None:
    house.key(house.channel())
    cursor = keyring.listed(KeyReading.ACTIVE, 1, None, house.now).next_cursor
    assert cursor is not None
    with pytest.raises(InvalidInput):
        keyring.listed(KeyReading.REVOKED, 1, cursor, house.now)


@pytest.fixture
def strict_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    """DynamoDB refuses a query that is to start outside its own range ("The provided starting key does not match the
    range key predicate"); the emulator takes it."""
    call = BaseClient._make_api_call  # type: ignore[attr-defined]

    def strict(client: BaseClient, operation: str, asked: dict[str, Any]) -> Any:
        start = asked.get("ExclusiveStartKey", {}).get("listing")
        border = [v for v in asked.get("ExpressionAttributeValues", {}).values() if v.get("S", "").endswith("#~")]
        if start and border and ("<=" in asked["KeyConditionExpression"]) is not (start["S"] <= border[0]["S"]):
            raise ClientError({"Error": {"Code": "ValidationException", "Message": ""}}, operation)
        return call(client, operation, asked)

    monkeypatch.setattr(BaseClient, "_make_api_call", strict)


@pytest.mark.usefixtures("strict_starts")
def test_a_list_goes_on_behind_a_key_that_expired_between_two_pages(house: House) -> None:
    key = house.key(house.channel(), KeyTerms(expires_at=house.now + 1_000)).key
    cursor = cursors.encode("active", listing(key.expires_at, key.key_id), key.key_hash)
    house.forward(2_000)
    assert keyring.listed(KeyReading.ACTIVE, 10, cursor, house.now) == Page([], None)
    rest = keyring.listed(None, 10, cursor, house.now)
    following = keyring.listed(None, 100, rest.next_cursor, house.now)
    assert rest.items == []
    assert key.key_id in [one.key.key_id for one in following.items]


@pytest.mark.usefixtures("strict_starts")
def test_a_list_of_expired_keys_begins_anew_for_a_clock_that_is_behind(house: House) -> None:
    key = house.key(house.channel(), KeyTerms(expires_at=house.now + 1_000)).key
    cursor = cursors.encode("expired", listing(key.expires_at, key.key_id), key.key_hash)
    found = keyring.listed(KeyReading.EXPIRED, 10, cursor, house.now)
    assert found == keyring.listed(KeyReading.EXPIRED, 10, None, house.now)


@pytest.mark.requirement("SO-10")
@pytest.mark.requirement("SS-6.2")
def test_the_key_itself_is_nowhere_in_its_row(house: House) -> None:
    issued = house.key(house.channel())
    row = rows.find(issued.key.key_hash)
    assert row is not None
    assert issued.stream_key not in repr(row)
    assert keyring.unseal(row) == issued.stream_key


def test_a_channel_has_only_so_many_keys_that_are_good_for_something(house: House) -> None:
    channel = house.channel()
    issued = [house.key(channel) for _ in range(MAX_ACTIVE_KEYS - 1)]
    with pytest.raises(TooManyKeys):
        house.key(channel)
    keyring.revoke(issued[0].key, "test", house.now)
    house.key(channel, KeyTerms(expires_at=house.now + 10))
    with pytest.raises(TooManyKeys):
        house.key(channel)
    house.forward(10)
    house.key(channel)


def test_an_owner_revokes_only_keys_of_their_own_and_resets_the_one_they_are_shown(house: House) -> None:
    mine, theirs = house.channel(), house.channel()
    with pytest.raises(KeyNotFound):
        credentials.revoke(mine, house.key(theirs).key.key_id, "test", house.now)
    with pytest.raises(KeyNotFound):
        credentials.revoke(mine, f"key_{ULID()}", "test", house.now)
    with pytest.raises(KeyIsCurrent):
        credentials.revoke(mine, credentials.current_key(mine).key_id, "test", house.now)
