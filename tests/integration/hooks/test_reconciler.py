"""What hooks lost is healed from MediaMTX's own list, and nobody publishes there whom we did not let in."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.domain.leases import CLOCK_MARGIN, NODE_LOST_GRACE
from chalicelib.domain.mediamtx import Source
from chalicelib.domain.not_found import StreamNotFound
from chalicelib.domain.publications import AWAY_LIMIT, READY_WITHIN, Dialect
from chalicelib.domain.refusals import KeyInUse
from chalicelib.domain.streams import EndReason
from chalicelib.services.media_servers import claims, reconciler
from chalicelib.services.media_servers import mediamtx as mediamtx_api
from chalicelib.services.media_servers.mediamtx import PAGE, MediaMtx
from chalicelib.services.media_servers.publishers import MediaServer
from chalicelib.services.media_servers.reconciler import Outcome
from chalicelib.services.reading import samples
from chalicelib.services.streams import backstop, lifecycle
from tests.integration.hooks.conftest import Broadcaster, Clock
from tests.support.fake_mediamtx import FakeMediaMtx, Published

SERVER = MediaServer(Dialect.MEDIAMTX, "main")
MINUTE = 60_000


def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Our own clients of the control API wait for nothing between attempts."""
    for module in (mediamtx_api, reconciler):
        monkeypatch.setattr(module, "MediaMtx", lambda url: MediaMtx(url, pause=lambda _: None, timeout=10.0))


def path_of(broadcaster: Broadcaster) -> str:
    return f"live/{broadcaster.channel_id}"


def connect(fake: FakeMediaMtx, broadcaster: Broadcaster, kind: str = "rtmpConn") -> Published:
    """Asked for, let in, and ready on the server; its `publish` hook is not sent."""
    source = fake.publish(path_of(broadcaster), kind)
    asked_as = source.id if not kind.startswith("rtsp") else f"conn-of-{source.id}"
    protocol = kind.removesuffix("Conn").removesuffix("Session").lower()
    claims.admit(SERVER, asked_as, broadcaster.key, "192.0.2.7", broadcaster.clock(), protocol=protocol)
    return source


def go_live(fake: FakeMediaMtx, broadcaster: Broadcaster, kind: str = "rtmpConn") -> Published:
    source = connect(fake, broadcaster, kind)
    reconciler.ready("main", path_of(broadcaster), Source(source.type, source.id), broadcaster.clock())
    return source


def run_pass(fake: FakeMediaMtx, clock: Clock) -> Outcome:
    """One pass, which waits for nothing between attempts."""
    return reconciler.reconcile("main", MediaMtx(fake.url, pause=lambda _: None, timeout=10.0), clock)


@pytest.mark.requirement("SO-3")
@pytest.mark.parametrize("kind", ["rtmpConn", "rtspSession", "srtConn", "webRTCSession", "moqSession", "newSession"])
def test_the_hooks_alone_keep_state_true(mediamtx: FakeMediaMtx, broadcaster: Broadcaster, kind: str) -> None:
    source = go_live(mediamtx, broadcaster, kind)
    assert broadcaster.status() == "LIVE"
    reconciler.not_ready("main", path_of(broadcaster), Source(source.type, source.id), broadcaster.clock())
    assert broadcaster.status() == "OFFLINE"


@pytest.mark.requirement("SO-11")
@pytest.mark.parametrize("kind", ["rtmpConn", "rtspSession"])
def test_a_lost_publish_is_healed(mediamtx: FakeMediaMtx, broadcaster: Broadcaster, clock: Clock, kind: str) -> None:
    connect(mediamtx, broadcaster, kind)
    assert run_pass(mediamtx, clock).confirmed >= 1
    assert broadcaster.status() == "LIVE"


@pytest.mark.requirement("SO-11")
def test_a_lost_publish_is_healed_even_when_its_claim_ran_out(
    mediamtx: FakeMediaMtx, broadcaster: Broadcaster, clock: Clock
) -> None:
    connect(mediamtx, broadcaster)
    clock.forward(READY_WITHIN + MINUTE)
    lifecycle.announce(backstop.sweep_at_once(["us-east-1"], clock()))
    run_pass(mediamtx, clock)
    assert broadcaster.status() == "LIVE"
    assert mediamtx.kicked == []


@pytest.mark.requirement("SO-11")
def test_a_lost_unpublish_is_healed(mediamtx: FakeMediaMtx, broadcaster: Broadcaster, clock: Clock) -> None:
    go_live(mediamtx, broadcaster)
    mediamtx.unpublish(path_of(broadcaster))
    clock.forward(MINUTE)
    assert run_pass(mediamtx, clock).ended >= 1
    assert broadcaster.status() == "OFFLINE"
    assert broadcaster.end_reason() == EndReason.UNPUBLISHED


def test_who_slips_between_two_pages_of_the_list_goes_on(
    mediamtx: FakeMediaMtx, broadcaster: Broadcaster, clock: Clock
) -> None:
    """Pages are cut by position: a path that goes while they are read moves those behind it up, past the border."""
    mediamtx.paths |= {f"camera-{number:03d}": None for number in range(PAGE)}
    go_live(mediamtx, broadcaster)
    page = mediamtx.page

    def and_one_goes(number: int, per_page: int) -> dict[str, Any]:
        shown = page(number, per_page)
        mediamtx.paths.pop("camera-000", None)
        return shown

    mediamtx.page = and_one_goes  # type: ignore[method-assign]
    assert run_pass(mediamtx, clock).ended == 0
    assert broadcaster.status() == "LIVE"
    assert (run_pass(mediamtx, clock).kicked, mediamtx.kicked) == (0, [])


def test_passes_keep_a_publisher_live(mediamtx: FakeMediaMtx, broadcaster: Broadcaster, clock: Clock) -> None:
    go_live(mediamtx, broadcaster)
    for _ in range(6):
        clock.forward(MINUTE)
        run_pass(mediamtx, clock)
        assert broadcaster.status() == "LIVE"
    assert mediamtx.kicked == []


def test_a_publisher_that_was_let_in_and_is_not_ready_yet_is_left_alone(
    mediamtx: FakeMediaMtx, broadcaster: Broadcaster, clock: Clock
) -> None:
    claims.admit(SERVER, "conn-1", broadcaster.key, None, clock())
    run_pass(mediamtx, clock)
    with pytest.raises(KeyInUse):
        claims.admit(SERVER, "conn-2", broadcaster.key, None, clock())


@pytest.mark.requirement("SO-15")
def test_a_publisher_whom_nobody_let_in_is_kicked(
    mediamtx: FakeMediaMtx, broadcaster: Broadcaster, clock: Clock
) -> None:
    intruders = [mediamtx.publish(path_of(broadcaster)), mediamtx.publish("live/whatever", "srtConn")]
    run_pass(mediamtx, clock)
    assert set(mediamtx.kicked) == {intruder.id for intruder in intruders}
    assert broadcaster.status() == "OFFLINE"


def test_the_operators_own_paths_are_none_of_our_business(mediamtx: FakeMediaMtx, clock: Clock) -> None:
    mediamtx.publish("cameras/door", "rtspSource")
    mediamtx.publish("live/relay", "rtmpSource")
    mediamtx.paths["live/idle"] = None
    run_pass(mediamtx, clock)
    assert mediamtx.kicked == []


@pytest.mark.requirement("SO-2")
def test_an_overridden_publisher_does_not_keep_the_channel_from_the_one_that_is_there(
    mediamtx: FakeMediaMtx, broadcaster: Broadcaster, clock: Clock
) -> None:
    """The server restarted, say: the same path, another connection, and no hook of the old one's end."""
    go_live(mediamtx, broadcaster)
    mediamtx.unpublish(path_of(broadcaster))
    clock.forward(MINUTE)
    run_pass(mediamtx, clock)
    again = go_live(mediamtx, broadcaster)
    assert broadcaster.status() == "LIVE"
    assert again.id not in mediamtx.kicked


def test_a_late_unpublish_of_the_connection_before_changes_nothing(
    mediamtx: FakeMediaMtx, broadcaster: Broadcaster, clock: Clock
) -> None:
    old = go_live(mediamtx, broadcaster, "rtspSession")
    reconciler.not_ready("main", path_of(broadcaster), Source(old.type, old.id), clock())
    claims.admit(SERVER, "conn-of-the-next", broadcaster.key, None, clock())
    reconciler.not_ready("main", path_of(broadcaster), Source(old.type, old.id), clock())
    new = mediamtx.publish(path_of(broadcaster), "rtspSession")
    reconciler.ready("main", path_of(broadcaster), Source(new.type, new.id), clock())
    assert broadcaster.status() == "LIVE"


@pytest.mark.requirement("SO-15")
def test_a_publish_hook_of_somebody_we_did_not_let_in_has_it_kicked(
    mediamtx: FakeMediaMtx, broadcaster: Broadcaster, clock: Clock
) -> None:
    intruder = mediamtx.publish(path_of(broadcaster))
    with pytest.raises(StreamNotFound):
        reconciler.ready("main", path_of(broadcaster), Source(intruder.type, intruder.id), clock())
    assert mediamtx.kicked == [intruder.id]


@pytest.mark.requirement("SO-7")
def test_a_reset_kicks_at_once_and_the_stream_ends_for_that_reason(
    mediamtx: FakeMediaMtx, broadcaster: Broadcaster, clock: Clock
) -> None:
    source = go_live(mediamtx, broadcaster)
    broadcaster.reset_key()
    reconciler.follow_orders(SERVER.node_id(source.id), clock())
    assert mediamtx.kicked == [source.id]
    assert broadcaster.status() == "OFFLINE"
    assert broadcaster.end_reason() == EndReason.KEY_RESET


@pytest.mark.requirement("SO-7")
@pytest.mark.requirement("SO-11")
def test_a_kick_that_failed_is_tried_again_by_the_next_pass(
    mediamtx: FakeMediaMtx, broadcaster: Broadcaster, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    impatient(monkeypatch)
    source = go_live(mediamtx, broadcaster)
    broadcaster.reset_key()
    mediamtx.failures = [500, 500, 500]
    reconciler.follow_orders(SERVER.node_id(source.id), clock())
    assert mediamtx.kicked == []
    assert broadcaster.status() == "OFFLINE"  # not for us any more, whatever the server still carries
    run_pass(mediamtx, clock)
    assert mediamtx.kicked == [source.id]
    assert broadcaster.status() == "OFFLINE"


@pytest.mark.requirement("SO-8")
def test_an_expired_keys_publisher_is_kicked_and_its_stream_over(
    mediamtx: FakeMediaMtx, broadcaster: Broadcaster, clock: Clock
) -> None:
    broadcaster.take_key_that_expires_in(MINUTE)
    source = go_live(mediamtx, broadcaster)
    clock.forward(MINUTE + 1)
    run_pass(mediamtx, clock)
    assert mediamtx.kicked == [source.id]
    assert broadcaster.status() == "OFFLINE"
    assert broadcaster.end_reason() == EndReason.KEY_EXPIRED


@pytest.mark.requirement("SO-11")
def test_while_the_server_is_away_what_was_seen_last_is_served(
    mediamtx: FakeMediaMtx, broadcaster: Broadcaster, clock: Clock
) -> None:
    go_live(mediamtx, broadcaster)
    start = clock()
    while clock() - start < AWAY_LIMIT - MINUTE:
        clock.forward(MINUTE)
        mediamtx.failures = [0, 503, 500]
        assert run_pass(mediamtx, clock).reachable is False
        assert broadcaster.status() == "LIVE"
    clock.forward(MINUTE)
    assert run_pass(mediamtx, clock).confirmed >= 1
    assert broadcaster.status() == "LIVE"


@pytest.mark.requirement("EN-11")
@pytest.mark.requirement("SO-11")
def test_a_server_that_stays_away_is_believed_for_ten_minutes_and_no_longer(
    mediamtx: FakeMediaMtx, broadcaster: Broadcaster, clock: Clock
) -> None:
    go_live(mediamtx, broadcaster)
    seen_at = clock()
    for since in range(MINUTE, AWAY_LIMIT + 1, MINUTE):
        clock.now = seen_at + since
        mediamtx.failures = [500, 500, 500]
        run_pass(mediamtx, clock)
        assert broadcaster.status() == "LIVE"
    clock.forward(CLOCK_MARGIN + NODE_LOST_GRACE)
    assert broadcaster.status() == "OFFLINE"


@pytest.mark.requirement("EN-11")
@pytest.mark.requirement("SO-7")
@pytest.mark.requirement("SO-11")
def test_an_order_wins_over_a_server_that_is_away_even_if_its_event_was_lost(
    mediamtx: FakeMediaMtx, broadcaster: Broadcaster, clock: Clock
) -> None:
    go_live(mediamtx, broadcaster)
    broadcaster.reset_key()
    mediamtx.failures = [500, 500, 500]
    assert run_pass(mediamtx, clock).reachable is False
    assert broadcaster.status() == "OFFLINE"
    assert broadcaster.end_reason() == EndReason.KEY_RESET


@pytest.mark.requirement("SO-8")
def test_an_expired_key_is_not_outlived_while_the_server_is_away(
    mediamtx: FakeMediaMtx, broadcaster: Broadcaster, clock: Clock
) -> None:
    broadcaster.take_key_that_expires_in(2 * MINUTE)
    go_live(mediamtx, broadcaster)
    for _ in range(2):
        clock.forward(MINUTE)
        mediamtx.failures = [500, 500, 500]
        run_pass(mediamtx, clock)
    assert broadcaster.status() == "OFFLINE"


def test_every_configured_server_gets_its_pass(
    mediamtx: FakeMediaMtx, broadcaster: Broadcaster, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chalicelib import config

    servers = {"gone": "http://127.0.0.1:1", "main": mediamtx.url}
    monkeypatch.setenv("STREAM_SYNC_MEDIAMTX_SERVERS", json.dumps(servers))
    impatient(monkeypatch)
    config.settings.cache_clear()
    connect(mediamtx, broadcaster)
    reconciler.reconcile_all(clock)
    assert broadcaster.status() == "LIVE"


def test_many_publishers_on_many_pages(
    mediamtx: FakeMediaMtx, new_broadcaster: Callable[[], Broadcaster], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chalicelib.services.media_servers.mediamtx.PAGE", 2)
    broadcasters = [new_broadcaster() for _ in range(5)]
    for broadcaster in broadcasters:
        connect(mediamtx, broadcaster)
    run_pass(mediamtx, clock)
    assert [broadcaster.status() for broadcaster in broadcasters] == ["LIVE"] * 5


@pytest.mark.requirement("FX-16")
def test_the_bitrate_of_a_minute_is_charted_from_what_the_server_received(
    mediamtx: FakeMediaMtx, broadcaster: Broadcaster, clock: Clock
) -> None:
    source = go_live(mediamtx, broadcaster)
    for received in (750_000, 2_250_000):
        clock.forward(MINUTE)
        mediamtx.bytes_in = 1_000 + received
        run_pass(mediamtx, clock)
    clock.forward(MINUTE // 2)
    reconciler.not_ready("main", path_of(broadcaster), Source(source.type, source.id), clock())
    stream = broadcaster.stream()
    assert stream is not None
    charted = [one.bitrate_kbps for one in samples.page(stream, 60, None, None).samples]
    assert [(one.min, one.average, one.max) for one in charted if one is not None] == [(100,) * 3, (200,) * 3]
    assert stream.totals is not None
    assert (stream.totals.measured_s, stream.totals.average_kbps) == (
        120,
        150.1,
    )  # and what came before
