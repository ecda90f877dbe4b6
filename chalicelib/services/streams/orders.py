"""Orders to a stream's holder from outside: to end it, or to look again at what it rests on. Each is written on the row
that the holder reads with its next renewal.

A reason that is stored (a dead key, a block, a closed channel) is written first, and the order given after it: a claim
either came before that write, and is seen here, or fails on it. If the order fails, the caller is told, and the same
request again ends the stream.
"""

from chalicelib.domain.channels import Channel
from chalicelib.domain.closures import Closure
from chalicelib.domain.errors import LeaseLost, NotLive
from chalicelib.domain.events import ChannelChanged, PublisherOrdered
from chalicelib.domain.keys import KeyStatus, StreamKey
from chalicelib.domain.orders import Order
from chalicelib.domain.publications import dialect_of
from chalicelib.domain.streams import EndReason, Stream, StreamState
from chalicelib.services import bus
from chalicelib.services.streams import lifecycle
from chalicelib.store import channels, keys, lease_ends, nodes, pulses, streams


def running_stream(channel_id: str) -> Stream | None:
    """The channel's stream that has not ended, or None."""
    channel = channels.find(channel_id)
    stream = streams.find(channel.stream_id) if channel is not None and channel.stream_id else None
    return None if stream is None or stream.state is StreamState.ENDED else stream


def order_end(stream_id: str, reason: EndReason, now: int) -> bool:
    """Ends a stream: by an order to its holder, or, where it has none, here. False if it had ended.

    May be repeated. Raises StoreUnavailable.
    """
    stream = streams.find(stream_id)
    if stream is None or stream.state is StreamState.ENDED:
        return False
    channel = channels.get(stream.channel_id)
    if channel.lease.holder is not None:  # read after the stream, which may have changed hands in between
        return _order_holder(channel.lease.holder.node_id, Order.to_end(stream_id, reason), now)
    return end_now(channel, stream, reason, now)


def end_now(channel: Channel, stream: Stream, reason: EndReason, now: int) -> bool:
    """Ends a stream without waiting for its holder, if it has one, who is told to let its encoder go.

    False if the channel or the stream has moved on meanwhile. Raises StoreUnavailable.
    """
    try:
        ended = lifecycle.ended_event(stream, lifecycle.seq_past_holders(stream), reason, now)
        told, counted = lifecycle.entry_of(ended), pulses.counted(stream.stream_id)
        lease_ends.finish(channel.channel_id, stream.fence, reason, stream.bytes_in, told, counted)
    except LeaseLost:
        return False
    if channel.lease.holder is not None:
        _order_holder(channel.lease.holder.node_id, Order.to_end(stream.stream_id, reason), now)
    lifecycle.announce([ended])
    return True


def _order_holder(node_id: str, order: Order, now: int) -> bool:
    """False if there is no such node any more."""
    given = nodes.order(node_id, order)
    if given and dialect_of(node_id) is not None:  # nobody renews in a moment: its server must be asked
        bus.publish([PublisherOrdered(node_id=node_id, at=now)])
    return given


def end_running(channel_id: str, reason: EndReason, now: int) -> str | None:
    """Ends the channel's stream; answers its id, None if there was none. Raises StoreUnavailable."""
    stream = running_stream(channel_id)
    return stream.stream_id if stream is not None and order_end(stream.stream_id, reason, now) else None


def end_on_dead_key(channel_id: str, reason: EndReason, now: int) -> None:
    """Ends the channel's stream if its key is not active, whichever request revoked it. Raises StoreUnavailable."""
    stream = running_stream(channel_id)
    key = keys.find(stream.key_hash) if stream is not None and stream.key_hash else None
    if stream is not None and key is not None and key.status is not KeyStatus.ACTIVE:
        order_end(stream.stream_id, reason, now)


def review_key(key: StreamKey) -> None:
    """The key's terms were changed: the node that has a stream on it reads them again. Raises StoreUnavailable.

    A media server's publisher needs no order: each sign of its life reads the key.
    """
    stream = running_stream(key.channel_id)
    if stream is None or stream.key_id != key.key_id:
        return
    holder = channels.get(key.channel_id).lease.holder
    if holder is not None and dialect_of(holder.node_id) is None:
        nodes.order(holder.node_id, Order.to_review(stream.stream_id))


def end_stream(stream_id: str, reason: EndReason, now: int) -> None:
    """Ends a stream that runs, and closes its channel. Raises StreamNotFound, NotLive if it has ended."""
    stream = streams.get(stream_id)
    if stream.state is StreamState.ENDED or not _end_and_close(stream, reason, now):
        raise NotLive("The stream has already ended")


def stop_channel(channel_id: str, reason: EndReason, now: int) -> str:
    """Ends the channel's broadcast, and closes the channel; answers the stream's id. Raises NotLive."""
    stream = running_stream(channel_id)
    if stream is None or not _end_and_close(stream, reason, now):
        raise NotLive()
    return stream.stream_id


def allow_again(channel_id: str, now: int) -> Channel:
    """Publishers of a closed channel are accepted from now on. Raises ChannelNotFound."""
    channel = channels.set_closed(channel_id, None) or channels.get(channel_id)
    bus.publish([ChannelChanged(channel_id=channel_id, at=now)])
    return channel


def _end_and_close(stream: Stream, reason: EndReason, now: int) -> bool:
    """False if it had ended meanwhile; then the channel is open as before."""
    closure = Closure.at(now, reason)
    channels.set_closed(stream.channel_id, closure)
    if not order_end(stream.stream_id, reason, now):
        channels.set_closed(stream.channel_id, None, instead_of=closure)
        return False
    bus.publish([ChannelChanged(channel_id=stream.channel_id, at=now)])
    return True
