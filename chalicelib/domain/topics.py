"""What an open WebSocket is subscribed to, and why the server closes one."""

from dataclasses import dataclass
from enum import StrEnum


class Listener(StrEnum):
    """The owner also receives refusals and details of the ingest; the public receives only what viewers may see."""

    OWNER = "owner"
    PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class Topic:
    channel_id: str
    listener: Listener

    def __str__(self) -> str:
        return f"{self.listener}#{self.channel_id}"


@dataclass(frozen=True, slots=True)
class Connection:
    """An open WebSocket. `expires_at` (ms) is the expiry of the token that opened it; None for the public."""

    connection_id: str
    topic: Topic
    expires_at: int | None = None

    def has_expired(self, now: int) -> bool:
        return self.expires_at is not None and now >= self.expires_at


class Closing(StrEnum):
    """Why the server closes a WebSocket: the `code` of its last message."""

    TOKEN_EXPIRED = "token_expired"  # noqa: S105 - a code, not a secret
    TOO_MANY_MESSAGES = "too_many_messages"
    CHANNEL_NOT_FOUND = "channel_not_found"
    ACCESS_REVOKED = "access_revoked"


# What the user is shown, and what the client does.
CLOSING_TEXT: dict[Closing, tuple[str, str]] = {
    Closing.TOKEN_EXPIRED: ("The token that opened this connection has expired.", "Connect again with a new token."),
    Closing.TOO_MANY_MESSAGES: ("Too many messages were sent.", "Connect again, and send fewer messages."),
    Closing.CHANNEL_NOT_FOUND: ("The channel is no longer public.", "Do not connect again."),
    Closing.ACCESS_REVOKED: ("Access to this channel was revoked.", "Sign in again."),
}
