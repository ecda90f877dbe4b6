"""How fast connections are taken."""

import asyncio
import socket

import pytest

from ingest_container.net import listeners


class Counting(asyncio.Protocol):
    """Counts connections, and keeps them."""

    made = 0

    def __init__(self, enough: asyncio.Event, most: int) -> None:
        self._enough, self._most = enough, most

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        Counting.made += 1
        if Counting.made >= self._most:
            self._enough.set()


def connect(port: int, count: int) -> list[socket.socket]:
    return [socket.create_connection(("127.0.0.1", port), timeout=30) for _ in range(count)]


async def test_connections_that_wait_are_taken_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Counting, "made", 0)
    all_made = asyncio.Event()
    bound = listeners.bind("127.0.0.1", 0, "PORT")
    listener = listeners.serve(bound, lambda: Counting(all_made, 100))
    clients = connect(bound.getsockname()[1], 100)
    async with asyncio.timeout(30):
        await all_made.wait()
    listener.close()
    for client in clients:
        client.close()


async def test_a_flood_of_connections_is_taken_no_faster_than_it_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Counting, "made", 0)
    monkeypatch.setattr(listeners, "BURST_OF_CONNECTIONS", 10)
    monkeypatch.setattr(listeners, "CONNECTIONS_A_SECOND", 100)
    all_made = asyncio.Event()
    loop = asyncio.get_running_loop()
    bound = listeners.bind("127.0.0.1", 0, "PORT")
    clients: list[socket.socket] = []
    bound.listen(64)
    clients += connect(bound.getsockname()[1], 40)
    began = loop.time()
    listener = listeners.serve(bound, lambda: Counting(all_made, 40))
    async with asyncio.timeout(30):
        await all_made.wait()
    assert loop.time() - began >= 0.25, "the 30 that are no burst take 0.3 s"
    listener.close()
    for client in clients:
        client.close()


@pytest.mark.requirement("HI-2")
@pytest.mark.skipif(
    not hasattr(socket, "TCP_DEFER_ACCEPT"), reason="Linux holds back connections of which nothing came"
)
async def test_who_closes_without_a_word_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Counting, "made", 0)
    first_made = asyncio.Event()
    bound = listeners.bind("127.0.0.1", 0, "PORT")
    listener = listeners.serve(bound, lambda: Counting(first_made, 1))
    silent = connect(bound.getsockname()[1], 5)
    await asyncio.sleep(0.05)  # they could be taken
    for client in silent:
        client.close()
    (speaking,) = connect(bound.getsockname()[1], 1)
    speaking.sendall(b"C0")
    async with asyncio.timeout(30):
        await first_made.wait()
    assert Counting.made == 1
    listener.close()
    speaking.close()


async def test_a_closed_listener_takes_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Counting, "made", 0)
    bound = listeners.bind("127.0.0.1", 0, "PORT")
    port = bound.getsockname()[1]
    listeners.serve(bound, lambda: Counting(asyncio.Event(), 1)).close()
    with pytest.raises(ConnectionRefusedError):
        connect(port, 1)


async def test_who_has_gone_before_its_turn_costs_nobody_else_a_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Counting, "made", 0)
    monkeypatch.setattr(listeners, "BURST_OF_CONNECTIONS", 1)
    monkeypatch.setattr(listeners, "CONNECTIONS_A_SECOND", 5)
    all_made = asyncio.Event()
    bound = listeners.bind("127.0.0.1", 0, "PORT")
    bound.listen(64)
    for client in connect(bound.getsockname()[1], 50):
        client.close()
    kept = connect(bound.getsockname()[1], 1)
    listener = listeners.serve(bound, lambda: Counting(all_made, 1))
    async with asyncio.timeout(9):  # behind the 50 it would be 10 s
        await all_made.wait()
    assert Counting.made == 1
    listener.close()
    kept[0].close()
