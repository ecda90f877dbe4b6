"""What an encoder that does not wait for Publish.Start sends before it: its configuration, which is sent only once."""

from .limits import Limits
from .messages import Message


class EarlyMessages:
    """Kept until the publish is accepted, within limits; what is beyond them is left out."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._messages: list[Message] = []
        self.size = 0  # bytes

    def keep(self, message: Message) -> None:
        size = self.size + len(message.payload)
        if size <= self._limits.max_early_bytes and len(self._messages) < self._limits.max_early_messages:
            self.size = size
            self._messages.append(message)

    def take(self) -> list[Message]:
        """Those that were kept, in order; empties it."""
        taken, self._messages, self.size = self._messages, [], 0
        return taken
