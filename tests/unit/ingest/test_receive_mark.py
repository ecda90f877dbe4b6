"""How much the kernel collects before it wakes the reader, on real TCP sockets."""

import asyncio
import select
import socket
from collections.abc import Iterator
from typing import cast

import pytest

from ingest_container.net.receive_mark import COUNTED_SECONDS, LEAST, MOST, PACKAGED_SECONDS, ReceiveMark

PATIENCE_S = 5.0


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    """(what the encoder writes to, what the node reads from)."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        encoder = socket.create_connection(server.getsockname())
        node, _ = server.accept()
    with encoder, node:
        yield encoder, node


def receive_mark(node: socket.socket) -> int:
    return node.getsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT)


def readable(node: socket.socket, seconds: float = PATIENCE_S) -> bool:
    return bool(select.select([node], [], [], seconds)[0])


@pytest.mark.parametrize("seconds", [PACKAGED_SECONDS, COUNTED_SECONDS])
def test_the_mark_is_a_fraction_of_a_second_of_what_comes(
    pair: tuple[socket.socket, socket.socket], seconds: float
) -> None:
    _, node = pair
    mark = ReceiveMark(node, seconds)
    mark.follow(775_000)
    assert receive_mark(node) == int(775_000 * seconds)


def test_a_small_difference_is_left_alone(pair: tuple[socket.socket, socket.socket]) -> None:
    _, node = pair
    mark = ReceiveMark(node)
    mark.follow(700_000)
    mark.follow(800_000)
    assert receive_mark(node) == 70_000
    mark.follow(300_000)
    assert receive_mark(node) == 30_000


@pytest.mark.parametrize(("rate", "expected"), [(0, 1), (LEAST / PACKAGED_SECONDS - 10, 1), (100_000_000, MOST)])
def test_it_keeps_within_bounds(pair: tuple[socket.socket, socket.socket], rate: float, expected: int) -> None:
    _, node = pair
    mark = ReceiveMark(node)
    mark.follow(500_000)
    mark.follow(rate)
    assert receive_mark(node) == expected


@pytest.mark.parametrize(
    ("left", "collected"), [(0.5, 0.25), (0.7, 0.7 / 3), (0.28, 0.28), (0.02, 0.02), (0.0, 0.0), (2.0, 2.0 / 7)]
)
def test_a_read_is_aimed_at_the_end_of_a_part(
    pair: tuple[socket.socket, socket.socket], left: float, collected: float
) -> None:
    _, node = pair
    mark = ReceiveMark(node)
    mark.follow(500_000)
    mark.aim(left)
    assert receive_mark(node) == (int(500_000 * collected) or 1)


def test_an_aimed_read_keeps_its_aim_at_another_rate(pair: tuple[socket.socket, socket.socket]) -> None:
    _, node = pair
    mark = ReceiveMark(node)
    mark.follow(500_000)
    mark.aim(0.05)
    mark.follow(520_000)
    assert receive_mark(node) == 25_000
    mark.follow(250_000)
    assert receive_mark(node) == 12_500


def test_what_was_read_of_it_is_not_awaited_again(pair: tuple[socket.socket, socket.socket]) -> None:
    _, node = pair
    mark = ReceiveMark(node)
    mark.follow(500_000)
    mark.aim(0.1, held=20_000)
    assert receive_mark(node) == 30_000
    mark.aim(0.1, held=60_000)
    assert receive_mark(node) == 1


def test_without_an_aim_the_usual_fraction_of_a_second_is_collected_again(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    _, node = pair
    mark = ReceiveMark(node)
    mark.follow(500_000)
    mark.aim(0.02, held=5_000)
    mark.aim(None, held=5_000)
    assert receive_mark(node) == int(500_000 * PACKAGED_SECONDS)


def test_while_every_byte_counts_no_read_is_aimed(pair: tuple[socket.socket, socket.socket]) -> None:
    _, node = pair
    mark = ReceiveMark(node)
    mark.aim(0.25)
    assert receive_mark(node) == 1
    mark.follow(500_000)
    mark.aim(0.25)
    mark.reset()
    mark.aim(0.25)
    assert receive_mark(node) == 1
    mark.follow(500_000)
    assert receive_mark(node) == int(500_000 * PACKAGED_SECONDS)


def test_an_aimed_read_keeps_within_bounds(pair: tuple[socket.socket, socket.socket]) -> None:
    _, node = pair
    mark = ReceiveMark(node)
    mark.follow(5_000_000)
    mark.aim(0.25)
    assert receive_mark(node) == MOST
    mark.follow(5_000_000, 50_000)
    assert receive_mark(node) == 50_000


def test_less_than_the_mark_wakes_nobody_until_every_byte_counts(pair: tuple[socket.socket, socket.socket]) -> None:
    encoder, node = pair
    mark = ReceiveMark(node)
    mark.follow(500_000)
    encoder.sendall(bytes(1_000))
    assert not readable(node, 0.1)
    assert mark.pending_bytes() == 1_000
    mark.reset()
    assert readable(node)


def test_the_end_of_the_connection_wakes_at_once(pair: tuple[socket.socket, socket.socket]) -> None:
    encoder, node = pair
    ReceiveMark(node).follow(500_000)
    encoder.sendall(bytes(1_000))
    encoder.close()
    assert readable(node)


def test_nothing_is_unread_once_it_is_read(pair: tuple[socket.socket, socket.socket]) -> None:
    encoder, node = pair
    mark = ReceiveMark(node)
    encoder.sendall(bytes(10))
    assert readable(node)
    assert mark.pending_bytes() == 10
    node.recv(100)
    assert mark.pending_bytes() == 0


def test_a_connection_that_is_gone_is_no_error(pair: tuple[socket.socket, socket.socket]) -> None:
    _, node = pair
    mark = ReceiveMark(node)
    node.close()
    mark.follow(500_000)
    mark.reset()
    assert mark.pending_bytes() == 0


def test_nor_is_one_that_uvloop_has_closed() -> None:
    """Its sockets have no descriptor from then on, and say so in a way of their own."""
    uvloop = pytest.importorskip("uvloop")

    async def closed() -> socket.socket:
        gone = asyncio.Event()

        class Closing(asyncio.Protocol):
            def connection_lost(self, exc: Exception | None) -> None:
                gone.set()

        with socket.create_server(("127.0.0.1", 0)) as server:
            transport, _ = await asyncio.get_running_loop().create_connection(Closing, *server.getsockname())
            used = transport.get_extra_info("socket")
            transport.abort()
            async with asyncio.timeout(PATIENCE_S):
                await gone.wait()
        return cast(socket.socket, used)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        used = runner.run(closed())
    assert used.fileno() < 0
    mark = ReceiveMark(used)
    mark.follow(500_000)
    mark.reset()
    assert mark.pending_bytes() == 0


def test_the_mark_stays_below_what_the_encoder_waits_to_hear_of(pair: tuple[socket.socket, socket.socket]) -> None:
    _, node = pair
    mark = ReceiveMark(node)
    mark.follow(775_000, 10_000)
    assert receive_mark(node) == 10_000
    mark.follow(775_000, 2_000)
    assert receive_mark(node) == 1
