"""The queue at capacity: in order, bounded, pinged, and never at the cost of who is on air."""

import asyncio

import pytest

from chalicelib.domain.refusals import AtCapacity, KeyInUse, NodeDraining
from ingest_container.live.publish import Abandoned
from ingest_container.node.waiting_room import WaitingRoom

pytestmark = pytest.mark.requirement("SS-5.2")


class Waiter:
    """Answers its pings, unless it is dead."""

    def __init__(self, *, dead: bool = False) -> None:
        self.dead = dead
        self.pings = 0
        self.was_pinged = asyncio.Event()

    def ping(self) -> "asyncio.Future[None]":
        self.pings += 1
        self.was_pinged.set()
        answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if not self.dead:
            answer.set_result(None)
        return answer


class Node:
    """So many places, some of them taken by broadcasts."""

    def __init__(
        self, places: int = 1, *, length: int = 8, wait: float = 30.0, ping_every: float = 30.0, pong: float = 30.0
    ) -> None:
        self.on_air = 0
        self.room = WaitingRoom(
            places, lambda: self.on_air, length=length, longest_wait=wait, ping_every=ping_every, pong_within=pong
        )
        self.admitted: list[str] = []

    async def come(self, channel: str, waiter: Waiter | None = None) -> None:
        await self.room.place(waiter or Waiter(), channel)
        self.on_air += 1
        self.admitted.append(channel)
        self.room.settled()

    def go(self) -> None:
        self.on_air -= 1
        self.room.freed()

    async def queue(self, channel: str, waiter: Waiter | None = None) -> "asyncio.Task[None]":
        """The channel waits in line."""
        task = asyncio.create_task(self.come(channel, waiter))
        await asyncio.sleep(0)  # it runs up to where it waits
        return task


async def test_where_there_are_places_nobody_waits() -> None:
    node = Node(places=2)
    await node.come("a")
    await node.come("b")
    assert node.admitted == ["a", "b"]


async def test_who_waits_is_admitted_in_order() -> None:
    node = Node()
    await node.come("a")
    waiting = [await node.queue(channel) for channel in "bcd"]
    for _ in range(3):
        node.go()
        await asyncio.sleep(0.01)
    await asyncio.gather(*waiting)
    assert node.admitted == ["a", "b", "c", "d"]
    assert node.on_air == 1


async def test_nobody_slips_in_between() -> None:
    """The place goes from hand to hand, also while the one who has it is still being admitted."""
    node = Node()
    await node.come("a")
    second = await node.queue("b")
    node.go()
    late = asyncio.create_task(node.come("late"))
    await second
    await asyncio.sleep(0.01)
    assert node.admitted == ["a", "b"]
    node.go()
    await late


async def test_a_place_whose_publisher_failed_goes_to_the_next() -> None:
    node = Node()
    await node.room.place(Waiter(), "a")
    second = await node.queue("b")
    node.room.settled()  # "a" was refused after all
    await second
    assert node.admitted == ["b"]


async def test_a_full_queue_sends_away_at_once() -> None:
    node = Node(length=1)
    await node.come("a")
    waiting = await node.queue("b")
    with pytest.raises(AtCapacity):
        await node.come("c")
    node.go()
    await waiting


async def test_without_a_queue_everybody_is_sent_away() -> None:
    node = Node(length=0)
    await node.come("a")
    with pytest.raises(AtCapacity):
        await node.come("b")


async def test_the_longest_wait_ends_with_the_reason() -> None:
    node = Node(wait=0.02)
    await node.come("a")
    with pytest.raises(AtCapacity) as refusal:
        await node.come("b")
    assert refusal.value.rtmp_code == "NetStream.Publish.Rejected"
    assert refusal.value.rtmp_description.startswith("Service Unavailable: ")
    assert node.room.waiting == 0


async def test_who_answers_pings_waits_on() -> None:
    node = Node(ping_every=0.005)
    await node.come("a")
    waiter = Waiter()
    waiting = await node.queue("b", waiter)
    for _ in range(3):
        await waiter.was_pinged.wait()
        waiter.was_pinged.clear()
    node.go()
    await waiting
    assert node.admitted == ["a", "b"]


async def test_who_does_not_answer_has_gone_and_the_next_moves_up() -> None:
    node = Node(ping_every=0.005, pong=0.005)
    await node.come("a")
    dead = await node.queue("dead", Waiter(dead=True))
    alive = await node.queue("b")
    with pytest.raises(Abandoned):
        await dead
    node.go()
    await alive
    assert node.admitted == ["a", "b"]


async def test_a_place_that_becomes_free_during_a_ping_is_taken() -> None:
    node = Node(ping_every=0.005)
    await node.come("a")
    waiter = Waiter(dead=True)
    waiting = await node.queue("b", waiter)
    await waiter.was_pinged.wait()
    node.go()
    await waiting
    assert node.admitted == ["a", "b"]


async def test_a_connection_that_is_lost_leaves_the_queue() -> None:
    node = Node()
    await node.come("a")
    gone = Waiter()
    lost = await node.queue("b", gone)
    third = await node.queue("c")
    node.room.left(gone)
    node.room.left(gone)
    with pytest.raises(Abandoned):
        await lost
    node.go()
    await third
    assert node.admitted == ["a", "c"]


async def test_a_channel_waits_once() -> None:
    node = Node()
    await node.come("a")
    waiting = await node.queue("b")
    with pytest.raises(KeyInUse):
        await node.come("b")
    node.go()
    await waiting


async def test_when_the_node_drains_everybody_is_told() -> None:
    node = Node()
    await node.come("a")
    waiting = [await node.queue(channel) for channel in "bc"]
    node.room.dismiss()
    for task in waiting:
        with pytest.raises(NodeDraining):
            await task
    assert node.on_air == 1


async def test_a_place_on_a_node_that_has_no_room_for_it_is_waited_for() -> None:
    """Bandwidth or the event loop is the limit, and places are left."""
    has_room = False
    room = WaitingRoom(5, lambda: 0, length=8, longest_wait=30, has_room=lambda taken: has_room)
    assert not room.is_open
    waiting = asyncio.create_task(room.place(Waiter(), "a"))
    await asyncio.sleep(0)
    assert room.waiting == 1
    has_room = True
    room.freed()
    await waiting
    assert room.taken == 1


async def test_who_waits_may_be_found_a_place_elsewhere() -> None:
    room = WaitingRoom(1, lambda: 1, length=8, longest_wait=30, look_every=0.01)
    asked: list[int] = []

    async def elsewhere(ahead: int) -> str | None:
        asked.append(ahead)
        return "a peer" if len(asked) == 3 else None

    first = asyncio.create_task(room.place(Waiter(), "a"))
    await asyncio.sleep(0)
    assert await room.place(Waiter(), "b", elsewhere) == "a peer"
    assert asked == [1, 1, 1]
    assert (room.waiting, room.taken) == (1, 1)
    first.cancel()


async def test_a_place_that_came_while_a_peer_was_asked_goes_to_the_next() -> None:
    held = 1
    room = WaitingRoom(1, lambda: held, length=8, longest_wait=30, look_every=0.01)

    async def elsewhere(ahead: int) -> str | None:
        nonlocal held
        held = 0
        room.freed()
        assert room.taken == 1
        return "a peer"

    waiting = asyncio.create_task(room.place(Waiter(), "a", elsewhere))
    await asyncio.sleep(0)
    second = asyncio.create_task(room.place(Waiter(), "b"))
    assert await waiting == "a peer"
    await second
    assert room.taken == 1
