"""Shapes of broadcasters, as administrators see them."""

from typing import Literal

from pydantic import BaseModel

from chalicelib.contract.keys import Key
from chalicelib.contract.streams import OwnStream
from chalicelib.domain.channels import Visibility
from chalicelib.domain.times import IsoTime


class Block(BaseModel):
    """When, by whom and why a broadcaster was blocked."""

    at: IsoTime
    by: str
    why: str


class BlockEntry(Block):
    """One entry of the history: a block, or its removal."""

    kind: Literal["blocked", "unblocked"]


class Broadcaster(BaseModel):
    """`broadcaster_id` is also the id of their channel.

    `user_id` is null if no account owns the channel. `email` is the verified address in the account's most recent
    token, or null if no token had one. `blocked` is null unless the broadcaster is blocked.
    """

    broadcaster_id: str
    user_id: str | None
    email: str | None
    display_name: str
    contact: str
    title: str
    visibility: Visibility
    region: str
    created_at: IsoTime
    blocked: Block | None


class BroadcasterDetails(Broadcaster):
    """`history` lists who blocked and unblocked them in the last 90 days, oldest first."""

    keys: list[Key]
    history: list[BlockEntry]


class BroadcasterStreams(BaseModel):
    """Their streams, newest first; `next_cursor` is null on the last page."""

    streams: list[OwnStream]
    next_cursor: str | None


class BroadcasterPage(BaseModel):
    broadcasters: list[Broadcaster]
    next_cursor: str | None
