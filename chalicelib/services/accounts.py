"""Deleting what there is of a person, at their own request.

    mark    the channel has no name, address or place in any list, and is blocked for good: nothing of it starts or is
            shown any more. Every claim that came before the mark is ended, every later one fails on it
    end     what runs is ordered to end, open dashboards are closed
    erase   keys and the schedule; then, of each stream that has ended, the recording and what says who broadcast

All of it may be repeated, and goes on where it stopped: one call does a bounded part. What stays are the times and
technical facts of streams, without a name. The timeline's records (90 days) expire by themselves.
"""

from collections.abc import Callable

from chalicelib.domain.broadcasters import is_deleted
from chalicelib.domain.channels import Channel, channel_id_of
from chalicelib.domain.events import ChannelChanged
from chalicelib.domain.keys import KeyStatus
from chalicelib.domain.metadata import Metadata
from chalicelib.domain.recordings import RecordingStatus
from chalicelib.domain.refusals import BroadcasterBlocked
from chalicelib.domain.streams import EndReason, Stream, StreamState
from chalicelib.observability import logger
from chalicelib.services import bus, fanout, schedule
from chalicelib.services.recordings import upkeep
from chalicelib.services.streams import orders
from chalicelib.store import channels, keys, streams

PART_MS = 10_000  # API Gateway answers after 29 s, whatever we do
CHUNK = 100


def delete(owner: str, clock: Callable[[], int]) -> bool:
    """A part of it; False if something is left to do. Raises BroadcasterBlocked: a block outlives an account."""
    until = clock() + PART_MS
    channel_id = channel_id_of(owner)
    channel = channels.find(channel_id)
    if channel is None:
        return True
    if not is_deleted(channel.owner):
        if channel.blocked is not None:
            raise BroadcasterBlocked(channel_id=channel_id)
        channels.set_deleted(channel_id, clock())
        bus.publish([ChannelChanged(channel_id=channel_id, at=clock())])
        logger("control").info("Account deleted by its owner", event="account_deleted", channel_id=channel_id)
    orders.end_running(channel_id, EndReason.STOPPED, clock())
    fanout.disconnect_owner(channel_id)
    for key in keys.of_channel(channel_id):
        if key.status is KeyStatus.ACTIVE or key.ciphertext is not None or key.label:
            keys.erase(key, clock())
    schedule.erase(channel_id)
    return _erase_streams(channel, clock, until)


def _erase_streams(channel: Channel, clock: Callable[[], int], until: int) -> bool:
    finished, before = True, None
    while found := streams.of_channel(channel.channel_id, CHUNK, before):
        for stream in found:
            if clock() >= until:
                return False
            finished &= _erase(channel, stream, clock())
        before = found[-1].stream_id
    return finished


def _erase(channel: Channel, stream: Stream, now: int) -> bool:
    """False while the stream runs, or its node is still finishing the recording."""
    if stream.state is not StreamState.ENDED:
        return False
    recording = stream.recording.as_read(now) if stream.recording is not None else None
    if recording is not None and recording.status is RecordingStatus.RECORDING:
        return False
    if recording is not None and recording.is_playable:
        upkeep.delete(channel, stream.stream_id, now)
    if stream.client_ip is not None or _says_something(stream.metadata):
        streams.anonymise(stream.stream_id)
    return True


def _says_something(shown: Metadata) -> bool:
    return any((shown.title, shown.description, shown.category, shown.display_name, shown.tags))


__all__ = ["delete"]
