"""Shapes of refused publishers, as administrators look them up."""

from pydantic import BaseModel

from chalicelib.domain.times import IsoTime


class Refusal(BaseModel):
    """`reason` is the code with which the publisher was refused, or its connection ended before it got a response.

    `title` and `action` are the texts that the broadcaster saw. `broadcaster_id` and `key_id` are null if the key is
    unknown. `node_id` is `<kind>:<server>` for a publisher on a media server, for example `mediamtx:main`.
    """

    at: IsoTime
    reason: str
    title: str | None
    action: str | None
    broadcaster_id: str | None
    key_id: str | None
    key_label: str | None
    node_id: str | None
    client_ip: str | None


class RefusalPage(BaseModel):
    """Newest first."""

    refusals: list[Refusal]
    next_cursor: str | None
