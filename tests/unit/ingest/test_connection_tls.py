"""What becomes of connections over TLS: one that waits while the node stops, and one that is closed."""

import asyncio
import contextlib
import gc
import math
import ssl
import weakref
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from aws_lambda_powertools import Logger

from ingest_container.base.settings import IngestSettings
from ingest_container.live.connection import PublisherConnection
from ingest_container.live.publish import Host
from ingest_container.net.memory import MemoryBudget
from ingest_container.net.reading import FairReader, TurnScheduler
from ingest_container.net.tls import Certificates
from ingest_container.net.turns import Turns
from tests.support.certificates import make_certificate
from tests.support.rtmp_peer import RtmpPeer

KEY = "k" * 40


class Wire(asyncio.Transport):
    """Keeps what is written to it."""

    def __init__(self) -> None:
        super().__init__({"peername": ("192.0.2.1", 40_000)})
        self.sent = bytearray()
        self.closed = False

    def write(self, data: Any) -> None:
        self.sent += data

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True

    def abort(self) -> None:
        self.closed = True

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        pass


class Client:
    """An RTMP publisher above TLS, in memory."""

    def __init__(self, connection: PublisherConnection, wire: Wire, trusted: Path) -> None:
        self._connection, self._wire = connection, wire
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        context = ssl.create_default_context(cafile=str(trusted))
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname="localhost")
        self.peer = RtmpPeer(key=KEY)
        self.ended = False

    def shake_hands(self) -> None:
        for _ in range(3):
            with contextlib.suppress(ssl.SSLWantReadError):
                self._tls.do_handshake()
            self._exchange()

    def say(self, data: bytes) -> None:
        self._tls.write(data)
        self._exchange()

    def listen(self) -> None:
        self._exchange()
        try:
            while data := self._tls.read(65_536):
                self.peer.receive_data(data)
            self.ended = True
        except ssl.SSLZeroReturnError:
            self.ended = True
        except ssl.SSLWantReadError:
            pass

    def _exchange(self) -> None:
        data = self._outgoing.read()
        while data:
            buffer = self._connection.get_buffer(len(data))
            size = min(len(data), len(buffer))
            buffer[:size] = data[:size]
            self._connection.buffer_updated(size)
            data = data[size:]
        self._incoming.write(bytes(self._wire.sent))
        self._wire.sent.clear()


def make_host(admit: Callable[[str, PublisherConnection], Awaitable[None]] | None = None) -> Host:
    host = SimpleNamespace(
        settings=IngestSettings(),
        log=Logger("test", level="CRITICAL"),
        connected=lambda _: None,
        identified=lambda _, __: None,
        disconnected=lambda _: None,
        telemetry=None,
        admit=admit,
        memory=MemoryBudget(1 << 30),
        scheduler=TurnScheduler(Turns(burst=math.inf, slice_=math.inf)),
    )
    return cast(Host, host)


async def test_a_waiting_publisher_is_told_that_the_node_stops(tmp_path: Path) -> None:
    asked = asyncio.Event()

    async def admit(_key: str, _connection: PublisherConnection) -> None:
        asked.set()
        await asyncio.Event().wait()

    certificate, key = make_certificate(tmp_path, "localhost")
    wire = Wire()
    connection = PublisherConnection(make_host(admit), Certificates(certificate, key).context)
    connection.connection_made(wire)
    client = Client(connection, wire, certificate)
    client.shake_hands()
    client.say(client.peer.open())
    async with asyncio.timeout(20):
        await asked.wait()

    connection.close("node_drained")

    client.listen()
    assert wire.closed
    assert client.peer.status() == "NetStream.Publish.Rejected"
    assert client.ended  # by close_notify: nothing was cut off


@pytest.mark.parametrize("completed", [False, True])
async def test_a_closed_connection_is_freed_without_the_collector(tmp_path: Path, completed: bool) -> None:
    certificate, key = make_certificate(tmp_path, "localhost")
    wire = Wire()
    connection = PublisherConnection(make_host(), Certificates(certificate, key).context)
    connection.connection_made(wire)
    client = Client(connection, wire, certificate)
    if completed:
        client.shake_hands()
        client.say(client.peer.open()[:100])
    freed = weakref.ref(connection)
    await asyncio.sleep(0)  # what the loop was asked to do next is done
    gc.disable()
    try:
        wire.close()
        connection.connection_lost(None)
        del client, connection
        assert freed() is None
    finally:
        gc.enable()


class NoTime(TurnScheduler):
    """Everybody waits, and has a turn at once. Notes whether it is among the handshakes."""

    def __init__(self) -> None:
        super().__init__(Turns(share=0.0, burst=0.0))
        self.among_handshakes: list[bool] = []

    def wait(self, connection: FairReader, address: str, used: float, *, handshake: bool) -> None:
        self.among_handshakes.append(handshake)
        connection.take_turn()


@pytest.mark.requirement("HI-2")
async def test_only_the_client_hello_waits_behind_other_handshakes(tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path, "localhost")
    host, scheduler, wire = make_host(), NoTime(), Wire()
    host.scheduler = scheduler
    connection = PublisherConnection(host, Certificates(certificate, key).context)
    connection.connection_made(wire)
    client = Client(connection, wire, certificate)
    client.shake_hands()
    client.say(client.peer.hello())
    assert scheduler.among_handshakes == [False, True, True]
    connection.connection_lost(None)
