"""Shapes of stream keys. Only `Issued...`, `Revealed...` and `Generated...` contain the key itself."""

from pydantic import BaseModel, Field

from chalicelib.contract.streams import OwnStream
from chalicelib.domain.keys import KeyReading, KeyRole
from chalicelib.domain.times import IsoTime


class Credentials(BaseModel):
    """The ingest URL and the stream key, masked."""

    ingest_url: str
    key_id: str
    stream_key_masked: str
    expires_at: IsoTime | None


class RevealedCredentials(Credentials):
    """The ingest URL and the stream key in plain text."""

    stream_key: str


class Key(BaseModel):
    """A stream key without its text: `hint` is its last characters. `stream_id` is set while a stream is using it."""

    key_id: str
    broadcaster_id: str
    label: str
    hint: str
    status: KeyReading
    created_at: IsoTime
    not_before: IsoTime | None
    expires_at: IsoTime | None
    one_time: bool = Field(description="Whether `max_uses` is 1")
    allow_list: list[str]
    test_only: bool = Field(description="Whether everything published with it is a test stream")
    role: KeyRole = Field(description="Its priority: `owner`, then `backup`, then `guest`")
    max_uses: int | None = Field(description="How many streams it is valid for; null: any number")
    uses: int = Field(description="How many streams used it")
    uses_left: int | None = Field(description="Null: any number")
    replaced_by: str | None = Field(description="The `key_id` of the key that a rotation put in its place")
    broadcast_id: str | None = Field(description="The planned broadcast that its times follow")
    last_client_ip: str | None = Field(description="From where it was used last")
    last_encoder: str | None = Field(description="What the encoder that used it last calls itself")
    last_used_at: IsoTime | None
    stream_id: str | None


class IssuedKey(Key):
    """A new key. No later response contains `stream_key`."""

    stream_key: str


class KeyPage(BaseModel):
    keys: list[Key]
    next_cursor: str | None


class KeyList(BaseModel):
    keys: list[Key]


class KeyUsage(BaseModel):
    """The streams that used a key, newest first."""

    streams: list[OwnStream]
    next_cursor: str | None
