"""Shapes of broadcasters, as administrators see them."""

from typing import Literal

from pydantic import BaseModel

from chalicelib.contract.keys import Key
from chalicelib.domain.channels import Visibility
from chalicelib.domain.times import IsoTime


class Block(BaseModel):
    """Since when, by whom, and why."""

    at: IsoTime
    by: str
    why: str


class BlockEntry(Block):
    kind: Literal["blocked", "unblocked"]


class Broadcaster(BaseModel):
    """`broadcaster_id` is the id of their channel.

    `user_id` is null where no account has it. `email` is the account's verified address as its last token said it, null
    until there was one. `blocked` is null for who is not.
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
    """`history`: who blocked and unblocked them in the last 90 days, oldest first."""

    keys: list[Key]
    history: list[BlockEntry]


class BroadcasterPage(BaseModel):
    broadcasters: list[Broadcaster]
    next_cursor: str | None
