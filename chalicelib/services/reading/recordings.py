"""The recordings of a channel that anybody may watch, and who may watch a recording."""

from dataclasses import dataclass

from chalicelib.domain.ids import is_ulid
from chalicelib.domain.metadata import Visibility
from chalicelib.domain.not_found import ChannelNotFound
from chalicelib.domain.pages import Page
from chalicelib.domain.recordings import Recording, RecordingStatus, is_private
from chalicelib.domain.streams import Stream
from chalicelib.services.reading import discovery
from chalicelib.services.recordings.storage import storage
from chalicelib.store import channels, streams

LOOKED_AT = 100  # rows a request
MOST_LOOKS = 5  # a page: a channel that records little ends a page early


@dataclass(frozen=True, slots=True)
class RecordingView:
    """Whose recording it is, and whether it can be watched with a playback token only."""

    channel_id: str
    is_private: bool


def viewing(stream_id: str, now: int) -> RecordingView | None:
    """None where nobody may watch: there is no such recording, or its broadcaster is blocked."""
    stream = streams.find(stream_id) if is_ulid(stream_id) else None
    recording = stream.recording.as_read(now) if stream is not None and stream.recording is not None else None
    if stream is None or recording is None:
        return None
    if not (recording.is_playable or recording.status is RecordingStatus.RECORDING):
        return None
    channel = channels.find(stream.channel_id)
    if channel is None or channel.blocked is not None:
        return None
    return RecordingView(stream.channel_id, is_private(channel.visibility, stream.metadata.visibility))


def of_channel(channel_id: str, limit: int, before: str | None, now: int) -> Page[tuple[Stream, Recording]]:
    """Newest first, without streams that were private to their end; none while nobody serves recordings.

    Raises ChannelNotFound as a public channel does.
    """
    if discovery.find_public(channel_id) is None:
        raise ChannelNotFound()
    if storage() is None:
        return Page([], None)
    found: list[tuple[Stream, Recording]] = []
    for _ in range(MOST_LOOKS):
        rows = streams.of_channel(channel_id, LOOKED_AT, before)
        for stream in rows:
            before = stream.stream_id
            recording = stream.recording.as_read(now) if stream.recording is not None else None
            if recording is None or not recording.is_playable or stream.metadata.visibility is Visibility.PRIVATE:
                continue
            found.append((stream, recording))
            if len(found) == limit:
                return Page(found, before)
        if len(rows) < LOOKED_AT:
            return Page(found, None)
    return Page(found, before)
