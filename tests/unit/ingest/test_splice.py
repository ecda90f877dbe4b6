"""A publisher's connection carried on to a peer: on real sockets, with the peer played by the test."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from ingest_container import rtmp
from ingest_container.net import proxy_protocol, splice
from ingest_container.net.splice import MAX_REPLAYED, MAX_UNSENT, NotMoved, Replay, Splice
from tests.support.rtmp_peer import RtmpPeer

pytestmark = pytest.mark.requirement("SS-5.2")

HEADER = proxy_protocol.header("192.0.2.7", "node-a")


class Encoder:
    """The connection on this side."""

    client_ip: str | None = "192.0.2.7"

    def __init__(self) -> None:
        self.replay: Replay | None = Replay()
        opened = RtmpPeer().open()
        assert self.replay.add(opened, len(opened))
        self.received: asyncio.Queue[bytes] = asyncio.Queue()
        self.paused, self.resumed = asyncio.Event(), asyncio.Event()
        self.closed: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def pause_reading(self) -> None:
        self.paused.set()

    def resume_reading(self) -> None:
        self.resumed.set()

    def peer_sent(self, data: bytes) -> None:
        self.received.put_nowait(data)

    def peer_closed(self, reason: str) -> None:
        self.closed.set_result(reason)


class Peer:
    """A node that accepts every publish; `reader` and `writer` are its end of the connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    answers = True

    def __init__(self) -> None:
        self.asked = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.header = proxy_protocol.parse(await reader.readexactly(len(HEADER)))
        session = rtmp.Session(now=0.0, random_bytes=bytes(1528))
        events: list[rtmp.Event] = []
        while not any(isinstance(event, rtmp.PublishRequested) for event in events):
            events += session.receive_data(await reader.read(65_536), 0.0)
        self.asked.set()
        if self.answers:
            session.accept_publish(0.0)
            writer.write(session.data_to_send())
            await writer.drain()


@pytest.fixture
async def peer() -> AsyncIterator[tuple[Peer, int]]:
    made = Peer()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0, limit=4_096)
    yield made, server.sockets[0].getsockname()[1]
    server.close()
    if hasattr(made, "writer"):
        made.writer.transport.abort()


async def opened(port: int, encoder: Encoder) -> Splice:
    made = Splice("node-b", encoder)
    answer = await made.open("127.0.0.1", port, "node-a")
    assert answer.is_start
    return made


async def test_the_peer_is_told_who_it_is_and_bytes_pass_both_ways(peer: tuple[Peer, int]) -> None:
    node, port = peer
    encoder = Encoder()
    carried = await opened(port, encoder)
    assert node.header == proxy_protocol.Header(len(HEADER), "192.0.2.7", "node-a")
    carried.send(b"media")
    assert await node.reader.readexactly(5) == b"media"
    node.writer.write(b"acknowledged")
    async with asyncio.timeout(20):
        assert await encoder.received.get() == b"acknowledged"
    carried.send(b"bye")
    carried.close()
    assert await node.reader.read() == b"bye"
    assert not encoder.closed.done()


async def test_a_peer_that_reads_too_slowly_stops_the_encoder_until_it_has_read(peer: tuple[Peer, int]) -> None:
    node, port = peer
    encoder = Encoder()
    carried = await opened(port, encoder)
    sent = 0
    while not encoder.paused.is_set():
        carried.send(bytes(65_536))
        sent += 65_536
        await asyncio.sleep(0)
        assert sent < 64 * 1024 * 1024
    assert not encoder.resumed.is_set()
    async with asyncio.timeout(20):
        assert await node.reader.readexactly(sent) == bytes(sent)
        await encoder.resumed.wait()
    carried.abort()


async def test_a_peer_that_reads_nothing_is_given_up(peer: tuple[Peer, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(splice, "STALLED_AFTER", 0.2)
    _, port = peer
    encoder = Encoder()
    carried = await opened(port, encoder)
    while not encoder.paused.is_set():
        carried.send(bytes(MAX_UNSENT))
        await asyncio.sleep(0)
    async with asyncio.timeout(20):
        assert await encoder.closed == "peer_node_stalled"
    assert encoder.resumed.is_set()


async def test_a_peer_that_goes_ends_the_encoders_connection(peer: tuple[Peer, int]) -> None:
    node, port = peer
    encoder = Encoder()
    await opened(port, encoder)
    node.writer.transport.abort()
    async with asyncio.timeout(20):
        assert await encoder.closed == "peer_node_closed"


async def test_a_peer_without_an_answer_is_not_moved_to(
    peer: tuple[Peer, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(splice, "ANSWER_WITHIN", 0.2)
    node, port = peer
    node.answers = False
    encoder = Encoder()
    with pytest.raises(NotMoved, match="TimeoutError"):
        await Splice("node-b", encoder).open("127.0.0.1", port, "node-a")
    assert not encoder.closed.done()


async def test_a_peer_that_does_not_listen_is_not_moved_to() -> None:
    server = await asyncio.start_server(lambda _r, _w: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    with pytest.raises(NotMoved, match="ConnectionRefusedError"):
        await Splice("node-b", Encoder()).open("127.0.0.1", port, "node-a")


async def test_an_encoder_that_leaves_meanwhile_ends_the_attempt(peer: tuple[Peer, int]) -> None:
    node, port = peer
    node.answers = False
    made = Splice("node-b", Encoder())
    opening = asyncio.create_task(made.open("127.0.0.1", port, "node-a"))
    async with asyncio.timeout(20):
        await node.asked.wait()
        made.close()
        with pytest.raises(NotMoved, match="closed"):
            await opening


async def test_what_cannot_be_repeated_is_not_moved(peer: tuple[Peer, int]) -> None:
    _, port = peer
    encoder = Encoder()
    encoder.replay = None
    with pytest.raises(NotMoved, match="not_repeatable"):
        await Splice("node-b", encoder).open("127.0.0.1", port, "node-a")


def test_a_replay_leaves_the_handshake_out_and_is_bounded() -> None:
    replay = Replay()
    opening = rtmp.OPENING + b"connect"
    for byte in opening:
        assert replay.add(bytes((byte,)), 1)
    assert replay.data == b"connect"
    assert replay.add(bytearray(MAX_REPLAYED), MAX_REPLAYED - len(b"connect"))
    assert not replay.add(b"x", 1)
