"""A search for the bytes that cost most: for each state of a session, by kind of input and by chance.

Measured is CPU time in `Session.receive_data`, with reads as large as the node's are in that state, until the session
ends the connection or enough was sent. Two numbers count: seconds a byte, which is what an attacker pays for, and the
milliseconds until the connection is ended, which is what one connection can take.
"""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.hostile.grammar import KINDS, Piece, any_piece, changed
from ingest_container.rtmp import ProtocolFailed, Session, SessionState
from tests.support.rtmp_peer import RtmpPeer

FLOOD = 512 * 1024  # bytes that are offered
MOST_SECONDS = 0.5  # of one trial: a flood that costs more was found
READ, READ_OF_PUBLISHER = 4 * 1024, 256 * 1024


@dataclass(frozen=True)
class Cost:
    """What one flood cost."""

    pieces: tuple[Piece, ...]
    seconds: float
    taken: int  # bytes until the end
    reason: str | None  # why the session ended it

    @property
    def per_byte(self) -> float:
        return self.seconds / self.taken if self.taken else 0.0


def _new() -> tuple[Session, RtmpPeer]:
    return Session(now=0.0, random_bytes=bytes(1528), frames=False), RtmpPeer()


def _handshake() -> Session:
    return _new()[0]


def _connecting() -> Session:
    session, peer = _new()
    session.receive_data(peer.hello() + peer.finish_handshake(), 0.0)
    return session


def _connected() -> Session:
    session, peer = _new()
    session.receive_data(peer.hello() + peer.finish_handshake() + peer.connect() + peer.create_stream(), 0.0)
    return session


def _pending() -> Session:
    session, peer = _new()
    session.receive_data(peer.open(), 0.0)
    return session


def _publishing() -> Session:
    session = _pending()
    session.accept_publish(0.0)
    return session


def _refused() -> Session:
    session = _pending()
    session.refuse_publish("NetStream.Publish.Denied", "no", 0.0)
    return session


STATES: dict[str, Callable[[], Session]] = {
    "handshake": _handshake,
    "connecting": _connecting,
    "connected": _connected,
    "publish pending": _pending,
    "publishing": _publishing,
    "refused": _refused,
}


def cost_of(state: str, pieces: tuple[Piece, ...]) -> Cost:
    """Send them over and over."""
    once = b"".join(piece.build() for piece in pieces)
    flood = bytearray(once * (FLOOD // max(len(once), 1) + 1))[:FLOOD]
    if state == "handshake":
        peer = RtmpPeer()
        flood = bytearray(peer.hello() + peer.finish_handshake())
    session = STATES[state]()
    session.data_to_send()
    step = READ_OF_PUBLISHER if session.state is SessionState.PUBLISHING else READ
    step = 1 if state == "handshake" else step
    buffer = bytearray(step)
    taken, reason = 0, None
    began = time.thread_time()
    for start in range(0, len(flood), step):
        size = min(step, len(flood) - start)
        buffer[:size] = flood[start : start + size]
        events = session.receive_data(buffer, 0.0, size)
        taken += size
        session.data_to_send()
        if session.state is SessionState.CLOSED:
            reason = next((event.reason_code for event in events if isinstance(event, ProtocolFailed)), "closed")
            break
        if time.thread_time() - began > MOST_SECONDS:
            break
    return Cost(pieces, time.thread_time() - began, taken, reason)


def dearest(state: str, seconds: float, measure: Callable[[Cost], float], seed: int = 1) -> Cost:
    """The flood of the highest measure that was found in so much time: each kind once, then changes of the best."""
    if state in ("handshake", "refused"):
        return max((cost_of(state, (any_piece(random.Random(seed)),)) for _ in range(5)), key=measure)
    chance = random.Random(seed)
    until = time.monotonic() + seconds
    found = [cost_of(state, (any_piece(chance, kind),)) for kind in KINDS for _ in range(3)]
    found = sorted(found, key=measure, reverse=True)[:6]
    while time.monotonic() < until:
        new = cost_of(state, changed(chance.choice(found).pieces, chance))
        if measure(new) > measure(found[-1]):
            found = sorted([*found[:-1], new], key=measure, reverse=True)
    # Once more, so that a lucky moment of the machine does not count.
    return min((cost_of(state, found[0].pieces) for _ in range(3)), key=measure)
