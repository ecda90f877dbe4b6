"""Shapes of channels: for viewers, and for their owner."""

from pydantic import BaseModel, Field

from chalicelib.contract.media import Live, PublicLive
from chalicelib.domain.channels import Visibility
from chalicelib.domain.streams import ChannelStatus, EndReason
from chalicelib.domain.times import IsoTime


class Playback(BaseModel):
    hls_url: str


class KeyHint(BaseModel):
    key_id: str
    hint: str
    expires_at: IsoTime | None


class Metadata(BaseModel):
    title: str
    description: str
    category: str
    tags: list[str]


class ChannelDetails(Metadata):
    """What viewers read about a channel."""

    channel_id: str
    version: int = Field(description="Grows with every change of details or key: of two answers the higher is newer")


class OwnChannelDetails(ChannelDetails):
    """The same, and what only the owner sees."""

    visibility: Visibility
    region: str
    ingest_url: str = Field(description="The server URL for the encoder: scheme, host, port and application, no key")
    key: KeyHint | None


class PublicChannel(ChannelDetails):
    """A channel as anybody sees it."""

    status: ChannelStatus
    status_until: IsoTime | None = Field(description="When RECONNECTING gives up; null otherwise")
    playback: Playback
    live: PublicLive | None = Field(description="The stream that runs; null while OFFLINE")


class LastEnd(BaseModel):
    """How the channel's last stream ended."""

    stream_id: str
    started_at: IsoTime | None = Field(description="Null where no picture or sound ever came")
    ended_at: IsoTime | None = Field(description="Null while the end of a stream whose node is lost is not written yet")
    reason: EndReason | None
    reason_text: str | None = Field(description="The reason as a sentence")
    action: str | None = Field(description="What to do about it")


class LastRefusal(BaseModel):
    """The last publisher that was turned away with a key of this channel."""

    at: IsoTime
    code: str = Field(description="One of [why a publisher is refused](#why-a-publisher-is-refused)")
    reason: str | None = Field(description="A sentence")
    action: str | None = Field(description="What to do")
    client_ip: str | None


class OwnChannel(PublicChannel, OwnChannelDetails):
    """`GET /api/channel`: the channel as its owner sees it."""

    live: Live | None = Field(description="The stream that runs; null while OFFLINE")
    last_end: LastEnd | None = Field(description="Null while a stream runs, and before the first one")
    last_refusal: LastRefusal | None = Field(description="Of the last 90 days")
