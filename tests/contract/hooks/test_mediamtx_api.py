"""The client of MediaMTX's control API against a server that speaks it: pages, kinds, errors, silence."""

from collections.abc import Iterator

import pytest

from chalicelib import config
from chalicelib.domain.errors import MediaServerUnavailable
from chalicelib.services import mediamtx
from chalicelib.services.mediamtx import PAUSES_S, LivePath, MediaMtx, Source
from tests.support.fake_mediamtx import KINDS, FakeMediaMtx, running_mediamtx


@pytest.fixture
def fake() -> Iterator[FakeMediaMtx]:
    with running_mediamtx() as running:
        yield running


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def client(fake: FakeMediaMtx, pauses: list[float]) -> MediaMtx:
    return MediaMtx(fake.url + "/", pause=pauses.append, timeout=1.0)


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
    fake.publish("cameras/door", "rtspSource")
    fake.paths["live/waiting"] = None
    assert client.live_paths() == [LivePath("live/ch_a", Source("srtConn", source.id))]


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


def test_what_is_no_publisher_is_not_kicked(fake: FakeMediaMtx, client: MediaMtx) -> None:
    client.kick(Source("rtspSource", "camera"))
    assert fake.requests == []


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
        MediaMtx("http://127.0.0.1:1", pause=pauses.append, timeout=1.0).live_paths()


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
    assert mediamtx.PUBLISHERS["rtmpConn"] == "rtmpconns"
