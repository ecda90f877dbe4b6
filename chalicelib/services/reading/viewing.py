"""For the playback origins: who may watch a channel, and which node has a stream's media."""

from dataclasses import dataclass, replace

from chalicelib.domain.channels import is_channel_id
from chalicelib.domain.ids import is_ulid
from chalicelib.domain.leases import NodeSession, is_over
from chalicelib.domain.metadata import Visibility
from chalicelib.domain.streams import StreamState
from chalicelib.store import channels, nodes, streams


@dataclass(frozen=True, slots=True)
class Carrier:
    """The node that has a stream's media, under the fence by which it holds the channel, or last held it.

    `origin` is host and port of its HTTP server; empty if it has none, or is gone.
    """

    node_id: str
    fence: int
    origin: str = ""
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class Viewing:
    """A channel as viewers meet it. `stream_id` and `carrier` are of the stream that runs; None while none does.

    `is_test`: that stream, or the last one, is for the channel's owner alone.
    """

    is_private: bool
    stream_id: str | None = None
    carrier: Carrier | None = None
    title: str = ""
    is_test: bool = False


def viewing(channel_id: str, asking: str, now: int) -> Viewing | None:
    """None where nobody may watch: no such channel, or its broadcaster is blocked. `asking` is the asking node's id.

    One read of a row if the asking node holds the channel itself, two if another one does, three while it waits for
    its encoder.
    """
    channel = channels.find(channel_id) if is_channel_id(channel_id) else None
    if channel is None or channel.blocked is not None:
        return None
    seen = Viewing(channel.visibility is Visibility.PRIVATE, title=channel.title, is_test=channel.test)
    holder, fence = channel.lease.holder, channel.lease.fence
    if channel.stream_id is None:
        return seen
    if holder is not None:
        carrier = _carrier(holder.node_id, holder.incarnation, fence, asking, now)
        return replace(seen, stream_id=channel.stream_id, carrier=carrier)
    stream = streams.find(channel.stream_id)
    if stream is None or stream.state is StreamState.ENDED:
        return seen
    carrier = _carrier(stream.node_id, stream.incarnation, fence, asking, now)
    return replace(seen, stream_id=channel.stream_id, carrier=carrier)


def last_carrier(channel_id: str, stream_id: str, now: int) -> Carrier | None:
    """Who has the media of a stream that has ended: the node that carried it last, for a while. None if it is gone."""
    stream = streams.find(stream_id) if is_ulid(stream_id) else None
    if stream is None or stream.channel_id != channel_id:
        return None
    carrier = _carrier(stream.node_id, stream.incarnation, stream.fence, "", now)
    return carrier if carrier.origin else None


def _carrier(node_id: str, incarnation: str, fence: int, asking: str, now: int) -> Carrier:
    if node_id == asking:
        return Carrier(node_id, fence)
    state = nodes.state(node_id)
    if state is None or is_over(NodeSession(node_id, state.info.incarnation, state.expires_at), incarnation, now):
        return Carrier(node_id, fence, is_gone=True)
    return Carrier(node_id, fence, state.info.origin)
