"""Letting go of the lease on a channel, and ending its stream. Each step is one transaction.

    release    channel held with my fence   + stream RECONNECTING
    finish     channel held with my fence   + stream ENDED
    reap       fence as seen, holder dead   + stream ENDED, re-fenced: later writes of the old holder fail
               (both: + the end's entry in the timeline, which neither a crash nor a retry can lose or repeat)

Each raises StoreUnavailable when there is no answer.
"""

from pynamodb.expressions.update import Action

from chalicelib.domain.channels import Channel
from chalicelib.domain.errors import LeaseLost
from chalicelib.domain.measures import NOT_COUNTED, Counted
from chalicelib.domain.streams import EndReason, Interruption, Stream, StreamState
from chalicelib.domain.timeline import Entry
from chalicelib.store import models, runtime_models, timeline
from chalicelib.store.guard import ConditionFailed, Contended, store_errors, transaction
from chalicelib.store.leases import session_is_over, unchanged

LET_GO = [
    models.Channel.lease_node.remove(),
    models.Channel.lease_incarnation.remove(),
    models.Channel.lease_publisher.remove(),
]


def end_stream(reason: EndReason, told: Entry, bytes_in: int | None, counted: Counted) -> list[Action]:
    actions: list[Action] = [
        models.Stream.state.set(StreamState.ENDED.value),
        models.Stream.end_reason.set(reason.value),
        models.Stream.ended_at.set(told.at),
        models.Stream.seq.set(told.seq),
        models.Stream.live.remove(),
        models.Stream.live_on.remove(),
        models.Stream.interruption.remove(),
        models.Stream.recording_due.set(told.at),
    ]
    if bytes_in is not None:
        actions.append(models.Stream.bytes_in.set(bytes_in))
    if counted.audience is not None:
        actions.append(models.Stream.audience.set(counted.audience.model_copy(update={"viewers": 0}).model_dump()))
    if counted.totals is not None:
        actions.append(models.Stream.totals.set(counted.totals.model_dump(mode="json", exclude_defaults=True)))
    return actions


def release(
    channel_id: str,
    stream_id: str,
    fence: int,
    seq: int,
    bytes_in: int,
    resumable_until: int,
    why: Interruption | None = None,
) -> None:
    """The publisher is gone or silent: anybody with the key may continue the stream until `resumable_until`.

    Whoever ends it after that tells `why`.

    Raises LeaseLost if `fence` is not the lease's any more.
    """
    try:
        with transaction() as write:
            write.update(
                models.Channel(channel_id),
                [*LET_GO, models.Channel.resumable_until.set(resumable_until)],
                condition=models.Channel.fence == fence,
            )
            write.update(
                models.Stream(stream_id),
                [
                    models.Stream.state.set(StreamState.RECONNECTING.value),
                    models.Stream.seq.set(seq),
                    models.Stream.bytes_in.set(bytes_in),
                    models.Stream.resumable_until.set(resumable_until),
                    models.Stream.interruption.set({"reason": why.reason.value, "detail": why.detail})
                    if why is not None
                    else models.Stream.interruption.remove(),
                ],
                condition=(models.Stream.fence == fence) & (models.Stream.state != StreamState.ENDED.value),
            )
    except ConditionFailed:
        raise LeaseLost() from None


def finish(
    channel_id: str, fence: int, reason: EndReason, bytes_in: int, told: Entry, counted: Counted = NOT_COUNTED
) -> None:
    """Ends the stream, whether or not the channel is held. Raises LeaseLost if the channel's fence has moved on.

    `told` is its end in the timeline: which stream, when and under which number. Repeating the call for the same
    reason, because the first answer was lost, succeeds.
    """
    stream_id = told.stream_id
    try:
        with transaction() as write:
            write.save(timeline.row(told))
            write.update(
                models.Channel(channel_id),
                [*LET_GO, models.Channel.resumable_until.remove()],
                condition=models.Channel.fence == fence,
            )
            write.update(
                models.Stream(stream_id),
                end_stream(reason, told, bytes_in, counted),
                condition=(models.Stream.fence == fence) & (models.Stream.state != StreamState.ENDED.value),
            )
    except ConditionFailed:
        if not _ended_already(stream_id, fence, reason):
            raise LeaseLost() from None


def _ended_already(stream_id: str, fence: int, reason: EndReason) -> bool:
    with store_errors():
        row = models.Stream.get(stream_id, consistent_read=True)
    return row.state == StreamState.ENDED.value and int(row.fence) == fence and row.end_reason == reason.value


def reap(
    channel: Channel,
    stream: Stream | None,
    reason: EndReason | None,
    now: int,
    told: Entry | None = None,
    counted: Counted = NOT_COUNTED,
) -> bool:
    """Frees a channel whose holder is dead or whose grace is over, and ends its stream (if it has not ended).

    `reason` and `told`, its end in the timeline, are needed where there is a stream. Returns False if another writer
    was first. The new fence makes any further write of a zombie fail.
    """
    fence = channel.lease.fence + 1
    try:
        with transaction() as write:
            held = unchanged(channel)
            if channel.lease.holder is None:
                held &= models.Channel.lease_node.does_not_exist()
            else:
                holder = channel.lease.holder
                write.condition_check(
                    runtime_models.Node, holder.node_id, condition=session_is_over(holder.incarnation, now)
                )
            write.update(
                models.Channel(channel.channel_id),
                [*LET_GO, models.Channel.resumable_until.remove(), models.Channel.fence.set(fence)],
                condition=held,
            )
            if stream is not None and reason is not None and told is not None:
                write.save(timeline.row(told))
                write.update(
                    models.Stream(stream.stream_id),
                    [*end_stream(reason, told, None, counted), models.Stream.fence.set(fence)],
                    condition=(models.Stream.fence == stream.fence) & (models.Stream.state != StreamState.ENDED.value),
                )
    except (ConditionFailed, Contended):
        return False
    return True
