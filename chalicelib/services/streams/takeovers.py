"""A publisher with a key of higher priority takes a channel over from the one that holds it (`domain.takeovers`).

    owner claims, guest holds   one transaction: fence + 1, holder replaced, stream re-fenced, order for the old holder
    the guest's node            its next renewal brings the order: it checks the lease, and closes the connection
    the stream                  goes on under the same id, RECONNECTING until the owner's first media

The old holder cannot write any more from the transaction on, told or not. A stream that never was LIVE has nothing to
go on with: it ends, and the publisher claims a free channel.
"""

from chalicelib.domain import takeovers as rules
from chalicelib.domain.channels import Channel
from chalicelib.domain.events import EventName, PublisherOrdered, StreamStateChange
from chalicelib.domain.keys import StreamKey
from chalicelib.domain.orders import Order
from chalicelib.domain.publications import dialect_of
from chalicelib.domain.refusals import TakeoversLimited
from chalicelib.domain.streams import ChannelStatus, EndReason, first_seq
from chalicelib.services import bus
from chalicelib.services.streams import holders, lifecycle, orders
from chalicelib.store import keys, pulses
from chalicelib.store import takeovers as store
from chalicelib.store.leases import Claim, Claimed
from chalicelib.store.takeovers import Takeover


def end_test(channel: Channel, now: int) -> None:
    """Whoever goes live need not know that a test holds the channel."""
    stream = holders.unended_stream(channel)
    if stream is not None and stream.test:
        orders.end_now(channel, stream, EndReason.TEST_REPLACED, now)


def judged(claim: Claim) -> Takeover:
    """Whom the claim takes the channel over from. Raises KeyInUse, which names the holder's key, TakeoversLimited."""
    channel, now = claim.channel, claim.now
    stream = holders.unended_stream(channel)
    holding = None
    # A key never takes over from itself: most second publishers have the first one's, and cost no further read.
    if stream is not None and stream.key_hash is not None and stream.key_id != claim.key.key_id:
        holding = keys.find(stream.key_hash)
    holder = channel.lease.holder
    if (
        stream is None
        or holder is None
        or holding is None
        or not rules.may_take_over(channel.second_publisher, claim.key.role, holding.role)
    ):
        raise holders.in_use(claim.key, holding)
    paid_until = rules.next_paid_until(channel.takeovers_paid_until, stream.takeovers, now)
    if paid_until is None:
        raise TakeoversLimited()
    reviewed = Order.to_review(stream.stream_id)
    on_media_server = dialect_of(holder.node_id) is not None  # it reviews nothing: its server is asked to end it
    order = Order.to_end(stream.stream_id, EndReason.TAKEN_OVER) if on_media_server else reviewed
    return Takeover(stream, holder, holding, paid_until, order)


def take_over(claim: Claim, takeover: Takeover, resumable_until: int) -> Claimed:
    """Continues the stream with the claiming publisher; where it never was LIVE, ends it: claim again then.

    Whoever listens is told. Raises StoreUnavailable.
    """
    stream = takeover.stream
    if stream.started_at is None:
        told = replaced_event(claim, takeover)
        outcome = store.evict(claim, takeover, lifecycle.entry_of(told), pulses.counted(stream.stream_id))
    else:
        told = taken_over_event(claim, takeover, resumable_until)
        outcome = store.take_over(claim, takeover, resumable_until, lifecycle.entry_of(told))
    if outcome is Claimed.YES:
        bus.publish([told])
        if dialect_of(takeover.holder.node_id) is not None:
            bus.publish([PublisherOrdered(node_id=takeover.holder.node_id, at=claim.now)])
    return outcome


def replaced_event(claim: Claim, takeover: Takeover) -> StreamStateChange:
    """The end of a stream that never was LIVE."""
    ended = lifecycle.ended_event(takeover.stream, first_seq(claim.fence), EndReason.TAKEN_OVER, claim.now)
    return ended.model_copy(update={"detail": _sentence(claim.key, takeover.holding)})


def taken_over_event(claim: Claim, takeover: Takeover, until: int) -> StreamStateChange:
    stream = takeover.stream
    return StreamStateChange(
        event_name=EventName.STREAM_TAKEN_OVER,
        channel_id=stream.channel_id,
        stream_id=stream.stream_id,
        key_id=claim.key.key_id,
        node_id=claim.holder.node_id,
        seq=first_seq(claim.fence),
        at=claim.now,
        status=ChannelStatus.RECONNECTING,
        until=until,
        reason=EndReason.TAKEN_OVER.value,
        detail=_sentence(claim.key, takeover.holding),
        client_ip=claim.client_ip,
        started_at=stream.started_at,
        facts=stream.facts,
    )


def _sentence(new: StreamKey, old: StreamKey) -> str:
    return f"The encoder with {holders.called(new)} took over from the encoder with {holders.called(old)}."
