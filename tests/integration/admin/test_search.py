"""What administrators find with one box: by what the text can be, without looking through a table."""

import secrets
from typing import Any

import pytest
from pynamodb.connection.base import Connection
from ulid import ULID

from chalicelib.contract import SearchResults
from chalicelib.domain import addresses
from chalicelib.domain.channels import Channel
from chalicelib.domain.timeline import ConnectionRecord, refused_at
from chalicelib.services.keys import credentials
from chalicelib.services.reading.searching import MOST, search
from chalicelib.store import timeline
from tests.integration.admin.conftest import House

pytestmark = [pytest.mark.needs("ministack"), pytest.mark.requirement("FX-18")]


def an_address() -> str:
    """One that nobody else has, in the form in which addresses are stored: without leading zeros."""
    return str(addresses.address(f"2001:db8::{secrets.token_hex(2)}:{secrets.token_hex(2)}"))


def people(found: SearchResults) -> list[str]:
    return [one.broadcaster_id for one in found.people]


def streams(found: SearchResults) -> list[str]:
    return [one.id for one in found.streams]


def test_a_person_is_found_by_address_account_channel_and_part_of_the_name(house: House) -> None:
    email = f"{str(ULID()).lower()}@example.com"
    channel = credentials.own_channel(f"user:{ULID()}", house.now, email)
    name = f"Cup Final {ULID()}"
    credentials.edit(channel, {"title": name}, house.now)
    for q in (email, email.upper(), channel.owner, channel.channel_id, name[4:].lower()):
        assert people(search(q, house.now)) == [channel.channel_id], q


def test_a_stream_is_found_by_its_id_with_its_person_and_node(house: House) -> None:
    channel, hold = house.live_channel()
    for q in (hold.grant.stream_id, hold.grant.stream_id.lower()):
        found = search(q, house.now)
        (stream,) = found.streams
        assert (stream.id, stream.node_id, stream.state) == (hold.grant.stream_id, house.node_id, "LIVE")
        assert people(found) == [channel.channel_id]


def test_a_stream_whose_node_died_is_found_as_one_that_ended(house: House) -> None:
    _, hold = house.live_channel()
    house.node_dies()
    assert search(hold.grant.stream_id, house.now).streams[0].state == "ENDED"


def test_a_key_is_found_by_its_id_and_by_its_end_and_never_by_the_whole(house: House) -> None:
    channel = house.channel()
    issued = house.key(channel)
    other = house.key(house.channel())
    by_id = search(issued.key.key_id, house.now)
    assert ([one.key_id for one in by_id.keys], people(by_id)) == ([issued.key.key_id], [channel.channel_id])
    for q in (issued.key.hint, issued.stream_key):
        found = {one.key_id for one in search(q, house.now).keys}
        assert issued.key.key_id in found
        assert other.key.key_id not in found or other.key.hint == issued.key.hint
    wrong_key_with_the_same_end = "A" * (len(issued.stream_key) - 4) + issued.key.hint
    assert [one.key_id for one in search(wrong_key_with_the_same_end, house.now).keys] == [
        one.key_id for one in search(issued.stream_key, house.now).keys
    ]


def test_an_address_finds_the_streams_and_the_refusals_that_came_from_it(house: House) -> None:
    address = an_address()
    channel: Channel = house.channel()
    key = house.key(channel).stream_key
    first = house.claim(key, address)
    record = ConnectionRecord(node_id=house.node_id, client_ip=address, reason="key_unknown")
    timeline.add(record.entry(refused_at(house.node_id), house.now << 12, house.now))
    found = search(f"  {address} ".strip(), house.now)
    assert streams(found) == [first.stream_id]
    assert people(found) == [channel.channel_id]
    assert [(one.reason, one.node_id) for one in found.refusals] == [("key_unknown", house.node_id)]
    assert search(an_address(), house.now) == SearchResults(
        people=[], streams=[], keys=[], nodes=[], refusals=[], complete=True
    )


def test_an_address_with_many_streams_answers_the_newest_and_says_that_there_are_more(house: House) -> None:
    address = an_address()
    begun = [house.claim(house.key(house.channel()).stream_key, address).stream_id for _ in range(MOST + 1)]
    found = search(address, house.now)
    assert sorted(streams(found)) == sorted(begun)[1:]
    assert not found.complete


def test_a_node_is_found_by_its_id_and_said_to_be_gone_once_it_is(house: House) -> None:
    assert [(one.node_id, one.status) for one in search(house.node_id, house.now).nodes] == [(house.node_id, "serving")]
    house.node_dies()
    assert search(house.node_id, house.now).nodes[0].status == "gone"


def test_a_search_for_words_scans_no_table(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    send = Connection._make_api_call

    def noted(self: Connection, operation_name: str, operation_kwargs: Any) -> Any:
        asked.append(operation_name)
        return send(self, operation_name, operation_kwargs)

    monkeypatch.setattr(Connection, "_make_api_call", noted)
    search("nobody is called this", house.now)
    assert set(asked) <= {"Query", "BatchGetItem", "GetItem"}
    assert len(asked) <= 25
