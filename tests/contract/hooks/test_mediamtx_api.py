"""The client of MediaMTX's control API against a server that speaks it: pages, kinds, errors, silence."""

from collections.abc import Callable, Iterator

import pytest

from chalicelib import config
from chalicelib.domain.errors import MediaServerUnavailable
from chalicelib.domain.measures import StreamFacts
from chalicelib.domain.mediamtx import Measured, Source, asked_as
from chalicelib.services.media_servers import mediamtx
from chalicelib.services.media_servers.mediamtx import PAUSES_S, LivePath, MediaMtx
from tests.support.fake_mediamtx import HANGS_UP, KINDS, NEVER_ANSWERS, FakeMediaMtx, running_mediamtx


@pytest.fixture
def fake() -> Iterator[FakeMediaMtx]:
    with running_mediamtx() as running:
        yield running


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def client(fake: FakeMediaMtx, pauses: list[float]) -> MediaMtx:
    return MediaMtx(fake.url + "/", pause=pauses.append, timeout=10.0)


def test_no_path_is_an_empty_list(client: MediaMtx) -> None:
    assert client.live_paths() == []


@pytest.mark.parametrize("count", [1, 99, 100, 101, 250])
def test_all_pages_are_read(fake: FakeMediaMtx, client: MediaMtx, count: int) -> None:
    for n in range(count):
        fake.publish(f"live/ch_{n}")
    assert {path.name for path in client.live_paths()} == {f"live/ch_{n}" for n in range(count)}
    assert len(fake.requests) == -(-count // 100)


@pytest.mark.parametrize("old", [True, False])
def test_only_what_somebody_publishes_counts(fake: FakeMediaMtx, client: MediaMtx, old: bool) -> None:
    fake.old = old
    source = fake.publish("live/ch_a", "srtConn")
    for operators in ("rtspSource", "srtSource", "moqSource", "redirect", "rpiCameraSource"):
        fake.publish(f"cameras/{operators}", operators)
    fake.paths["live/waiting"] = None
    assert [(path.name, path.source) for path in client.live_paths()] == [("live/ch_a", Source("srtConn", source.id))]


@pytest.mark.requirement("EN-11")
@pytest.mark.parametrize(("kind", "source_type"), KINDS.items())
def test_each_kind_of_publisher_is_kicked_by_its_own_route(
    fake: FakeMediaMtx, client: MediaMtx, kind: str, source_type: str
) -> None:
    source = fake.publish("live/ch_a", source_type)
    client.kick(Source(source_type, source.id))
    assert fake.kicked == [source.id]
    assert fake.requests == [f"POST /v3/{kind}/kick/{source.id}"]


def test_kicking_who_has_gone_is_no_error(client: MediaMtx) -> None:
    client.kick(Source("rtmpConn", "gone"))


@pytest.mark.requirement("EN-11")
@pytest.mark.parametrize("kind", ["quicConn", "whateverSession"])
def test_a_kind_that_is_new_to_us_is_listed_and_a_kick_that_may_have_done_nothing_is_no_success(
    fake: FakeMediaMtx, client: MediaMtx, kind: str
) -> None:
    source = fake.publish("live/ch_a", kind)
    assert [path.source for path in client.live_paths()] == [Source(kind, source.id)]
    with pytest.raises(MediaServerUnavailable, match="404"):
        client.kick(Source(kind, source.id))


@pytest.mark.parametrize("old", [True, False])
def test_codec_size_profile_and_bytes_are_read_as_far_as_the_version_tells_them(
    fake: FakeMediaMtx, client: MediaMtx, old: bool
) -> None:
    fake.old, fake.bytes_in = old, 12_345_678
    fake.publish("live/ch_a")
    codecs = StreamFacts(video_codec="h264", audio_codec="aac")
    details = {"width": 1920, "height": 1080, "video_profile": "High", "video_level": "4.1"}
    sound = {"audio_sample_rate": 48_000, "audio_channels": 2}
    wanted = Measured(codecs if old else codecs.model_copy(update=details | sound), 12_345_678)
    (listed,) = client.live_paths()
    assert listed.measured == wanted
    one = client.live_path("live/ch_a")
    assert one is not None
    assert one.measured == wanted


def test_readers_are_listed_with_their_path(fake: FakeMediaMtx, client: MediaMtx) -> None:
    fake.publish("live/ch_a")
    reader = fake.read("live/ch_a", "webRTCSession")
    (path,) = client.live_paths()
    assert path.readers == (Source("webRTCSession", reader.id),)
    client.kick(path.readers[0])
    assert fake.kicked == [reader.id]


def test_a_path_that_is_not_there_is_none(client: MediaMtx) -> None:
    assert client.live_path("live/ch_a") is None


@pytest.mark.parametrize(("protocol", "kind"), [("rtmp", "rtmpConn"), ("rtmp", "rtmpsConn"), ("rtsp", "rtspConn")])
def test_a_connection_is_there_as_whatever_it_is_listed(
    fake: FakeMediaMtx, client: MediaMtx, protocol: str, kind: str
) -> None:
    connection = fake.connect(kind)
    assert not client.are_gone(asked_as(protocol, connection.id))
    fake.disconnect(connection)
    assert client.are_gone(asked_as(protocol, connection.id))


def test_a_listener_that_is_off_says_nothing_about_a_connection(fake: FakeMediaMtx, client: MediaMtx) -> None:
    fake.off = {"rtmpconns"}
    assert client.are_gone([Source("rtmpConn", "1"), Source("rtmpsConn", "1")])
    fake.off |= {"rtmpsconns"}
    assert not client.are_gone([Source("rtmpConn", "1"), Source("rtmpsConn", "1")])
    assert not client.are_gone([])


@pytest.mark.parametrize("failure", [HANGS_UP, 401, 500, 502])
def test_a_server_that_cannot_tell_proves_nothing_and_is_asked_once(
    fake: FakeMediaMtx, client: MediaMtx, failure: int
) -> None:
    fake.failures = [failure]
    assert not client.are_gone(asked_as("rtmp", "1"))
    assert len(fake.requests) == 1


def test_a_server_that_never_answers_proves_nothing_and_is_not_waited_for(
    fake: FakeMediaMtx, client: MediaMtx, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mediamtx, "LOOK_UP_TIMEOUT_S", 1.0)
    fake.failures = [NEVER_ANSWERS]
    assert not client.are_gone(asked_as("rtmp", "1"))
    assert len(fake.requests) == 1


@pytest.mark.requirement("HI-10")
@pytest.mark.parametrize("call", ["live_paths", "live_path", "kick", "are_gone"])
def test_our_password_does_not_follow_a_redirect(
    fake: FakeMediaMtx, client: MediaMtx, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    source = Source("rtmpConn", "1")
    calls: dict[str, Callable[[], object]] = {
        "live_paths": client.live_paths,
        "live_path": lambda: client.live_path("live/ch_a"),
        "kick": lambda: client.kick(source),
    }
    monkeypatch.setenv("STREAM_SYNC_MEDIAMTX_API_SECRET", "s" * 32)
    config.settings.cache_clear()
    try:
        with running_mediamtx() as elsewhere:
            fake.redirect_to = elsewhere.url
            if call == "are_gone":
                assert not client.are_gone([source])
            else:
                with pytest.raises(MediaServerUnavailable, match="307"):
                    calls[call]()
            assert elsewhere.requests == []
    finally:
        monkeypatch.undo()
        config.settings.cache_clear()


@pytest.mark.parametrize("failures", [[500], [503, 0], [0, 0]])
def test_a_server_that_stumbles_is_asked_again_later_each_time(
    fake: FakeMediaMtx, client: MediaMtx, pauses: list[float], failures: list[int]
) -> None:
    fake.publish("live/ch_a")
    fake.failures = list(failures)
    assert len(client.live_paths()) == 1
    assert pauses == list(PAUSES_S[: len(failures)])


@pytest.mark.parametrize("failure", [500, 0])
def test_a_server_that_goes_on_failing_is_unavailable(fake: FakeMediaMtx, client: MediaMtx, failure: int) -> None:
    fake.failures = [failure] * 3
    with pytest.raises(MediaServerUnavailable):
        client.live_paths()
    assert len(fake.requests) == 3


def test_a_failure_in_the_middle_of_the_pages_is_no_shorter_list(fake: FakeMediaMtx, client: MediaMtx) -> None:
    for n in range(150):
        fake.publish(f"live/ch_{n:03d}")
    list_page = fake.page

    def first_page_only(number: int, per_page: int) -> dict[str, object]:
        if number == 0:
            fake.failures = [500] * 3
        return list_page(number, per_page)

    fake.page = first_page_only  # type: ignore[method-assign]
    with pytest.raises(MediaServerUnavailable):
        client.live_paths()


def test_nobody_at_the_address_is_unavailable(pauses: list[float]) -> None:
    with pytest.raises(MediaServerUnavailable):
        MediaMtx("http://127.0.0.1:1", pause=pauses.append, timeout=10.0).live_paths()


def test_an_answer_that_is_something_else_is_unavailable(fake: FakeMediaMtx, client: MediaMtx) -> None:
    fake.page = lambda *_: {"items": "none", "pageCount": 1}  # type: ignore[method-assign]
    with pytest.raises(MediaServerUnavailable):
        client.live_paths()


def test_a_refusal_of_our_credentials_is_not_repeated(fake: FakeMediaMtx, client: MediaMtx) -> None:
    fake.password = "another"
    with pytest.raises(MediaServerUnavailable, match="401"):
        client.live_paths()
    assert len(fake.requests) == 1


def test_the_configured_secret_opens_the_api(
    fake: FakeMediaMtx, client: MediaMtx, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.password = "s" * 32
    monkeypatch.setenv("STREAM_SYNC_MEDIAMTX_API_SECRET", fake.password)
    config.settings.cache_clear()
    try:
        assert client.live_paths() == []
    finally:
        monkeypatch.undo()
        config.settings.cache_clear()


def test_a_path_does_not_show_its_name_which_may_be_a_key() -> None:
    assert "secret" not in repr(LivePath("live/secret", Source("rtmpConn", "1")))
