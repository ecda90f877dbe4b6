"""Shapes of the messages on the WebSocket. Most have one form for a channel's owner and one for everyone else.

`seq` increases within a channel: the higher of two messages is newer.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from chalicelib.contract.channels import ChannelDetails, LastRefusal, OwnChannel, OwnChannelDetails, PublicChannel
from chalicelib.contract.media import Live, PublicLive
from chalicelib.domain.streams import ChannelStatus
from chalicelib.domain.times import IsoTime
from chalicelib.domain.topics import Closing


class PublicSnapshotMessage(BaseModel):
    """The current state of the channel: the first message, and the response to `snapshot`."""

    type: Literal["snapshot"] = "snapshot"
    seq: int
    at: IsoTime
    channel: PublicChannel


class SnapshotMessage(PublicSnapshotMessage):
    channel: OwnChannel


class PublicChannelMessage(BaseModel):
    """The channel's details have changed."""

    type: Literal["channel"] = "channel"
    at: IsoTime
    channel: ChannelDetails


class ChannelMessage(PublicChannelMessage):
    """The channel's details or key have changed."""

    channel: OwnChannelDetails


class PublicStatusMessage(BaseModel):
    """The channel's status has changed. `reason`, `reason_text` and `action` are null for viewers."""

    type: Literal["status"] = "status"
    seq: int
    at: IsoTime
    status: ChannelStatus
    stream_id: str
    reason: str | None
    reason_text: str | None
    action: str | None = Field(description="What to do about it")
    until: IsoTime | None = Field(description="While RECONNECTING: when the grace period ends")
    live: PublicLive | None


class StatusMessage(PublicStatusMessage):
    live: Live | None


class PublicMetricsMessage(PublicLive):
    """Measurements of the running stream: for its owner once a second, for viewers every five."""

    bitrate_kbps: float
    type: Literal["metrics"] = "metrics"
    seq: int
    at: IsoTime
    uptime_s: int


class MetricsMessage(PublicMetricsMessage, Live):
    pass


class RefusedMessage(LastRefusal):
    """A publisher with a key of this channel was refused."""

    type: Literal["refused"] = "refused"
    seq: int


class WaitingMessage(BaseModel):
    """A publisher with a key of this channel waits for a place: all ingest servers are full. Repeated every 10 s."""

    type: Literal["waiting"] = "waiting"
    at: IsoTime
    place: int | None = Field(description="Its place in the queue, from 1; null: it waits no more")
    until: IsoTime = Field(description="When it is refused, if no place has become free")
    client_ip: str | None


class ErrorMessage(BaseModel):
    """A message from the client was invalid, or one too many."""

    type: Literal["error"] = "error"
    code: str
    reason: str
    action: str


class ClosingMessage(BaseModel):
    """The last message before the server closes the connection."""

    type: Literal["closing"] = "closing"
    code: Closing
    reason: str
    action: str


class PongMessage(BaseModel):
    """The response to `ping`."""

    type: Literal["pong"] = "pong"


OwnerMessage = Annotated[
    SnapshotMessage
    | ChannelMessage
    | StatusMessage
    | MetricsMessage
    | RefusedMessage
    | WaitingMessage
    | ErrorMessage
    | ClosingMessage
    | PongMessage,
    Field(discriminator="type", description="A WebSocket message to a channel's owner"),
]
PublicMessage = Annotated[
    PublicSnapshotMessage
    | PublicChannelMessage
    | PublicStatusMessage
    | PublicMetricsMessage
    | ErrorMessage
    | ClosingMessage
    | PongMessage,
    Field(discriminator="type", description="A WebSocket message to a viewer"),
]
