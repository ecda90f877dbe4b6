"""The life of one stream as a table, and a channel's status derived from it.

    CONNECTING --media--> LIVE --transport lost--> RECONNECTING --media--> LIVE ...
        any of them --end--> ENDED(reason)

One stream id lives across interruptions. The table is total: every pair of state and event has an answer, so events
that come late, twice or out of order do no harm (they keep the state).
"""

from dataclasses import dataclass, field
from enum import StrEnum

from chalicelib.domain.audience import Audience
from chalicelib.domain.leases import NodeSession, dead_node_grace, is_over
from chalicelib.domain.measures import StreamFacts
from chalicelib.domain.metadata import Metadata
from chalicelib.domain.recordings import Recording
from chalicelib.domain.totals import StreamTotals

GRACE = 8_000  # ms after the last media in which the encoder may come back; inside the promised 10 s
SILENCE = 4_000  # ms without media after which ordinary video counts as gone, its connection open or not
LATE = 1_000  # ms behind `resumable_until` in which a resume that came in time is still written
# ms within which a publisher that continues a stream must send media, unless its holder says otherwise
FIRST_MEDIA = 5_000


class StreamState(StrEnum):
    CONNECTING = "CONNECTING"
    LIVE = "LIVE"
    RECONNECTING = "RECONNECTING"
    ENDED = "ENDED"


class StreamEvent(StrEnum):
    MEDIA = "media"  # the first media of a connection
    TRANSPORT_LOST = "transport_lost"  # connection gone, or silent for SILENCE
    END = "end"  # clean stop, grace over, reset, stop, drain ...: for good


class EndReason(StrEnum):
    """Why a stream ended; for people, `END_REASON_TEXT` says what happened and `END_REASON_ACTION` what to do."""

    CLEAN_STOP = "clean_stop"
    UNPUBLISHED = "unpublished"
    GRACE_OVER = "grace_over"
    NO_MEDIA = "no_media"
    KEY_RESET = "key_reset"
    KEY_REVOKED = "key_revoked"
    KEY_EXPIRED = "key_expired"
    STOPPED = "stopped"
    ADMIN_STOPPED = "admin_stopped"
    BLOCKED = "blocked"
    LEASE_LOST = "lease_lost"
    TEST_REPLACED = "test_replaced"
    TAKEN_OVER = "taken_over"
    NODE_DRAINED = "node_drained"
    NODE_LOST = "node_lost"
    PROTOCOL_ERROR = "protocol_error"


END_REASON_TEXT: dict[EndReason, str] = {
    EndReason.CLEAN_STOP: "The stream was stopped in the encoder.",
    EndReason.UNPUBLISHED: "The publisher disconnected from the media server.",
    EndReason.GRACE_OVER: "The connection was lost and the encoder did not reconnect in time.",
    EndReason.NO_MEDIA: "The encoder connected but sent no video or audio in time.",
    EndReason.KEY_RESET: "The stream key was reset.",
    EndReason.KEY_REVOKED: "The stream key was revoked.",
    EndReason.KEY_EXPIRED: "The stream key expired.",
    EndReason.STOPPED: "The stream was ended in the studio.",
    EndReason.ADMIN_STOPPED: "The stream was ended by an administrator.",
    EndReason.BLOCKED: "The broadcaster was blocked by an administrator.",
    EndReason.LEASE_LOST: "Another connection took over the channel.",
    EndReason.TEST_REPLACED: "A broadcast began on the channel, which ended the test.",
    EndReason.TAKEN_OVER: "An encoder whose key has a higher priority took over.",
    EndReason.NODE_DRAINED: "The ingest server was taken out of service.",
    EndReason.NODE_LOST: "The ingest server failed.",
    EndReason.PROTOCOL_ERROR: "The encoder sent something that is not valid RTMP.",
}

# What is known of a stream whose node drains: while its encoder is waited for, and if it does not come.
HANDED_OVER = (
    "The ingest server is taken out of service: the encoder reconnects, and the stream continues on another one."
)
NOT_TAKEN_UP = "The ingest server was taken out of service, and the encoder did not reconnect to another one in time."

# None where there is nothing to do.
END_REASON_ACTION: dict[EndReason, str | None] = {
    EndReason.CLEAN_STOP: None,
    EndReason.UNPUBLISHED: "If the encoder was not stopped, check the media server's log.",
    EndReason.GRACE_OVER: "Check the encoder's network, then start streaming again.",
    EndReason.NO_MEDIA: "Check that the encoder has a video or audio source, then start streaming again.",
    EndReason.KEY_RESET: "Enter the new stream key in the encoder.",
    EndReason.KEY_REVOKED: "Use another stream key, or ask for a new one.",
    EndReason.KEY_EXPIRED: "Get a new stream key.",
    EndReason.STOPPED: "Stop the encoder as well: many keep trying, and are refused until you allow them again.",
    EndReason.ADMIN_STOPPED: "Ask the administrators of the service.",
    EndReason.BLOCKED: "Ask the administrators of the service.",
    EndReason.LEASE_LOST: "If you did not switch to another encoder, reset the stream key.",
    EndReason.TEST_REPLACED: "To test again, end the broadcast first.",
    EndReason.TAKEN_OVER: "Stop this encoder, or start it again when the other one has stopped.",
    EndReason.NODE_DRAINED: "Start streaming again.",
    EndReason.NODE_LOST: "Start streaming again.",
    EndReason.PROTOCOL_ERROR: "Update the encoder, or try another one; the stream's timeline has the detail.",
}


def protocol_failure(code: str, detail: str) -> str:
    """The sentence for a person where it is known how an encoder broke the protocol; `code` is for a search."""
    return f"{END_REASON_TEXT[EndReason.PROTOCOL_ERROR].removesuffix('.')}: {detail} ({code})."


TRANSITIONS: dict[StreamState, dict[StreamEvent, StreamState]] = {
    StreamState.CONNECTING: {
        StreamEvent.MEDIA: StreamState.LIVE,
        # Nothing was ever seen of it: there is nothing to come back to.
        StreamEvent.TRANSPORT_LOST: StreamState.ENDED,
        StreamEvent.END: StreamState.ENDED,
    },
    StreamState.LIVE: {
        StreamEvent.MEDIA: StreamState.LIVE,
        StreamEvent.TRANSPORT_LOST: StreamState.RECONNECTING,
        StreamEvent.END: StreamState.ENDED,
    },
    StreamState.RECONNECTING: {
        StreamEvent.MEDIA: StreamState.LIVE,
        StreamEvent.TRANSPORT_LOST: StreamState.RECONNECTING,
        StreamEvent.END: StreamState.ENDED,
    },
    StreamState.ENDED: dict.fromkeys(StreamEvent, StreamState.ENDED),
}


def next_state(state: StreamState, event: StreamEvent) -> StreamState:
    return TRANSITIONS[state][event]


@dataclass(frozen=True, slots=True)
class Interruption:
    """Why a stream waits for its encoder, where it is more than a lost connection. `detail`: of its end by that reason,
    if the encoder does not come."""

    reason: EndReason
    detail: str


HANDOVER = Interruption(EndReason.NODE_DRAINED, NOT_TAKEN_UP)

# Numbers of a stream's events and timeline entries: the fence in the high bits makes them grow across holders
# without anybody having to remember where the last one stopped. 2**20 entries a holder, within 2**53 for JavaScript.
SEQ_BITS = 20


def first_seq(fence: int) -> int:
    return fence << SEQ_BITS


@dataclass(frozen=True, slots=True)
class Stream:
    """One broadcast on a channel, across interruptions. `fence` is that of the holder who may write it."""

    stream_id: str
    channel_id: str
    key_id: str
    node_id: str
    incarnation: str
    fence: int
    state: StreamState
    connected_at: int
    source: str = "ingest"
    seq: int = 0
    client_ip: str | None = None
    flash_version: str | None = None  # what its encoder calls itself in RTMP's connect, if anything
    started_at: int | None = None
    ended_at: int | None = None
    end_reason: str | None = None
    bytes_in: int = 0
    takeovers: int = 0  # how often another publisher took it over
    facts: StreamFacts = field(default_factory=StreamFacts)
    recording: Recording | None = None
    audience: Audience | None = None  # in all, once it has ended
    totals: StreamTotals | None = None  # once it has ended
    resumable_until: int | None = None
    interruption: Interruption | None = None  # while it waits for its encoder
    region: str = ""  # known while it has not ended
    key_hash: str | None = None
    metadata: Metadata = field(default_factory=Metadata)
    test: bool = False  # for nobody but the channel's owner


class ChannelStatus(StrEnum):
    LIVE = "LIVE"
    RECONNECTING = "RECONNECTING"
    OFFLINE = "OFFLINE"


@dataclass(frozen=True, slots=True)
class StatusReading:
    """A channel's status at one instant, and until when a RECONNECTING waits (ms)."""

    status: ChannelStatus
    until: int | None = None


OFFLINE = StatusReading(ChannelStatus.OFFLINE)


def stream_reading(stream: Stream, session: NodeSession | None, now: int) -> StatusReading:
    """The status of a stream's channel for viewers and the owner: the stored state, valid only while its node lives.

    Everything but the node's life is in the stream's own row, which every step writes as a whole: one read of it is one
    moment. (The channel's row says much of the same, but read beside this one it may be of another moment, and an
    interrupted stream then looks ended.) `session` is that of `stream.node_id`, read after the stream. A crashed node's
    channel never stays LIVE, though nobody cleaned up.
    """
    if stream.state is StreamState.LIVE:
        if not is_over(session, stream.incarnation, now):
            return StatusReading(ChannelStatus.LIVE)
        until = dead_node_grace(session, stream.incarnation, now)
        return StatusReading(ChannelStatus.RECONNECTING, until) if now < until else OFFLINE
    if stream.state is StreamState.RECONNECTING and now < (stream.resumable_until or 0) + LATE:
        return StatusReading(ChannelStatus.RECONNECTING, stream.resumable_until)
    return OFFLINE


def is_doubtful(stream: Stream, session: NodeSession | None, now: int) -> bool:
    """Whether the reading rests on more than the row says: a dead node, or a time that is up.

    Then the row may have moved on while the session was read, and is to be read once more.
    """
    if stream.state is StreamState.ENDED:
        return False
    overdue = stream.state is StreamState.RECONNECTING and now >= (stream.resumable_until or 0)
    return overdue or is_over(session, stream.incarnation, now)


def end_without_encoder(stream: Stream, *, is_held: bool) -> EndReason:
    """Why a stream ended whose encoder did not come back in time. `is_held`: it had a publisher when its node died."""
    if is_held:
        return EndReason.NODE_LOST
    return stream.interruption.reason if stream.interruption is not None else EndReason.GRACE_OVER


@dataclass(frozen=True, slots=True)
class StreamEnd:
    """How a stream ended, times in ms. `ended_at` is None where its node is lost and nobody has written the end yet."""

    stream_id: str
    started_at: int | None
    ended_at: int | None
    reason: str | None


def end_as_read(stream: Stream, status: ChannelStatus) -> StreamEnd | None:
    """How a stream ended that reads as `status`; None while it runs or has only connected.

    A stream that reads as over before anybody wrote so waited in vain for its encoder, or its node is lost.
    """
    ended_at, reason = stream.ended_at, stream.end_reason
    if stream.state is not StreamState.ENDED:
        if status is not ChannelStatus.OFFLINE or stream.state is StreamState.CONNECTING:
            return None
        is_held = stream.state is StreamState.LIVE
        reason = end_without_encoder(stream, is_held=is_held).value
        ended_at = None if is_held else stream.resumable_until
    return StreamEnd(stream.stream_id, stream.started_at, ended_at, reason)


def state_as_read(stream: Stream, session: NodeSession | None, now: int) -> StreamState:
    """The stream's stored state, valid only while its node lives: a ghost reads ENDED."""
    if stream.state is StreamState.CONNECTING:
        return StreamState.ENDED if is_over(session, stream.incarnation, now) else stream.state
    status = stream_reading(stream, session, now).status
    return StreamState.ENDED if status is ChannelStatus.OFFLINE else StreamState(status.value)
