"""Broadcasters are channels, seen by administrators."""

from collections.abc import Callable

import pytest
from ulid import ULID

from chalicelib.domain import cursors
from chalicelib.domain.errors import BroadcasterExists, InvalidInput
from chalicelib.domain.events import NodeChange
from chalicelib.domain.leases import CLOCK_MARGIN
from chalicelib.domain.nodes import PROVEN_AFTER, NodeInfo, NodeMeasures
from chalicelib.domain.not_found import BroadcasterNotFound, NodeNotFound
from chalicelib.services import broadcasters, bus
from chalicelib.services.keys import credentials
from chalicelib.services.serializers import nodes as node_serializer
from chalicelib.services.streams import fleet
from tests.integration.admin.conftest import House

pytestmark = [pytest.mark.needs("ministack"), pytest.mark.requirement("SO-17")]


def test_who_signs_in_finds_the_channel_that_was_made_for_them(house: House) -> None:
    account = f"user:{ULID()}"
    made = broadcasters.create("Ann", "ann@example.com", account, house.now)
    own = credentials.own_channel(account, house.now)
    assert (own.channel_id, own.display_name, own.contact) == (made.channel_id, "Ann", "ann@example.com")
    assert credentials.current_key(own)


def test_an_account_has_one_channel(house: House) -> None:
    account = f"user:{ULID()}"
    credentials.own_channel(account, house.now)
    with pytest.raises(BroadcasterExists):
        broadcasters.create("Ann", "", account, house.now)


def test_broadcasters_without_an_account_are_different_ones(house: House) -> None:
    first, second = (broadcasters.create("Studio", "", None, house.now) for _ in range(2))
    assert first.channel_id != second.channel_id


def test_a_new_contact_changes_nothing_else(house: House) -> None:
    made = broadcasters.create("Ann", "old", None, house.now)
    edited = broadcasters.edit(made.channel_id, {"contact": "new"})
    assert (edited.display_name, edited.contact) == ("Ann", "new")
    with pytest.raises(BroadcasterNotFound):
        broadcasters.edit("ch_nobody", {"contact": "new"})


def test_all_are_listed_once_newest_first(house: House, pages: Callable[..., list[str]]) -> None:
    made = []
    for _ in range(5):
        house.forward(1_000)
        made.append(broadcasters.create("Ann", "", None, house.now).channel_id)
    made.append(credentials.own_channel(f"user:{ULID()}", house.now + 1).channel_id)

    def page(cursor: str | None) -> tuple[list[str], str | None]:
        found = broadcasters.listed(2, cursor)
        return [one.channel_id for one in found.items], found.next_cursor

    listed = pages(page)
    assert [one for one in listed if one in made] == made[::-1]
    assert len(set(listed)) == len(listed)


@pytest.mark.parametrize("cursor", ["bm9uZQ", cursors.encode("", ""), cursors.encode("x", "")])
def test_a_cursor_that_is_none_of_ours_is_refused(house: House, cursor: str) -> None:
    with pytest.raises(InvalidInput):
        broadcasters.listed(2, cursor)


@pytest.mark.requirement("SS-5.2")
def test_a_drained_node_hears_of_it_with_its_next_renewal(house: House) -> None:
    def state() -> tuple[bool, bool]:
        (found,) = [
            (node.draining, gone) for node, gone in fleet.members(house.now) if node.info.node_id == house.node_id
        ]
        return found

    assert state() == (False, False)
    fleet.drain(house.node_id, house.now)
    assert house._node.renew(lambda: house.now, 0).draining
    assert state() == (True, False)
    house.node_dies()
    assert state() == (True, True)


@pytest.mark.requirement("FX-18")
def test_a_node_tells_its_bandwidth_and_lag_until_it_is_gone(house: House) -> None:
    told = NodeMeasures(incoming_kbps=12_000, lag_ms=7)
    house._node.measures = told
    house.forward(1_000)
    (state,) = [state for state, _ in fleet.members(house.now) if state.info.node_id == house.node_id]
    assert state.measures == told
    shown, gone = (node_serializer.node(state, gone=is_gone) for is_gone in (False, True))
    assert (shown.incoming_kbps, shown.lag_ms, shown.free) == (12_000, 7, 10)
    assert (gone.incoming_kbps, gone.lag_ms, gone.free) == (0, 0, 0)


@pytest.mark.requirement("FX-22")
def test_a_drain_may_have_a_deadline_which_undraining_takes_away(house: House) -> None:
    def heard() -> tuple[bool, int | None]:
        orders = house._node.renew(lambda: house.now, 0)
        return orders.draining, orders.drain_until

    fleet.drain(house.node_id, house.now, within=60_000)
    assert heard() == (True, house.now + 60_000)
    fleet.drain(house.node_id, house.now)
    assert heard() == (True, None)
    fleet.drain(house.node_id, house.now, within=60_000)
    fleet.undrain(house.node_id, house.now)
    assert heard() == (False, None)


@pytest.mark.requirement("FX-22")
def test_room_is_counted_on_the_nodes_of_the_region_that_take_publishers(house: House) -> None:
    def joined(node_id: str, free: int, region: str = "xx-room-1") -> fleet.NodeMembership:
        node = fleet.NodeMembership(NodeInfo(node_id, f"run of {node_id}", "", region, 500, house.now))
        node.join(house.now)
        node.free = free
        node.renew(lambda: house.now, 1)
        return node

    own = joined("room-own", 100)
    joined("room-half-full", 6)
    joined("room-full", 0)
    joined("room-elsewhere", 50, region="xx-room-2")
    joined("room-draining", 20).drain(house.now)
    joined("room-gone", 30).leave(house.now - 2 * CLOCK_MARGIN)
    assert own.room_elsewhere(house.now) == 6


@pytest.mark.requirement("FX-22")
def test_a_node_of_an_older_version_orders_itself_to_drain(house: House) -> None:
    def joined(node_id: str, version: str, age: int) -> fleet.NodeMembership:
        started = house.now - age
        node = fleet.NodeMembership(NodeInfo(node_id, "run", "", "xx-version-1", 10, started, version=version))
        node.join(house.now)
        return node

    old = joined("version-old", "ingest:7", 3_600_000)
    assert not old.drain_if_replaced(house.now, within=300_000)
    new = joined("version-new", "ingest:8", 2 * PROVEN_AFTER)
    assert old.drain_if_replaced(house.now, within=300_000)
    orders = old.renew(lambda: house.now, 0)
    assert (orders.draining, orders.drain_until) == (True, house.now + 300_000)
    assert not new.drain_if_replaced(house.now, within=300_000)


@pytest.mark.parametrize("node_id", ["nobody", "mediamtx:server:1"])
def test_only_a_node_of_ours_can_be_drained(house: House, node_id: str) -> None:
    with pytest.raises(NodeNotFound):
        fleet.drain(node_id, house.now)


def test_draining_and_undraining_are_published(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    published: list[NodeChange] = []
    monkeypatch.setattr(bus, "publish", published.extend)
    fleet.drain(house.node_id, house.now)
    fleet.undrain(house.node_id, house.now)
    assert [(one.node_id, one.change) for one in published] == [
        (house.node_id, "draining"),
        (house.node_id, "undrained"),
    ]
