"""Taking a channel over from the publisher that holds it. Each is one transaction, with the order for the old holder:

    take_over   key good, use noted + channel held as read + stream row re-fenced + entry in the timeline
    evict       key good            + channel held as read, let go + stream that never was LIVE ended

Each raises StoreUnavailable when there is no answer.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from chalicelib.domain.keys import StreamKey
from chalicelib.domain.leases import Holder
from chalicelib.domain.measures import Counted
from chalicelib.domain.orders import Order
from chalicelib.domain.streams import EndReason, Stream, StreamState
from chalicelib.domain.timeline import Entry
from chalicelib.store import lease_ends, leases, models, publications, runtime_models, timeline
from chalicelib.store.guard import ConditionFailed, Contended, transaction
from chalicelib.store.leases import Claim, Claimed


@dataclass(frozen=True, slots=True)
class Takeover:
    """Whose stream it is: its holder, with the key `holding`, which `order` tells. All of it was read before."""

    stream: Stream
    holder: Holder
    holding: StreamKey
    paid_until: int  # how often the channel is taken over, with this one
    order: Order


def take_over(claim: Claim, takeover: Takeover, resumable_until: int, told: Entry) -> Claimed:
    stream_id = takeover.stream.stream_id

    def step() -> None:
        with transaction() as write:
            write.save(timeline.row(told))
            if claim.publication is not None:
                write.save(publications.row(claim.publication))
            write.update(
                models.Key(claim.key.key_hash),
                leases.note_use(claim, stream_id),
                condition=leases.key_usable(claim, stream_id),
            )
            write.update(
                models.Channel(claim.channel.channel_id),
                [*leases.take_channel(claim, stream_id, resumable_until), _pay(takeover)],
                condition=_held(claim, takeover),
            )
            write.update(
                models.Stream(stream_id),
                [*leases.continue_stream(claim, resumable_until), models.Stream.takeovers.add(1)],
                condition=leases.continuable(claim),
            )
            _tell(write, takeover)

    return _outcome(step, key_item=1 if claim.publication is None else 2)


def evict(claim: Claim, takeover: Takeover, told: Entry, counted: Counted) -> Claimed:
    def step() -> None:
        with transaction() as write:
            write.condition_check(models.Key, claim.key.key_hash, condition=leases.key_usable(claim, None))
            write.save(timeline.row(told))
            write.update(
                models.Channel(claim.channel.channel_id),
                [
                    *lease_ends.LET_GO,
                    models.Channel.resumable_until.remove(),
                    models.Channel.fence.set(claim.fence),
                    _pay(takeover),
                ],
                condition=_held(claim, takeover),
            )
            write.update(
                models.Stream(told.stream_id),
                [
                    *lease_ends.end_stream(EndReason.TAKEN_OVER, told, None, counted),
                    models.Stream.fence.set(claim.fence),
                ],
                condition=(models.Stream.fence == claim.channel.lease.fence)
                & (models.Stream.state == StreamState.CONNECTING.value),
            )
            _tell(write, takeover)

    return _outcome(step, key_item=0)


def _outcome(step: Callable[[], None], key_item: int) -> Claimed:
    try:
        step()
    except ConditionFailed as failed:
        return Claimed.KEY_REFUSED if key_item in failed.items else Claimed.CHANNEL_CHANGED
    except Contended:
        return Claimed.CHANNEL_CHANGED
    return Claimed.YES


def _pay(takeover: Takeover) -> Action:
    return models.Channel.takeovers_paid_until.set(takeover.paid_until)


def _held(claim: Claim, takeover: Takeover) -> Any:
    """The channel is held as it was read: letting go does not move the fence. Its policy was not changed either."""
    channel = models.Channel
    return (
        leases.unchanged(claim.channel)
        & leases.is_open(claim.now)
        & (channel.lease_publisher == takeover.holder.publisher_id)
        & (channel.second_publisher == claim.channel.second_publisher.value)
    )


def _tell(write: TransactWrite, takeover: Takeover) -> None:
    """Fails where the holder's session is another one: it is dead, and the channel free."""
    node, holder = runtime_models.Node, takeover.holder
    write.update(
        node(holder.node_id),
        [node.orders.add({takeover.order.text})],
        condition=node.incarnation == holder.incarnation,
    )
