"""The past streams of a channel: who sees which."""

import pytest

from chalicelib import config
from chalicelib.domain.broadcasters import Block
from chalicelib.domain.not_found import ChannelNotFound
from chalicelib.domain.recordings import DAY
from chalicelib.services.reading import recordings
from chalicelib.services.reading.recordings import RecordingView
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
    shape = serializer.own_recording(broadcast.stream, broadcast.studio.channel, clock.now)
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
    public = serializer.recording(broadcast.stream, clock.now)
    own = serializer.own_recording(broadcast.stream, broadcast.studio.channel, clock.now)
    assert public is not None
    assert own is not None
    assert set(own.model_dump()) - set(public.model_dump()) == {"private", "reason", "reason_text"}
    assert (public.url or "").endswith(f"/vod/{broadcast.stream_id}/index.m3u8")


@pytest.mark.requirement("FX-15")
def test_a_recording_is_private_while_its_channel_is(house: House, clock: Clock) -> None:
    broadcast = house.broadcast().ended(1)
    channel_id = broadcast.studio.channel_id
    for visibility, is_private in (("public", False), ("private", True), ("unlisted", False)):
        channels.edit(channel_id, {"visibility": visibility})
        assert recordings.viewing(broadcast.stream_id, clock.now) == RecordingView(channel_id, is_private)
        own = serializer.own_recording(broadcast.stream, broadcast.studio.channel, clock.now)
        assert own is not None
        assert own.private is is_private


@pytest.mark.requirement("FX-15")
def test_a_stream_that_was_private_stays_so_when_its_channel_becomes_public(house: House, clock: Clock) -> None:
    studio = Studio(clock)
    channels.edit(studio.channel_id, {"visibility": "private"})
    broadcast = house.broadcast(studio).ended(1)
    channels.edit(studio.channel_id, {"visibility": "public"})
    assert recordings.viewing(broadcast.stream_id, clock.now) == RecordingView(studio.channel_id, True)


def test_nobody_may_watch_what_is_deleted_expired_unknown_or_of_a_blocked_broadcaster(
    house: House, clock: Clock
) -> None:
    kept, deleted, blocked = (house.broadcast().ended(1) for _ in range(3))
    upkeep.delete(deleted.studio.channel, deleted.stream_id, clock.now)
    channels.set_block(blocked.studio.channel_id, Block(clock.now, "an administrator", "test"))
    gone = (deleted.stream_id, blocked.stream_id, "01ARZ3NDEKTSV4RRFFQ69G5FAV", "no id")
    assert [recordings.viewing(stream_id, clock.now) for stream_id in gone] == [None] * 4
    clock.forward(8 * DAY)
    assert recordings.viewing(kept.stream_id, clock.now) is None


def test_a_recording_that_runs_can_be_watched(house: House, clock: Clock) -> None:
    broadcast = house.broadcast()
    assert recordings.viewing(broadcast.stream_id, clock.now) is None, "nothing is stored yet"
    broadcast.store_segments(1)
    assert recordings.viewing(broadcast.stream_id, clock.now) is not None


def test_while_recording_is_switched_off_nothing_is_offered_and_owners_still_see_what_there_is(
    house: House, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    broadcast = house.broadcast().ended(1)
    monkeypatch.setenv("STREAM_SYNC_RECORDING", "off")
    config.settings.cache_clear()
    assert ids(house, broadcast.studio) == []
    assert serializer.recording(broadcast.stream, clock.now) is None
    own = serializer.own_recording(broadcast.stream, broadcast.studio.channel, clock.now)
    assert own is not None
    assert (own.status, own.url, own.download_url, own.poster_url) == ("available", None, None, None)
    assert upkeep.delete(broadcast.studio.channel, broadcast.stream_id, clock.now).recording is not None
