"""What an open WebSocket listens to."""

from dataclasses import dataclass
from enum import StrEnum


class Listener(StrEnum):
    """The owner hears refusals and sees ingest details as well; the public only what viewers may know."""

    OWNER = "owner"
    PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class Topic:
    channel_id: str
    listener: Listener

    def __str__(self) -> str:
        return f"{self.listener}#{self.channel_id}"
