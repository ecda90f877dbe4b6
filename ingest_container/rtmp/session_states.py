"""The states of a publishing connection, and what moves it from one to another."""

from enum import Enum, auto


class SessionState(Enum):
    """Where the connection is."""

    HANDSHAKE = auto()
    CONNECTING = auto()
    CONNECTED = auto()
    PUBLISH_PENDING = auto()
    PUBLISHING = auto()
    REFUSED = auto()
    CLOSED = auto()


class Trigger(Enum):
    """What moves it."""

    HANDSHAKE_DONE = auto()
    CONNECT = auto()
    PUBLISH = auto()
    ACCEPT = auto()
    REFUSE = auto()
    STOP = auto()  # the encoder ends its stream
    END = auto()  # end of the connection, protocol failure, or a deadline


_S, _T = SessionState, Trigger

# What is not in the table cannot happen; the peer's side is checked before, the shell's raises LocalProtocolError.
TRANSITIONS: dict[SessionState, dict[Trigger, SessionState]] = {
    _S.HANDSHAKE: {_T.HANDSHAKE_DONE: _S.CONNECTING, _T.END: _S.CLOSED},
    _S.CONNECTING: {_T.CONNECT: _S.CONNECTED, _T.END: _S.CLOSED},
    _S.CONNECTED: {_T.PUBLISH: _S.PUBLISH_PENDING, _T.END: _S.CLOSED},
    _S.PUBLISH_PENDING: {
        _T.ACCEPT: _S.PUBLISHING,
        _T.REFUSE: _S.REFUSED,
        _T.STOP: _S.CLOSED,
        _T.END: _S.CLOSED,
    },
    _S.PUBLISHING: {_T.STOP: _S.CONNECTED, _T.END: _S.CLOSED},
    _S.REFUSED: {_T.END: _S.CLOSED},
    _S.CLOSED: {},
}
