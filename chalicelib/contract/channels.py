"""Shapes of channels: for viewers, and for their owner."""

from pydantic import BaseModel, Field

from chalicelib.contract.media import THUMBNAIL_URL, Live, PublicLive
from chalicelib.domain.channels import Visibility
from chalicelib.domain.streams import ChannelStatus, EndReason
from chalicelib.domain.takeovers import SecondPublisher
from chalicelib.domain.times import IsoTime


class Playback(BaseModel):
    hls_url: str
    thumbnail_url: str | None = Field(description=THUMBNAIL_URL)


class PlaybackToken(BaseModel):
    """A playback token, and two links that contain it."""

    token: str
    hls_url: str = Field(description="For players, with the token in the path")
    watch_url: str = Field(description="For people, with the token in the fragment")
    expires_at: IsoTime


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
    """The details of a channel that everyone can see."""

    channel_id: str
    version: int = Field(description="Increases with every change of the details or the key: the highest is the newest")


class IngestEndpoint(BaseModel):
    """A server that encoders can publish to."""

    region: str
    url: str = Field(description="RTMPS where the deployment has a certificate")
    plain_url: str | None = Field(description="The same server without encryption; null if `url` is not encrypted")


class Closed(BaseModel):
    """The stream was ended by its owner or an administrator: encoders are refused for now."""

    until: IsoTime = Field(description="If none tries until then; each attempt extends it")
    reason: EndReason
    reason_text: str


class OwnChannelDetails(ChannelDetails):
    """The details of a channel, including those that only its owner can see."""

    closed: Closed | None = Field(description="Null while encoders are accepted")

    visibility: Visibility
    recording: bool = Field(description="Whether streams are recorded; a change applies from the next stream")
    second_publisher: SecondPublisher = Field(
        description="What becomes of a second publisher: `refuse`, or `takeover` if its key has a higher priority"
    )
    region: str
    ingest_url: str = Field(description="Server URL for the encoder: scheme, host, port and application; no key")
    ingest_endpoints: list[IngestEndpoint] = Field(
        description="Every server that accepts the channel's key; the first one has `ingest_url`"
    )
    key: KeyHint | None


class PublicChannel(ChannelDetails):
    """A channel as everyone can see it."""

    display_name: str = Field(description="The broadcaster's name; may be empty")
    status: ChannelStatus
    status_until: IsoTime | None = Field(description="When RECONNECTING gives up; null otherwise")
    playback: Playback
    live: PublicLive | None = Field(description="The stream that runs; null while OFFLINE")


class LastEnd(BaseModel):
    """How the channel's last stream ended."""

    stream_id: str
    started_at: IsoTime | None = Field(description="Null if no video or audio was ever received")
    ended_at: IsoTime | None = Field(description="Null if the ingest node failed and the end is not recorded yet")
    reason: EndReason | None
    reason_text: str | None = Field(description="The reason as a sentence")
    action: str | None = Field(description="What to do about it")


class LastRefusal(BaseModel):
    """The most recent refusal of a publisher with a key of this channel."""

    at: IsoTime
    code: str = Field(description="One of the codes in [why a publisher is refused](#why-a-publisher-is-refused)")
    reason: str | None = Field(description="The reason as a sentence")
    action: str | None = Field(description="What to do about it")
    client_ip: str | None
    key_id: str | None
    key_label: str | None = Field(description="The label of the key that the publisher had")


class OwnChannel(PublicChannel, OwnChannelDetails):
    """A channel as its owner sees it."""

    live: Live | None = Field(description="The stream that runs; null while OFFLINE")
    last_end: LastEnd | None = Field(description="Null while a stream is running, and before the first one")
    last_refusal: LastRefusal | None = Field(description="Null if there was none in the last 90 days")
