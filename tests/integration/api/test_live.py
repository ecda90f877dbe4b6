"""While a channel is live: what its owner, the public and the administrators are told, and orders that end it."""

import contextlib
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from chalicelib.domain.events import PublisherWaiting
from chalicelib.services import bus
from chalicelib.store import runtime_models, watches
from local.settings import NODE_ID
from tests.integration.api.conftest import Client, token
from tests.integration.api.test_channel import stream_key_of
from tests.support.publisher import STARTED, Publisher
from tests.support.stack import Stack
from tests.support.studio import now_ms
from tests.support.waiting import until

LIVE = {
    "stream_id", "started_at", "bitrate_kbps", "video_bitrate_kbps", "audio_bitrate_kbps", "keyframe_interval_s",
    "width", "height", "fps", "interlaced",
    "video_codec", "video_profile", "video_level", "audio_codec", "audio_sample_rate", "audio_channels", "encoder",
    "declared", "viewers", "peak_viewers", "average_viewers", "watched_minutes", "health", "test", "line",
}  # fmt: skip
STATUS = {"type", "seq", "at", "status", "stream_id", "reason", "reason_text", "action", "until", "live"}
METRICS = LIVE | {"type", "seq", "at", "uptime_s"}
GoLive = Callable[[Client], Publisher]


@pytest.fixture
def go_live(stack: Stack) -> Iterator[GoLive]:
    started: list[Publisher] = []

    def start(broadcaster: Client) -> Publisher:
        publisher = Publisher(stack.settings.rtmp_port, stream_key_of(broadcaster))
        started.append(publisher)
        assert publisher.publish() == STARTED
        publisher.go_on_air()
        until(lambda: broadcaster.get("/api/channel").json["status"] == "LIVE", "LIVE")
        return publisher

    yield start
    for publisher in started:
        publisher.drop()


def status(broadcaster: Client) -> str:
    return str(broadcaster.get("/api/channel").json["status"])


def dashboard(stack: Stack, broadcaster: Client) -> ClientConnection:
    bearer = Subprotocol("bearer." + broadcaster.headers["Authorization"].removeprefix("Bearer "))
    return connect(stack.ws_url, subprotocols=[Subprotocol("stream-sync"), bearer], proxy=None, open_timeout=30)


def next_of(socket: ClientConnection, kind: str, within: float = 60) -> dict[str, Any]:
    """The next message of a type; others are passed over."""
    while True:
        message: dict[str, Any] = json.loads(socket.recv(timeout=within))
        if message["type"] == kind:
            return message


def until_quiet(socket: ClientConnection) -> None:
    """No message for longer than measures are apart."""
    with contextlib.suppress(TimeoutError):
        while socket.recv(timeout=2.5):
            continue


@pytest.mark.requirement("SS-3.2")
def test_the_owner_sees_what_is_on_air(me: Client, go_live: GoLive) -> None:
    go_live(me)
    live = until(lambda: (seen := me.get("/api/channel").json["live"])["bitrate_kbps"] and seen, "its bitrate")
    assert live.keys() == LIVE
    assert (live["width"], live["height"], live["video_codec"], live["audio_codec"]) == (640, 360, "h264", "aac")
    assert (live["video_profile"], live["video_level"]) == ("High", "3.0")
    assert (live["audio_sample_rate"], live["audio_channels"]) == (48_000, 2)
    assert live["encoder"] == "rtmp-peer"
    assert live["declared"] == {
        "width": 640, "height": 360, "fps": 30, "video_bitrate_kbps": None, "audio_bitrate_kbps": None
    }  # fmt: skip


@pytest.mark.requirement("ST-3")
def test_the_owners_list_counts_the_bytes_of_a_stream_that_runs(me: Client, go_live: GoLive) -> None:
    publisher = go_live(me)
    counted = until(lambda: me.get("/api/streams").json["streams"][0]["bytes_in"], "its bytes while LIVE")
    publisher.stop()
    until(lambda: status(me) == "OFFLINE", "OFFLINE")
    assert me.get("/api/streams").json["streams"][0]["bytes_in"] >= counted


OWNERS = {
    *("key_id", "expires_at", "end_reason", "encoder", "declared", "bytes_in", "summary", "test"),
    *("average_viewers", "peak_viewers", "watched_minutes"),
}


@pytest.mark.requirement("SO-4")
def test_why_a_stream_ended_its_encoder_and_its_volume_are_its_owners(
    me: Client, anyone: Client, go_live: GoLive
) -> None:
    publisher = go_live(me)
    until(lambda: me.get("/api/channel").json["live"]["bitrate_kbps"], "its first measure")
    publisher.stop()
    until(lambda: status(me) == "OFFLINE", "OFFLINE")
    (own,) = me.get("/api/streams").json["streams"]
    assert (own["end_reason"], own["encoder"]) == ("clean_stop", "rtmp-peer")
    assert own["summary"]["interruptions"] == 0
    public = anyone.get(f"/api/streams/{own['id']}").json["stream"]
    assert own.keys() - public.keys() == OWNERS


@pytest.mark.requirement("FX-16")
def test_samples_and_files_of_a_stream_are_its_owners_and_administrators(
    me: Client, anyone: Client, admin: Client, stack: Stack, go_live: GoLive
) -> None:
    publisher = go_live(me)
    stream_id = me.get("/api/channel").json["live"]["stream_id"]
    path, stranger = f"/api/streams/{stream_id}", Client(stack, {"Authorization": f"Bearer {token(stack)}"})
    samples = until(lambda: me.get(f"{path}/samples?resolution=10").json["samples"], "its first sample")
    assert samples[0]["bitrate_kbps"]["max"] > 0
    assert admin.get(f"/api/admin/streams/{stream_id}/samples?resolution=60").json["samples"]
    publisher.stop()
    until(lambda: status(me) == "OFFLINE", "OFFLINE")
    table = until(lambda: (got := me.get(f"{path}/export?format=csv")).body.count(b"\n") > 1 and got, "it is stored")
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    assert table.headers["content-disposition"] == f'attachment; filename="stream-{stream_id}.csv"'
    assert table.headers["cache-control"] == "no-store"
    whole = me.get(f"{path}/export")
    assert whole.headers["content-disposition"] == f'attachment; filename="stream-{stream_id}.json"'
    assert whole.json["stream"]["id"] == me.get(f"{path}/details").json["id"] == stream_id
    assert stream_key_of(me).encode() not in whole.body
    for part in ("samples", "details", "export", "export?format=csv"):
        assert (anyone.get(f"{path}/{part}").status, stranger.get(f"{path}/{part}").status) == (401, 404)
    assert me.get(f"{path}/samples?resolution=7").status == 400


@pytest.mark.requirement("ST-4")
@pytest.mark.requirement("SO-4")
def test_the_public_list_shows_public_channels_only_and_no_key(me: Client, anyone: Client, go_live: GoLive) -> None:
    key = stream_key_of(me)
    me("PATCH", "/api/channel", {"title": "On air", "tags": ["one of a kind"]})
    go_live(me)
    channel = me.get("/api/channel").json

    def listed() -> bool:
        answer = anyone.get("/api/streams/public?tag=One%20of%20a%20Kind&limit=200")
        assert key.encode() not in answer.body
        assert channel["key"]["key_id"].encode() not in answer.body
        return channel["channel_id"] in str(answer.json["streams"])

    until(listed, "it is listed")
    for visibility in ("private", "unlisted"):
        me("PATCH", "/api/channel", {"visibility": visibility})
        until(lambda: not listed(), f"a channel that is {visibility} is not listed")


@pytest.mark.requirement("SO-4")
def test_administrators_see_private_streams_as_well_and_no_key(me: Client, admin: Client, go_live: GoLive) -> None:
    key = stream_key_of(me)
    me("PATCH", "/api/channel", {"visibility": "private"})
    go_live(me)
    answer = admin.get("/api/admin/streams?limit=200")
    assert me.get("/api/channel").json["channel_id"] in str(answer.json)
    assert key.encode() not in answer.body


@pytest.mark.requirement("ST-3")
def test_streams_are_listed_newest_first_page_by_page(me: Client, go_live: GoLive) -> None:
    for _ in range(3):
        go_live(me).stop()
        until(lambda: status(me) == "OFFLINE", "OFFLINE")
    whole = until(lambda: len(seen := me.get("/api/streams").json["streams"]) == 3 and seen, "all three")
    ids = [stream["id"] for stream in whole]
    assert ids == sorted(ids, reverse=True)
    assert all(stream["ended_at"] for stream in whole)
    paged: list[str] = []
    cursor = ""
    while True:
        page = me.get(f"/api/streams?limit=1{cursor}").json
        paged += [stream["id"] for stream in page["streams"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert paged == ids


@pytest.mark.requirement("FX-11")
def test_the_owner_alone_reads_what_happened_to_a_stream(
    stack: Stack, me: Client, anyone: Client, go_live: GoLive
) -> None:
    key = stream_key_of(me)
    publisher = go_live(me)
    stream_id = me.get("/api/channel").json["live"]["stream_id"]
    publisher.stop()
    where = f"/api/streams/{stream_id}/timeline"

    def complete() -> list[dict[str, Any]]:
        answer = me.get(where)
        assert key.encode() not in answer.body
        assert (answer.json["stream_id"], answer.json["next_cursor"]) == (stream_id, None)
        entries: list[dict[str, Any]] = answer.json["entries"]
        return entries if {"connection", "Stream End"} <= {one["kind"] for one in entries} else []

    entries = until(complete, "its end and its connection's record")
    kinds = [one["kind"] for one in entries]
    assert kinds == ["Session Created", "connection", "Stream Start", "Stream End"]
    assert [one["seq"] for one in entries] == sorted({one["seq"] for one in entries})
    assert entries[kinds.index("Stream End")]["facts"]["reason"] == "clean_stop"
    paged: list[dict[str, Any]] = []
    cursor = ""
    while cursor is not None:
        page = me.get(f"{where}?limit=3{cursor and '&cursor=' + cursor}").json
        paged += page["entries"]
        cursor = page["next_cursor"]
    assert paged == entries
    anyone.get(where).problem(401, "token_missing")
    stranger = Client(stack, {"Authorization": f"Bearer {token(stack)}"})
    stranger.get(where).problem(404, "stream_not_found")
    for unknown in ("0" * 26, "x", key):
        me.get(f"/api/streams/{unknown}/timeline").problem(404, "stream_not_found")
    me.get(f"{where}?cursor=WyJ4Il0").problem(400, "invalid_input")


@pytest.mark.requirement("SS-1.3")
def test_stop_ends_the_broadcast(me: Client, go_live: GoLive) -> None:
    publisher = go_live(me)
    stream_id = me.get("/api/channel").json["live"]["stream_id"]
    answer = me("POST", "/api/channel/stop")
    assert (answer.status, answer.json) == (202, {"stream_id": stream_id})
    assert publisher.was_closed(20)
    until(lambda: status(me) == "OFFLINE", "OFFLINE")
    me("POST", "/api/channel/stop").problem(409, "not_live")


@pytest.mark.requirement("SS-1.3")
def test_reset_ends_the_broadcast_on_the_old_key(stack: Stack, me: Client, go_live: GoLive) -> None:
    publisher = go_live(me)
    old = stream_key_of(me)
    assert me("POST", "/api/channel/credentials/reset").status == 200
    assert publisher.was_closed(20)
    late = Publisher(stack.settings.rtmp_port, old)
    assert late.publish() == "NetStream.Publish.Denied"
    late.drop()


@pytest.mark.requirement("SS-6.5")
@pytest.mark.requirement("SS-3.2")
def test_an_open_dashboard_hears_of_everything_as_it_happens(stack: Stack, me: Client, go_live: GoLive) -> None:
    with dashboard(stack, me) as socket:
        assert next_of(socket, "snapshot")["channel"]["status"] == "OFFLINE"
        publisher = go_live(me)
        news = next_of(socket, "status")
        assert news.keys() == STATUS
        assert (news["status"], news["live"].keys()) == ("LIVE", LIVE)
        measures = next_of(socket, "metrics")
        assert measures.keys() == METRICS
        assert measures["stream_id"] == news["stream_id"]
        intruder = Publisher(stack.settings.rtmp_port, stream_key_of(me))
        assert intruder.publish() == "NetStream.Publish.BadName"
        refused = next_of(socket, "refused")
        assert refused.keys() == {"type", "seq", "at", "code", "reason", "action", "client_ip", "key_id", "key_label"}
        assert refused["code"] == "key_in_use"
        intruder.drop()
        publisher.stop()
        ended = next_of(socket, "status")
        assert (ended["status"], ended["reason"], ended["live"]) == ("OFFLINE", "clean_stop", None)
        assert ended["seq"] > news["seq"]


@pytest.mark.requirement("SS-5.2")
@pytest.mark.usefixtures("stack_as_environment")
def test_an_open_dashboard_is_told_the_place_of_a_publisher_that_waits(stack: Stack, me: Client) -> None:
    channel_id = me.get("/api/channel").json["channel_id"]
    with dashboard(stack, me) as socket:
        next_of(socket, "snapshot")
        for place in (2, None):
            told = PublisherWaiting(
                channel_id=channel_id, key_id="key_1", node_id=NODE_ID, at=now_ms(), place=place, until=now_ms()
            )
            bus.publish([told])
            waiting = next_of(socket, "waiting")
            assert waiting.keys() == {"type", "at", "place", "until", "client_ip"}
            assert waiting["place"] == place


@pytest.mark.usefixtures("stack_as_environment")
def test_a_client_that_misses_its_measures_gets_them_again_with_a_snapshot(
    stack: Stack, me: Client, go_live: GoLive
) -> None:
    """The node was told that nobody listens, while somebody had just begun to."""
    with dashboard(stack, me) as socket:
        go_live(me)
        next_of(socket, "metrics")
        watches.remove(NODE_ID, [me.get("/api/channel").json["channel_id"]], asked_before=1 << 60)
        until_quiet(socket)
        socket.send('{"action": "snapshot"}')
        assert next_of(socket, "snapshot")["channel"]["status"] == "LIVE"
        assert next_of(socket, "metrics")["bitrate_kbps"] > 0


@pytest.mark.requirement("HI-4")
@pytest.mark.usefixtures("stack_as_environment")
def test_watchers_write_one_row_of_their_own_however_much_they_ask(stack: Stack, me: Client, go_live: GoLive) -> None:
    go_live(me)
    channel_id = me.get("/api/channel").json["channel_id"]

    def watch_row() -> runtime_models.Watch:
        return runtime_models.Watch.get(NODE_ID, channel_id, consistent_read=True)

    with dashboard(stack, me) as owner:
        next_of(owner, "metrics")
        first = watch_row()
        with connect(f"{stack.ws_url}?watch={channel_id}", proxy=None, open_timeout=30) as viewer:
            for _ in range(20):
                viewer.send('{"action": "snapshot"}')
                next_of(viewer, "snapshot")
            assert watch_row().asked_at == first.asked_at
    session = runtime_models.Node._get_connection().get_item(NODE_ID, consistent_read=True)["Item"]
    assert channel_id not in str(session)
    until(lambda: channel_id not in watches.of_node(NODE_ID, int(first.asked_at)), "nobody watches any more")
