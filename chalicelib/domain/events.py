"""What the ingest node and the control plane tell each other over the bus.

Delivery is at least once and may reorder. `seq` grows within a stream: a consumer drops what is not newer.
The names follow Amazon IVS's EventBridge events where it has one.
"""

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.domain.findings import FindingCode, Severity
from chalicelib.domain.measures import Pulse, StreamFacts
from chalicelib.domain.recordings import RecordingReason, RecordingStatus
from chalicelib.domain.refusals import PublishRefused
from chalicelib.domain.streams import ChannelStatus

INGEST_SOURCE = "stream-sync.ingest"
CONTROL_SOURCE = "stream-sync.control"


class EventName(StrEnum):
    SESSION_CREATED = "Session Created"
    STREAM_WAITING = "Stream Waiting"
    STREAM_START = "Stream Start"
    STREAM_INTERRUPTED = "Stream Interrupted"
    STREAM_RESUMED = "Stream Resumed"
    STREAM_TAKEN_OVER = "Stream Taken Over"
    STREAM_END = "Stream End"
    STREAM_REFUSED = "Stream Refused"


class RecordingEventName(StrEnum):
    RECORDING_START = "Recording Start"
    RECORDING_END = "Recording End"
    RECORDING_START_FAILURE = "Recording Start Failure"
    RECORDING_DELETED = "Recording Deleted"


class HealthEventName(StrEnum):
    FINDING_START = "Health Finding Start"
    FINDING_END = "Health Finding End"


class BusEvent(BaseModel):
    """Base of every `detail`. Unknown fields are dropped, so that an older consumer survives a newer producer."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class StreamStateChange(BusEvent):
    """detail-type `Stream State Change`. Times are ms.

    `reason` is an EndReason, the code of a refusal, or `waiting_for_key_frame`.
    """

    detail_type: Literal["Stream State Change"] = Field(default="Stream State Change", exclude=True)
    event_name: EventName
    channel_id: str
    stream_id: str | None = None
    key_id: str | None = None
    node_id: str
    seq: int
    at: int
    status: ChannelStatus | None = None
    reason: str | None = None
    detail: str | None = None
    action: str | None = None
    client_ip: str | None = None
    key_label: str | None = None  # of a refusal
    started_at: int | None = None
    until: int | None = None
    facts: StreamFacts = StreamFacts()
    test: bool | None = Field(default=None, description="True of a test stream: for the channel's owner alone")


def stream_refused(
    refusal: PublishRefused, channel_id: str, node_id: str, client_ip: str | None, seq: int, at: int
) -> StreamStateChange:
    """A publisher with a key of the channel was refused, by a node or a media server."""
    return StreamStateChange(
        event_name=EventName.STREAM_REFUSED,
        channel_id=channel_id,
        key_id=refusal.key_id,
        key_label=refusal.key_label,
        node_id=node_id,
        seq=seq,
        at=at,
        reason=refusal.code,
        detail=refusal.detail,
        action=refusal.action,
        client_ip=client_ip,
    )


class PublisherWaiting(BusEvent):
    """detail-type `Publisher Waiting`: one with a good key waits for a place, as no ingest node has room.

    `place` counts from 1; None: it waits no more. It waits until `until` (ms) at most.
    """

    detail_type: Literal["Publisher Waiting"] = Field(default="Publisher Waiting", exclude=True)
    channel_id: str
    key_id: str
    node_id: str
    at: int
    until: int
    place: int | None = None
    client_ip: str | None = None


class RecordingStateChange(BusEvent):
    """detail-type `Recording State Change`. `at` and `duration_ms` in ms.

    `status` of a Recording End is `available`, or `incomplete` with a `reason`; it may come again if more was found.
    """

    detail_type: Literal["Recording State Change"] = Field(default="Recording State Change", exclude=True)
    event_name: RecordingEventName
    channel_id: str
    stream_id: str
    node_id: str
    seq: int
    at: int
    status: RecordingStatus
    reason: RecordingReason | None = None
    duration_ms: int | None = None
    size_bytes: int | None = None


class StreamHealthChange(BusEvent):
    """detail-type `Stream Health Change`: a finding was raised, became worse, or was cleared. `at`, `since` in ms."""

    detail_type: Literal["Stream Health Change"] = Field(default="Stream Health Change", exclude=True)
    event_name: HealthEventName
    channel_id: str
    stream_id: str
    node_id: str
    seq: int
    at: int
    code: FindingCode
    severity: Severity
    measured: str
    expected: str
    since: int
    test: bool | None = None


class StreamMetrics(BusEvent):
    """detail-type `Stream Metrics`: one event a node a second, only of streams that somebody watches right now.

    Every fifth is for viewers too, the others for owners alone.
    """

    detail_type: Literal["Stream Metrics"] = Field(default="Stream Metrics", exclude=True)
    node_id: str
    at: int
    pulses: list[Pulse]
    for_viewers: bool = True


class NodeChange(BusEvent):
    """detail-type `Ingest Node Change`: a node started or stopped, or was told to drain, or to take publishers again.

    A node that dies publishes nothing: its streams end with `node_lost`.
    """

    detail_type: Literal["Ingest Node Change"] = Field(default="Ingest Node Change", exclude=True)
    node_id: str
    incarnation: str
    change: Literal["started", "draining", "undrained", "stopped"]
    at: int


class PublisherOrdered(BusEvent):
    """detail-type `Publisher Ordered`: a media server's publisher must stop; its server is asked to disconnect it."""

    detail_type: Literal["Publisher Ordered"] = Field(default="Publisher Ordered", exclude=True)
    node_id: str
    at: int


class HolderQuestioned(BusEvent):
    """detail-type `Holder Questioned`: a publisher was refused because one on a media server holds the channel;
    that server is asked whether the holder is still there.
    """

    detail_type: Literal["Holder Questioned"] = Field(default="Holder Questioned", exclude=True)
    node_id: str
    at: int


class BroadcastReminder(BusEvent):
    """detail-type `Broadcast Reminder`: a planned broadcast starts soon. Times in ms; `at`: when it was due."""

    detail_type: Literal["Broadcast Reminder"] = Field(default="Broadcast Reminder", exclude=True)
    channel_id: str
    broadcast_id: str
    at: int
    title: str
    starts_at: int
    minutes: int
    time_zone: str


class ChannelHidden(BusEvent):
    """detail-type `Channel Hidden`: a channel became private, or its owner was blocked; those who may no longer see
    it are disconnected."""

    detail_type: Literal["Channel Hidden"] = Field(default="Channel Hidden", exclude=True)
    channel_id: str
    at: int


class DashboardConnected(BusEvent):
    """detail-type `Dashboard Connected`: a WebSocket waits for its snapshot."""

    detail_type: Literal["Dashboard Connected"] = Field(default="Dashboard Connected", exclude=True)
    connection_id: str
    channel_id: str
    at: int


class ChannelChanged(BusEvent):
    """detail-type `Channel Change`: its details or the key that its dashboard shows were changed."""

    detail_type: Literal["Channel Change"] = Field(default="Channel Change", exclude=True)
    channel_id: str
    at: int


class DeliveriesDue(BusEvent):
    """detail-type `Webhook Deliveries Due`: an endpoint has deliveries to be sent now, before the schedule looks."""

    detail_type: Literal["Webhook Deliveries Due"] = Field(default="Webhook Deliveries Due", exclude=True)
    webhook_id: str
    at: int


AnyEvent = (
    StreamStateChange
    | PublisherWaiting
    | RecordingStateChange
    | StreamHealthChange
    | StreamMetrics
    | NodeChange
    | PublisherOrdered
    | HolderQuestioned
    | BroadcastReminder
    | ChannelHidden
    | DashboardConnected
    | ChannelChanged
    | DeliveriesDue
)
EVENT_TYPES: dict[str, type[AnyEvent]] = {
    "Stream State Change": StreamStateChange,
    "Publisher Waiting": PublisherWaiting,
    "Recording State Change": RecordingStateChange,
    "Stream Health Change": StreamHealthChange,
    "Stream Metrics": StreamMetrics,
    "Ingest Node Change": NodeChange,
    "Publisher Ordered": PublisherOrdered,
    "Holder Questioned": HolderQuestioned,
    "Broadcast Reminder": BroadcastReminder,
    "Channel Hidden": ChannelHidden,
    "Dashboard Connected": DashboardConnected,
    "Channel Change": ChannelChanged,
    "Webhook Deliveries Due": DeliveriesDue,
}
