"""Shapes of the messages on the WebSocket. A channel's owner and the public get different forms of most of them.

`seq` grows within a channel: of two messages the higher is newer.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from chalicelib.contract.channels import ChannelDetails, LastRefusal, OwnChannel, OwnChannelDetails, PublicChannel
from chalicelib.contract.media import Live, PublicLive
from chalicelib.domain.streams import ChannelStatus
from chalicelib.domain.times import IsoTime
from chalicelib.domain.topics import Closing


class PublicSnapshotMessage(BaseModel):
    """The first message: the channel as it is."""

    type: Literal["snapshot"] = "snapshot"
    seq: int
    at: IsoTime
    channel: PublicChannel


class SnapshotMessage(PublicSnapshotMessage):
    channel: OwnChannel


class PublicChannelMessage(BaseModel):
    """The channel's details were changed."""

    type: Literal["channel"] = "channel"
    at: IsoTime
    channel: ChannelDetails


class ChannelMessage(PublicChannelMessage):
    """Details or key were changed."""

    channel: OwnChannelDetails


class PublicStatusMessage(BaseModel):
    """The channel's status changed. Why a stream was interrupted or ended is null for the public."""

    type: Literal["status"] = "status"
    seq: int
    at: IsoTime
    status: ChannelStatus
    stream_id: str
    reason: str | None
    reason_text: str | None
    action: str | None = Field(description="What to do about it")
    until: IsoTime | None = Field(description="When RECONNECTING gives up")
    live: PublicLive | None


class StatusMessage(PublicStatusMessage):
    live: Live | None


class PublicMetricsMessage(PublicLive):
    """The measures of the running stream, once a second."""

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


class ErrorMessage(BaseModel):
    """What the client sent was not understood, or came too often."""

    type: Literal["error"] = "error"
    code: str
    reason: str
    action: str


class ClosingMessage(BaseModel):
    """The last message before the server ends the connection."""

    type: Literal["closing"] = "closing"
    code: Closing
    reason: str
    action: str


class PongMessage(BaseModel):
    """The answer to `ping`."""

    type: Literal["pong"] = "pong"


OwnerMessage = Annotated[
    SnapshotMessage
    | ChannelMessage
    | StatusMessage
    | MetricsMessage
    | RefusedMessage
    | ErrorMessage
    | ClosingMessage
    | PongMessage,
    Field(discriminator="type", description="A message on the WebSocket of a channel's owner"),
]
PublicMessage = Annotated[
    PublicSnapshotMessage
    | PublicChannelMessage
    | PublicStatusMessage
    | PublicMetricsMessage
    | ErrorMessage
    | ClosingMessage
    | PongMessage,
    Field(discriminator="type", description="A message on the WebSocket of anybody else"),
]
