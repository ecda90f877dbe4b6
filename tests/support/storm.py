"""`python -m tests.support.storm <port> <kind> <connections>`: hostile pieces in great number, from one address.

Each connection sends its flood, reads what comes, and begins anew when it is ended, until standard input closes. Prints
"open" when it begins. A process of its own: what it costs must not hold up whoever measures.
"""

import asyncio
import contextlib
import ssl
import struct
import sys

from tests.support.rtmp_peer import RtmpPeer, chunk, message

BYTES = 250_000
CHUNKS_OF_ONE = message(2, 1, struct.pack(">I", 1))


def _connected() -> bytes:
    peer = RtmpPeer()
    return peer.hello() + peer.finish_handshake() + peer.connect()


def _empty_messages() -> bytes:
    """Metadata of a publish that waits for its answer."""
    return RtmpPeer(key="A" * 40).open() + chunk(0, 4, b"", type_id=18, stream_id=1) + b"\xc4" * BYTES


def _empty_chunks() -> bytes:
    return _connected() + chunk(0, 5, b"", type_id=99) + b"\xc5" * BYTES


def _chunks_of_one() -> bytes:
    """Two messages in turns."""
    begin = b"".join(chunk(0, id_, b"x", length=BYTES // 4, type_id=99) for id_ in (5, 6))
    return _connected() + CHUNKS_OF_ONE + begin + b"\xc5x\xc6x" * (BYTES // 4 - 1)


def _commands() -> bytes:
    peer = RtmpPeer()
    return _connected() + b"".join(peer.command("unknown", None, [None] * 1000) for _ in range(BYTES // 1000))


def _pings() -> bytes:
    return _connected() + message(2, 4, struct.pack(">HI", 6, 1)) * (BYTES // 18)


FLOODS = {
    "empty_messages": _empty_messages(),
    "empty_chunks": _empty_chunks(),
    "chunks_of_one": _chunks_of_one(),
    "commands": _commands(),
    "pings": _pings(),
    "handshakes": RtmpPeer().hello() + RtmpPeer().finish_handshake(),
    "wrong_keys": RtmpPeer(key="A" * 40).open(),
    "connects": b"",
}


def _client_hello() -> bytes:
    """Makes the node sign, and costs us nothing: the same one for each connection."""
    outgoing = ssl.MemoryBIO()
    with contextlib.suppress(ssl.SSLWantReadError):
        ssl.create_default_context().wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname="localhost").do_handshake()
    return outgoing.read()


# Against the port for RTMPS.
TLS_FLOODS = {"tls_hellos": _client_hello()}
# These end the connection themselves: they mean to be many, one after another.
BRIEF = ("handshakes", "connects", "tls_hellos")


async def _attack(port: int, kind: str) -> None:
    while True:
        with contextlib.suppress(OSError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                writer.write((FLOODS | TLS_FLOODS)[kind])
                if kind == "handshakes":
                    await reader.readexactly(1 + 2 * 1536)
                elif kind == "tls_hellos":
                    await reader.readexactly(1)
                elif kind not in BRIEF:
                    while await reader.read(65_536):
                        pass
            except asyncio.IncompleteReadError:
                pass
            finally:
                writer.transport.abort()
        await asyncio.sleep(0)


async def _run(port: int, kind: str, connections: int) -> None:
    attackers = [asyncio.create_task(_attack(port, kind)) for _ in range(connections)]
    print("open", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    for attacker in attackers:
        attacker.cancel()


if __name__ == "__main__":
    asyncio.run(_run(int(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
