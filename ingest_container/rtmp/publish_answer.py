"""A publish on another server, as a client sends it: the opening, and the answer read out of all that comes back.

The messages of the client itself follow the opening: connect, createStream, publish. Sans-IO.
"""

from dataclasses import dataclass

from . import messages
from .chunks import ChunkReader
from .commands import PUBLISH_START, parse_command
from .handshake import SIGNATURE_BYTES, VERSION
from .limits import Limits

# C0, C1 and C2 at once. C1 without a version asks for the simple handshake, and C2 need not be an echo (see
# `handshake`).
OPENING = bytes((VERSION,)) + bytes(2 * SIGNATURE_BYTES)


@dataclass(frozen=True, slots=True)
class PublishAnswer:
    """The server's onStatus."""

    code: str
    description: str

    @property
    def is_start(self) -> bool:
        """Whether the client may send its stream."""
        return self.code == PUBLISH_START


class PublishAnswerReader:
    """Feed it what the server sends, until the answer is there."""

    def __init__(self) -> None:
        self._limits = Limits()
        self._reader = ChunkReader(self._limits)
        self._handshake_left = 1 + 2 * SIGNATURE_BYTES  # of S0, S1 and S2

    def receive_data(self, data: bytes) -> tuple[PublishAnswer, bytes] | None:
        """The answer and what follows it; None while more is needed. Raises ProtocolError."""
        skipped = min(self._handshake_left, len(data))
        self._handshake_left -= skipped
        # Byte by byte, a few hundred of them: what is behind the answer must be passed on as it came.
        for position in range(skipped, len(data)):
            self._reader.feed(data[position : position + 1])
            message = self._reader.next_message()
            if message is not None and (answer := self._answer(message)) is not None:
                return answer, data[position + 1 :]
        return None

    def _answer(self, message: messages.Message) -> PublishAnswer | None:
        if message.type_id != messages.COMMAND_AMF0:
            return None
        command = parse_command(message.payload, self._limits)
        information = command.argument(0)
        if command.name != "onStatus" or not isinstance(information, dict):
            return None
        code, description = information.get("code"), information.get("description")
        return PublishAnswer(code if isinstance(code, str) else "", description if isinstance(description, str) else "")
