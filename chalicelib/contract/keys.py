"""Shapes of stream keys. A key itself is only in `Issued...`, `Revealed...` and `Generated...`."""

from pydantic import BaseModel

from chalicelib.contract.streams import OwnStream
from chalicelib.domain.keys import KeyReading
from chalicelib.domain.times import IsoTime


class Credentials(BaseModel):
    """`GET /api/channel/credentials`: enough to tell the key, not to use it."""

    ingest_url: str
    key_id: str
    stream_key_masked: str
    expires_at: IsoTime | None


class RevealedCredentials(Credentials):
    """The same with the key in the clear, for its owner who asked for it."""

    stream_key: str


class Key(BaseModel):
    """A key without the key: `hint` is its last characters. `stream_id` is set while a stream runs on it."""

    key_id: str
    broadcaster_id: str
    label: str
    hint: str
    status: KeyReading
    created_at: IsoTime
    not_before: IsoTime | None
    expires_at: IsoTime | None
    one_time: bool
    allow_list: list[str]
    uses: int
    last_used_at: IsoTime | None
    stream_id: str | None


class IssuedKey(Key):
    """The one answer that holds this key."""

    stream_key: str


class KeyPage(BaseModel):
    """A page may hold fewer than was asked for; the last one has no `next_cursor`."""

    keys: list[Key]
    next_cursor: str | None


class KeyList(BaseModel):
    keys: list[Key]


class KeyUsage(BaseModel):
    """The streams that ran on a key, newest first."""

    streams: list[OwnStream]
    next_cursor: str | None
