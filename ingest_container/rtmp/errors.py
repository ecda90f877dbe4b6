"""The errors of the RTMP core.

    Exception
    +-- ProtocolError        the peer broke the protocol or a limit; never leaves Session
    |   +-- AmfError         a value that is not AMF0, or is past a limit
    +-- LocalProtocolError   our own shell called a method that the session's state does not allow
    ValueError
    +-- CodecError           a sequence header that cannot be read; the media itself goes on

Texts are ours and hold numbers only, never bytes or strings from the peer: a stream key could be among them.
"""


class ProtocolError(Exception):
    """The peer broke the protocol. `reason_code` is stable snake_case; `detail` is for people."""

    def __init__(self, reason_code: str, detail: str) -> None:
        super().__init__(f"{reason_code}: {detail}")
        self.reason_code = reason_code
        self.detail = detail


class AmfError(ProtocolError):
    """A value that is not AMF0, or is past a limit."""

    def __init__(self, detail: str) -> None:
        super().__init__("malformed_amf", detail)


class LocalProtocolError(Exception):
    """A call that the session's present state does not allow: a fault of the caller, not of the peer."""


class CodecError(ValueError):
    """A codec configuration record that is cut short or makes no sense."""
