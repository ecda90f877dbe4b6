"""The life of one stream, as its holder lives it: every step writes the row under the fence, then returns the event.

    hold = StreamHold(grant)
    hold.media(...)   CONNECTING or RECONNECTING -> LIVE
    hold.lost(...)    LIVE -> RECONNECTING, the lease let go
    hold.end(...)     -> ENDED

Steps are safe to repeat: a step that changes no state writes nothing and returns None.
"""

import itertools
from collections.abc import Sequence

from chalicelib.domain.channels import Channel
from chalicelib.domain.errors import LeaseLost
from chalicelib.domain.events import EventName, StreamHealthChange, StreamStateChange
from chalicelib.domain.leases import Grant, Holder
from chalicelib.domain.measures import NOT_COUNTED, Counted, StreamFacts
from chalicelib.domain.streams import (
    END_REASON_ACTION,
    END_REASON_TEXT,
    GRACE,
    HANDED_OVER,
    HANDOVER,
    SEQ_BITS,
    ChannelStatus,
    EndReason,
    Interruption,
    Stream,
    StreamEvent,
    StreamState,
    end_without_encoder,
    first_seq,
    next_state,
)
from chalicelib.domain.timeline import Entry, refusals_of
from chalicelib.domain.times import iso_times
from chalicelib.services import bus
from chalicelib.store import channels, lease_ends, pulses, streams, timeline

WAITING_FOR_KEY_FRAME = "waiting_for_key_frame"  # the reason that a channel is not LIVE yet


class StreamHold:
    """The holder's side of a stream. Not thread-safe: one step at a time; only `next_seq` may be asked beside it."""

    def __init__(self, grant: Grant) -> None:
        self.grant = grant
        self.state = StreamState.RECONNECTING if grant.resumed else StreamState.CONNECTING
        self.started_at = grant.started_at
        self.facts = StreamFacts()
        self.released = False  # the lease was let go: somebody else may hold the channel
        self._seqs = itertools.count(first_seq(grant.fence) + 1)

    @classmethod
    def stored(cls, channel: Channel, stream: Stream, holder: Holder) -> "StreamHold":
        """Goes on from the rows, for a holder that keeps nothing in memory between its steps."""
        resumed = stream.started_at is not None
        hold = cls(
            Grant(
                stream.channel_id,
                stream.stream_id,
                stream.key_id,
                channel.lease.fence,
                holder,
                resumed,
                GRACE,
                stream.started_at,
                test=stream.test,
            )
        )
        hold.state = stream.state
        hold._seqs = itertools.count(max(first_seq(channel.lease.fence), stream.seq) + 1)
        return hold

    def next_seq(self) -> int:
        """A number that no event or timeline entry of this stream had before."""
        return next(self._seqs)

    def created(self, now: int, client_ip: str | None) -> StreamStateChange:
        """The event that the channel was claimed; nothing to write, the claim did."""
        return self._event(EventName.SESSION_CREATED, now, client_ip=client_ip)

    def waiting(self, now: int) -> StreamStateChange:
        """The encoder described its stream, and its first frame is waited for; nothing to write."""
        return self._event(
            EventName.STREAM_WAITING,
            now,
            status=ChannelStatus.RECONNECTING if self.state is StreamState.RECONNECTING else ChannelStatus.OFFLINE,
            reason=WAITING_FOR_KEY_FRAME,
            detail="Your encoder is connected. Waiting for its first key frame.",
        )

    def media(self, now: int, facts: StreamFacts) -> StreamStateChange | None:
        """The first media of a connection. Raises LeaseLost."""
        before = self.state
        self.facts = facts
        if next_state(before, StreamEvent.MEDIA) is before:
            return None
        self.started_at = self.started_at or now
        seq = self.next_seq()
        streams.mark_live(self.grant.stream_id, self.grant.fence, seq, self.started_at, facts)
        self.state = StreamState.LIVE
        resumed = before is StreamState.RECONNECTING
        name = EventName.STREAM_RESUMED if resumed else EventName.STREAM_START
        return self._event(name, now, seq=seq, status=ChannelStatus.LIVE)

    def measured(self, facts: StreamFacts) -> None:
        """Picture or sound became known or changed. Raises LeaseLost."""
        if facts != self.facts and self.state is StreamState.LIVE:
            streams.set_facts(self.grant.stream_id, self.grant.fence, facts)
            self.facts = facts

    def lost(
        self,
        now: int,
        last_media_at: int,
        bytes_in: int,
        failure: str | None = None,
        *,
        handed_over: bool = False,
    ) -> StreamStateChange | None:
        """The connection is gone or silent. A stream that was LIVE waits for its encoder, counted from its last media.

        `failure` says how the encoder broke the protocol, if that was the end of the connection; `handed_over` that we
        closed it, for the encoder to reconnect to another node. Raises LeaseLost.
        """
        why = HANDOVER if handed_over else Interruption(EndReason.PROTOCOL_ERROR, failure) if failure else None
        broken = why.reason if why is not None else None
        after = next_state(self.state, StreamEvent.TRANSPORT_LOST)
        if after is StreamState.ENDED:
            return self.end(broken or EndReason.NO_MEDIA, now, bytes_in, failure)
        until = last_media_at + self.grant.grace
        seq = self.next_seq()
        lease_ends.release(self.grant.channel_id, self.grant.stream_id, self.grant.fence, seq, bytes_in, until, why)
        self.state, self.released = after, True
        return self._event(
            EventName.STREAM_INTERRUPTED,
            now,
            seq=seq,
            status=ChannelStatus.RECONNECTING,
            until=until,
            reason=broken,
            detail=HANDED_OVER if handed_over else failure,
        )

    def end(
        self,
        reason: EndReason,
        now: int,
        bytes_in: int,
        detail: str | None = None,
        counted: Counted = NOT_COUNTED,
    ) -> StreamStateChange | None:
        """Over for good; `detail` where more is known than the reason's own sentence says. Raises LeaseLost."""
        if self.state is StreamState.ENDED:
            return None
        ended = self._event(
            EventName.STREAM_END,
            now,
            status=ChannelStatus.OFFLINE,
            reason=reason.value,
            detail=detail or END_REASON_TEXT[reason],
            action=END_REASON_ACTION[reason],
        )
        lease_ends.finish(self.grant.channel_id, self.grant.fence, reason, bytes_in, entry_of(ended), counted)
        self.state = StreamState.ENDED
        return ended

    def _event(
        self,
        name: EventName,
        now: int,
        *,
        seq: int | None = None,
        status: ChannelStatus | None = None,
        until: int | None = None,
        reason: str | None = None,
        detail: str | None = None,
        action: str | None = None,
        client_ip: str | None = None,
    ) -> StreamStateChange:
        return StreamStateChange(
            event_name=name,
            channel_id=self.grant.channel_id,
            stream_id=self.grant.stream_id,
            key_id=self.grant.key_id,
            node_id=self.grant.holder.node_id,
            seq=self.next_seq() if seq is None else seq,
            at=now,
            status=status,
            until=until,
            reason=reason,
            detail=detail,
            action=action,
            client_ip=client_ip,
            started_at=self.started_at,
            facts=self.facts,
            test=self.grant.test or None,
        )


def announce(events: Sequence[StreamStateChange]) -> None:
    """Onto the bus first, for the dashboards' sake, then into the streams' timelines. Raises StoreUnavailable."""
    bus.publish(events)
    record(events)


def record(items: Sequence[StreamStateChange | StreamHealthChange | Entry]) -> None:
    """Into the timelines, 25 a request: a refusal into its channel's, all else into its stream's.

    The end of a stream is there already: the transaction that made it wrote it. Raises StoreUnavailable; may be
    repeated as a whole.
    """
    entries = [item if isinstance(item, Entry) else entry_of(item) for item in items if not _is_written(item)]
    if entries:
        timeline.add_all(entries)


def _is_written(item: StreamStateChange | StreamHealthChange | Entry) -> bool:
    return isinstance(item, StreamStateChange) and item.event_name is EventName.STREAM_END


def entry_of(event: StreamStateChange | StreamHealthChange) -> Entry:
    facts = event.model_dump(mode="json", exclude_none=True, exclude={"stream_id", "seq", "at", "event_name"})
    where = event.stream_id or refusals_of(event.channel_id)
    return Entry(where, event.seq, event.at, event.event_name.value, iso_times(facts))


def give_back(channel_id: str, holder: Holder, now: int) -> bool:
    """Undoes a claim whose answer never came: if it went through, nobody would let go of it while the node lives.

    False if there is nothing to undo. Raises StoreUnavailable.
    """
    channel = channels.get(channel_id)
    if channel.lease.holder != holder or channel.stream_id is None:
        return False
    stream = streams.get(channel.stream_id)
    reason = EndReason.NO_MEDIA if stream.started_at is None else EndReason.GRACE_OVER
    ended = ended_event(stream, seq_past_holders(stream), reason, now)
    try:
        counted = pulses.counted(stream.stream_id)
        lease_ends.finish(channel_id, channel.lease.fence, reason, stream.bytes_in, entry_of(ended), counted)
    except LeaseLost:
        return False
    announce([ended])
    return True


def reap(
    channel: Channel, stream: Stream | None, now: int, reason: EndReason | None = None
) -> StreamStateChange | None:
    """Frees a channel whose holder is dead or whose grace is over, and ends its stream if it has one.

    `reason`: by default what its encoder was waited for. Returns the event to announce; None if there was no stream, or
    somebody else was first.
    """
    if stream is None:
        lease_ends.reap(channel, None, None, now)
        return None
    reason = reason or end_without_encoder(stream, is_held=channel.lease.holder is not None)
    ended = ended_event(stream, first_seq(channel.lease.fence + 1), reason, now)
    counted = pulses.counted(stream.stream_id)
    return ended if lease_ends.reap(channel, stream, reason, now, entry_of(ended), counted) else None


def seq_past_holders(stream: Stream) -> int:
    """For who ends a stream under its holder's fence: past every number that the holder may have used."""
    return stream.seq + (1 << (SEQ_BITS - 1))


def ended_event(stream: Stream, seq: int, reason: EndReason, now: int) -> StreamStateChange:
    """The event of a stream that somebody other than its holder ended."""
    known = stream.interruption
    return StreamStateChange(
        event_name=EventName.STREAM_END,
        channel_id=stream.channel_id,
        stream_id=stream.stream_id,
        key_id=stream.key_id,
        node_id=stream.node_id,
        seq=seq,
        at=now,
        status=ChannelStatus.OFFLINE,
        reason=reason.value,
        detail=known.detail if known is not None and known.reason is reason else END_REASON_TEXT[reason],
        action=END_REASON_ACTION[reason],
        started_at=stream.started_at,
        test=stream.test or None,
    )
