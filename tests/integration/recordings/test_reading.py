"""The past streams of a channel: who sees which."""

import pytest

from chalicelib.domain.not_found import ChannelNotFound
from chalicelib.domain.recordings import DAY
from chalicelib.services.reading import recordings
from chalicelib.services.recordings import upkeep
from chalicelib.services.serializers import recordings as serializer
from chalicelib.store import channels
from tests.integration.recordings.conftest import Clock, House
from tests.support.studio import Studio


def ids(house: House, studio: Studio, limit: int = 50) -> list[str]:
    """All pages."""
    found: list[str] = []
    cursor: str | None = None
    while True:
        page = recordings.of_channel(studio.channel_id, limit, cursor, house.clock.now)
        found += [stream.stream_id for stream, _ in page.items]
        cursor = page.next_cursor
        if cursor is None:
            return found


def test_a_channels_recordings_are_listed_newest_first_in_pages(house: House, clock: Clock) -> None:
    studio = Studio(clock)
    made = []
    for _ in range(4):
        made.append(house.broadcast(studio).ended(1).stream_id)
        clock.forward(60_000)
    assert ids(house, studio, limit=2) == ids(house, studio) == made[::-1]


def test_what_cannot_be_watched_is_not_listed(house: House, clock: Clock) -> None:
    studio = Studio(clock)
    deleted = house.broadcast(studio).ended(1)
    upkeep.delete(studio.channel, deleted.stream_id, clock.now)
    clock.forward(60_000)
    nothing = house.broadcast(studio)
    nothing.end()
    clock.forward(60_000)
    house.broadcast(studio).store_segments(1)
    assert ids(house, studio) == []


def test_an_expired_recording_is_not_listed_though_nobody_swept(house: House, clock: Clock) -> None:
    broadcast = house.broadcast().ended(1)
    clock.forward(8 * DAY)
    assert ids(house, broadcast.studio) == []
    shape = serializer.own_recording(broadcast.stream, clock.now)
    assert shape is not None
    assert (shape.status, shape.url) == ("deleted", None)


def test_a_private_channel_is_not_found_and_a_private_stream_not_listed(house: House, clock: Clock) -> None:
    studio = Studio(clock)
    channels.edit(studio.channel_id, {"visibility": "private"})
    house.broadcast(studio).ended(1)
    with pytest.raises(ChannelNotFound):
        ids(house, studio)
    channels.edit(studio.channel_id, {"visibility": "public"})
    assert ids(house, studio) == []


def test_only_the_owner_is_told_why_something_is_missing(house: House, clock: Clock) -> None:
    broadcast = house.broadcast().ended(1)
    public, own = (make(broadcast.stream, clock.now) for make in (serializer.recording, serializer.own_recording))
    assert public is not None
    assert own is not None
    assert set(own.model_dump()) - set(public.model_dump()) == {"reason", "reason_text"}
    assert (public.url or "").endswith(f"/vod/{broadcast.stream_id}/index.m3u8")
