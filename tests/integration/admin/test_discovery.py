"""Lists of running streams come from the streams' own rows, and still say what is true now."""

from collections.abc import Callable
from typing import Any

import pytest
from ulid import ULID

from chalicelib import config
from chalicelib.domain.channels import Channel
from chalicelib.domain.errors import NotLive
from chalicelib.domain.live_index import SHARDS
from chalicelib.domain.measures import Declared, Measures, Pulse, StreamFacts
from chalicelib.domain.metadata import Search, Visibility
from chalicelib.domain.not_found import StreamNotFound
from chalicelib.domain.streams import LATE, ChannelStatus, EndReason, StreamState
from chalicelib.domain.topics import Listener, Topic
from chalicelib.services.keys import credentials
from chalicelib.services.reading import discovery
from chalicelib.services.serializers import streams as stream_serializer
from chalicelib.services.streams import orders
from chalicelib.store import channels, connections, pulses, runtime_models, streams
from tests.integration.admin.conftest import House

pytestmark = pytest.mark.needs("ministack")


def word() -> str:
    """A title that no other test has."""
    return f"w{ULID()}"


def public(house: House, q: str = "", limit: int = 50, **search: str) -> list[str]:
    page = discovery.public_streams(Search(q, **search), limit, None, house.now)
    return [one.stream.stream_id for one in page.items]


@pytest.mark.requirement("SO-4")
def test_an_active_stream_is_listed_with_what_is_known_of_it(house: House) -> None:
    channel, hold = house.live_channel(title="Chess", tags=["blitz"], visibility="private")
    house.forward(5_000)
    pulse = Pulse(
        channel_id=channel.channel_id,
        stream_id=hold.grant.stream_id,
        seq=1,
        at=house.now,
        started_at=house.now - 5_000,
        bitrate_kbps=2_500.0,
        fps=29.9,
        facts=hold.facts,
    )
    pulses.put([pulse])
    found = {one.stream.stream_id: one for one in discovery.active_streams(200, None, house.now).items}
    body = stream_serializer.active_stream(found[hold.grant.stream_id], house.now)
    assert (body.status, body.title, body.tags, body.visibility) == ("LIVE", "Chess", ["blitz"], "private")
    assert body.duration_s == 5.0
    assert (body.technical.bitrate_kbps, body.technical.fps, body.technical.width) == (2_500.0, 29.9, 1280)
    assert body.playback.hls_url.endswith(f"/{channel.channel_id}/index.m3u8")
    assert (body.playback.webrtc_url, body.playback.rtmp_url) == (None, None)


def test_a_stream_that_was_private_to_its_end_stays_so_when_its_channel_becomes_public(house: House) -> None:
    channel, hold = house.live_channel(title="For friends", visibility="private")
    stream_id = hold.grant.stream_id
    credentials.edit(channel, {"visibility": "public"}, house.now)
    assert discovery.public_stream(stream_id, house.now).stream.metadata.title == "For friends"
    credentials.edit(channel, {"visibility": "private"}, house.now)
    hold.end(EndReason.CLEAN_STOP, house.now, 0)
    credentials.edit(channel, {"visibility": "public"}, house.now)
    with pytest.raises(StreamNotFound):
        discovery.public_stream(stream_id, house.now)


def test_a_foreign_servers_stream_is_played_back_by_that_server(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    templates = '{"ingest": {"hls": "http://m/{channel_id}/hls", "webrtc": "http://m/{channel_id}/whep"}}'
    monkeypatch.setenv("STREAM_SYNC_SOURCE_PLAYBACK", templates)
    config.settings.cache_clear()
    channel, hold = house.live_channel()
    body = stream_serializer.details(discovery.stream_details(hold.grant.stream_id, house.now), house.now)
    assert body.playback.hls_url == f"http://m/{channel.channel_id}/hls"
    assert body.playback.webrtc_url == f"http://m/{channel.channel_id}/whep"


@pytest.mark.requirement("SO-14")
def test_a_ghost_is_in_no_list(house: House) -> None:
    title = word()
    channel, hold = house.live_channel(title=title)
    assert public(house, title) == [hold.grant.stream_id]
    house.node_dies()
    assert public(house, title) == []
    (seen,) = discovery.streams_of(channel, 10, None, house.now)
    assert seen.state is StreamState.ENDED
    assert discovery.stream_details(hold.grant.stream_id, house.now).state is StreamState.ENDED


def test_a_stream_that_waits_for_its_encoder_is_listed_until_its_time_is_over(house: House) -> None:
    title = word()
    _, hold = house.live_channel(title=title)
    hold.lost(house.now, house.now, 0)
    (seen,) = discovery.public_streams(Search(title), 10, None, house.now).items
    assert (seen.reading.status, seen.reading.until) == (ChannelStatus.RECONNECTING, house.now + 8_000)
    house.forward(8_000 + LATE)
    assert public(house, title) == []


@pytest.mark.requirement("ST-4")
@pytest.mark.parametrize("visibility", ["unlisted", "private"])
def test_only_public_channels_are_in_the_public_list_from_the_moment_they_are_hidden(
    house: House, visibility: str
) -> None:
    title = word()
    channel, hold = house.live_channel(title=title)
    assert public(house, title) == [hold.grant.stream_id]
    credentials.edit(channel, {"visibility": visibility}, house.now)
    assert public(house, title) == []
    credentials.edit(channel, {"visibility": "public"}, house.now)
    assert public(house, title) == [hold.grant.stream_id]


@pytest.mark.requirement("FX-1")
def test_search_looks_at_titles_descriptions_and_tags_and_filters_by_category_and_tag(house: House) -> None:
    mark = word()
    by_title = house.live_channel(title=f"Évening {mark}", category="Music", tags=["Live", "jazz"])[1].grant.stream_id
    by_text = house.live_channel(description=f"all about {mark}", category="Games")[1].grant.stream_id
    by_tag = house.live_channel(tags=[mark.lower()[:30]], category="music")[1].grant.stream_id
    assert public(house, mark[:30].upper()) == [by_title, by_text, by_tag]
    assert public(house, mark[:30], category="MUSIC") == [by_title, by_tag]
    assert public(house, mark[:30], tag="JAZZ") == [by_title]
    assert public(house, f"évening {mark}") == [by_title]
    assert public(house, mark[:30], category="Mus") == []


@pytest.mark.requirement("FX-1")
@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_a_search_finds_everything_once_however_it_is_paged(
    house: House, pages: Callable[..., list[str]], limit: int
) -> None:
    mark = word()
    wanted = []
    for n in range(5):
        house.live_channel(title="something else")
        wanted.append(house.live_channel(title=f"{mark} {n}")[1].grant.stream_id)

    def page(cursor: str | None) -> tuple[list[str], str | None]:
        found = discovery.public_streams(Search(mark), limit, cursor, house.now)
        return [one.stream.stream_id for one in found.items], found.next_cursor

    assert pages(page) == wanted


def test_regions_are_merged_page_by_page(
    house: House, pages: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = word()
    monkeypatch.setenv("STREAM_SYNC_INGEST_URLS", '{"us-east-1": "rtmp://us/live", "eu-west-1": "rtmp://eu/live"}')
    wanted = []
    for region in ("us-east-1", "eu-west-1", "eu-west-1", "us-east-1", "eu-west-1"):
        monkeypatch.setenv("STREAM_SYNC_REGION", region)
        config.settings.cache_clear()
        wanted.append(house.live_channel(title=mark)[1].grant.stream_id)

    def page(cursor: str | None) -> tuple[list[str], str | None]:
        found = discovery.public_streams(Search(mark), 2, cursor, house.now)
        return [one.stream.stream_id for one in found.items], found.next_cursor

    assert pages(page) == wanted


def test_an_edit_between_a_claims_read_and_its_write_is_not_lost(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    title = word()
    channel = house.channel(title="old", visibility="public")
    key = house.key(channel).stream_key
    read = channels.get

    def read_then_edited(channel_id: str) -> Channel:
        seen = read(channel_id)
        if seen.title == "old":
            credentials.edit(seen, {"title": title, "visibility": "private"}, house.now)
        return seen

    monkeypatch.setattr(channels, "get", read_then_edited)
    grant = house.claim(key)
    metadata = streams.get(grant.stream_id).metadata
    assert (metadata.title, metadata.visibility) == (title, Visibility.PRIVATE)


def test_the_later_of_two_edits_is_shown_though_its_copy_was_written_first(house: House) -> None:
    channel, hold = house.live_channel(title="first")
    older = credentials.edit(channel, {"title": "second"}, house.now)
    credentials.edit(channel, {"title": "third"}, house.now)
    channels._show(hold.grant.stream_id, older.metadata)
    assert streams.get(hold.grant.stream_id).metadata.title == "third"


@pytest.mark.requirement("SO-17")
def test_a_stream_that_is_over_keeps_the_title_it_had(house: House) -> None:
    channel, hold = house.live_channel(title="that evening")
    hold.end(EndReason.CLEAN_STOP, house.now, 0)
    credentials.edit(channel, {"title": "another evening"}, house.now)
    assert discovery.stream_details(hold.grant.stream_id, house.now).stream.metadata.title == "that evening"


TECHNICAL = StreamFacts(
    width=1920,
    height=1080,
    fps=60.0,
    video_codec="hevc",
    video_profile="Main 10",
    video_level="4.1",
    audio_codec="aac",
    audio_sample_rate=48_000,
    audio_channels=6,
    encoder="a studio",
    declared=Declared(width=1280, height=720, fps=30.0, video_bitrate_kbps=6_000.0, audio_bitrate_kbps=160.0),
)


@pytest.mark.requirement("SO-5")
def test_details_hold_the_technical_parameters_while_it_runs_and_afterwards(house: House) -> None:
    _, hold = house.live_channel()
    hold.measured(TECHNICAL)
    for state in (StreamState.LIVE, StreamState.ENDED):
        seen = discovery.stream_details(hold.grant.stream_id, house.now)
        assert seen.state is state
        technical = stream_serializer.details(seen, house.now).technical.model_dump()
        assert technical == TECHNICAL.model_dump() | dict.fromkeys(Measures.model_fields) | {"fps": TECHNICAL.fps}
        assert (
            TECHNICAL.model_dump(exclude={"encoder", "declared"}).items()
            <= stream_serializer.stream(seen, house.now).model_dump().items()
        )
        hold.end(EndReason.CLEAN_STOP, house.now, 0)


def test_measures_from_before_profile_and_sample_rate_were_kept_are_read(house: House) -> None:
    channel, hold = house.live_channel()
    measured = {"channel_id": channel.channel_id, "stream_id": hold.grant.stream_id, "seq": 1, "at": house.now}
    facts = {"width": 1280, "height": 720, "fps": 30.0, "video_codec": "avc1", "audio_codec": "mp4a", "encoder": None}
    pulse = measured | {"started_at": house.now, "bitrate_kbps": 2_500.0, "fps": 30.0, "bytes_in": 1, "facts": facts}
    runtime_models.Pulse(hold.grant.stream_id, at=house.now, pulse=pulse, ttl=house.now // 1000 + 60).save()
    seen = discovery.stream_details(hold.grant.stream_id, house.now)
    technical = stream_serializer.details(seen, house.now).technical
    assert (technical.bitrate_kbps, technical.width, technical.audio_channels) == (2_500.0, 1280, None)


@pytest.mark.requirement("SO-5")
@pytest.mark.requirement("FX-4")
def test_details_count_the_open_watch_pages(house: House) -> None:
    channel, hold = house.live_channel()
    for listener, greeted in ((Listener.PUBLIC, True), (Listener.PUBLIC, True), (Listener.PUBLIC, False)):
        connection = str(ULID())
        connections.add(connection, Topic(channel.channel_id, listener), None, house.now)
        if greeted:
            connections.greeted(connection)
    owner = str(ULID())
    connections.add(owner, Topic(channel.channel_id, Listener.OWNER), "user:1", house.now)
    connections.greeted(owner)
    ghost = str(ULID())  # its `$disconnect` was lost, and no WebSocket lives so long
    long_ago = house.now - (connections.LONGEST + 1) * 1_000
    connections.add(ghost, Topic(channel.channel_id, Listener.PUBLIC), None, long_ago)
    connections.greeted(ghost)
    assert discovery.stream_details(hold.grant.stream_id, house.now).viewers == 2
    hold.end(EndReason.CLEAN_STOP, house.now, 0)
    assert discovery.stream_details(hold.grant.stream_id, house.now).viewers is None


@pytest.mark.requirement("SO-5")
@pytest.mark.parametrize("stream_id", ["", "x", "01ARZ3NDEKTSV4RRFFQ69G5FAV", "é" * 26, "a" * 5_000])
def test_an_unknown_stream_is_not_found(house: House, stream_id: str) -> None:
    with pytest.raises(StreamNotFound):
        discovery.stream_details(stream_id, house.now)
    with pytest.raises(StreamNotFound):
        discovery.public_stream(stream_id, house.now)


def test_a_stream_that_has_ended_cannot_be_ended(house: House) -> None:
    _, hold = house.live_channel()
    orders.end_stream(hold.grant.stream_id, EndReason.ADMIN_STOPPED, house.now)
    assert (hold.grant.stream_id, EndReason.ADMIN_STOPPED) in house.orders()
    hold.end(EndReason.ADMIN_STOPPED, house.now, 0)
    with pytest.raises(NotLive):
        orders.end_stream(hold.grant.stream_id, EndReason.ADMIN_STOPPED, house.now)


@pytest.mark.requirement("SO-13")
def test_a_page_of_active_streams_takes_three_round_trips(house: House, requests: list[str]) -> None:
    before = house.live_channel()[1].grant.stream_id
    for _ in range(3):
        house.live_channel()
    requests.clear()
    assert len(discovery.active_streams(3, before, house.now).items) == 3
    assert requests == [*["Query"] * SHARDS, "BatchGetItem", "BatchGetItem"], "the queries go out together"


@pytest.mark.requirement("SO-13")
def test_an_authentication_takes_two_requests_once_the_key_is_known(house: House, requests: list[str]) -> None:
    key = house.key(house.channel()).stream_key
    house.live(key).end(EndReason.CLEAN_STOP, house.now, 0)
    requests.clear()
    house.claim(key)
    assert requests == ["GetItem", "TransactWriteItems"]


@pytest.fixture
def requests(house: House, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The operations that DynamoDB is asked for."""
    from pynamodb.connection.base import Connection

    asked: list[str] = []
    send = Connection._make_api_call

    def noted(self: Connection, operation_name: str, operation_kwargs: Any) -> Any:
        asked.append(operation_name)
        return send(self, operation_name, operation_kwargs)

    monkeypatch.setattr(Connection, "_make_api_call", noted)
    return asked
