"""Shapes of refused publishers, as administrators look them up."""

from pydantic import BaseModel

from chalicelib.domain.times import IsoTime


class Refusal(BaseModel):
    """`reason` is the code that the publisher was refused with, or that its connection ended with before an answer.

    `title` and `action` are what the broadcaster was told of it. `broadcaster_id` and `key_id` are null where the key
    was not known. `node_id` of a foreign media server is `<dialect>:<server>`.
    """

    at: IsoTime
    reason: str
    title: str | None
    action: str | None
    broadcaster_id: str | None
    key_id: str | None
    node_id: str | None
    client_ip: str | None


class RefusalPage(BaseModel):
    """Newest first; the last page has no `next_cursor`."""

    refusals: list[Refusal]
    next_cursor: str | None
