"""A session and what is done to it, for tests that look at events only."""

import os
from collections.abc import Iterable

from ingest_container import compiled
from ingest_container.rtmp import Connected, Event, Limits, Session, SessionState
from tests.support.rtmp_peer import RtmpPeer

S1_RANDOM = bytes(1528)


def cases(count: int) -> int:
    """How many random ones to try: a fifth of `count` where the hot path is not compiled, as it runs a second time."""
    return count // 5 if os.environ.get(compiled.UNWANTED) else count


def new_session(limits: Limits | None = None) -> Session:
    return Session(now=0.0, random_bytes=S1_RANDOM, limits=limits)


def publishing() -> tuple[Session, RtmpPeer]:
    """A session whose publish was accepted, and its encoder, who has read everything said so far."""
    session, peer = pending()
    session.accept_publish(0.0)
    deliver(session, peer)
    return session, peer


def pending() -> tuple[Session, RtmpPeer]:
    """A session that waits to be told whether the key is good."""
    session, peer = new_session(), RtmpPeer()
    session.receive_data(peer.open(), 0.0)
    assert session.state is SessionState.PUBLISH_PENDING
    deliver(session, peer)
    return session, peer


def deliver(session: Session, peer: RtmpPeer) -> None:
    """Bring to the encoder what the session has to say."""
    peer.receive_data(session.data_to_send())


def feed(pieces: Iterable[bytes]) -> list[Event]:
    """All events of a new session that accepts the publish as soon as the read that asks for it is over."""
    session = new_session()
    events: list[Event] = []
    for piece in pieces:
        events += session.receive_data(piece, 0.0)
        if session.state is SessionState.PUBLISH_PENDING:
            session.accept_publish(0.0)
    return events + session.receive_eof(0.0)


def kinds(events: list[Event]) -> list[type]:
    return [type(event) for event in events]


def connected(**extra: object) -> tuple[Connected, RtmpPeer]:
    session, peer = new_session(), RtmpPeer()
    events = session.receive_data(peer.hello() + peer.finish_handshake() + peer.connect(**extra), 0.0)  # type: ignore[arg-type]
    deliver(session, peer)
    assert isinstance(events[0], Connected)
    return events[0], peer
