"""Publishers of foreign servers, by the same rules as our own: one a channel, a valid key, the state true."""

from collections.abc import Callable

import pytest

from chalicelib.domain.errors import BroadcastEnded
from chalicelib.domain.leases import CLOCK_MARGIN, Holder
from chalicelib.domain.not_found import StreamNotFound
from chalicelib.domain.publications import OME_LIFETIME, READY_WITHIN, SESSION_TTL, Dialect
from chalicelib.domain.refusals import KeyInUse, KeyMissing, KeyRevoked, KeyUnknown
from chalicelib.domain.streams import EndReason, StreamState
from chalicelib.services.media_servers import claims, publishers, reconciler
from chalicelib.services.media_servers.publishers import MediaServer
from chalicelib.services.streams import admission, backstop, lifecycle, orders
from tests.integration.hooks.conftest import Broadcaster, Clock

NGINX = MediaServer(Dialect.NGINX_RTMP, "main")
SRS = MediaServer(Dialect.SRS, "main")
OME = MediaServer(Dialect.OME, "main")
MEDIAMTX = MediaServer(Dialect.MEDIAMTX, "main")


def publish(broadcaster: Broadcaster, connection: str, server: MediaServer = NGINX) -> None:
    claims.publish(server, connection, broadcaster.key, "192.0.2.7", broadcaster.clock())


def confirm(broadcaster: Broadcaster, connection: str, server: MediaServer = NGINX) -> None:
    publication = publishers.find(server, connection)
    assert publication is not None
    publishers.confirm(publication, broadcaster.clock())


def leave(broadcaster: Broadcaster, connection: str, server: MediaServer = NGINX) -> None:
    publication = publishers.find(server, connection)
    if publication is not None:
        publishers.leave(publication, broadcaster.clock())


@pytest.mark.requirement("SO-2")
@pytest.mark.requirement("SO-3")
def test_publishing_makes_the_channel_live_and_leaving_ends_it(broadcaster: Broadcaster) -> None:
    publish(broadcaster, "1")
    assert broadcaster.status() == "LIVE"
    stream = broadcaster.stream()
    assert stream is not None
    assert (stream.source, stream.client_ip) == ("nginx-rtmp", "192.0.2.7")
    leave(broadcaster, "1")
    assert broadcaster.status() == "OFFLINE"
    ended = broadcaster.stream()
    assert ended is not None
    assert (ended.state, ended.end_reason) == (StreamState.ENDED, EndReason.UNPUBLISHED)
    assert publishers.find(NGINX, "1") is None


@pytest.mark.requirement("SO-12")
def test_a_repeated_hook_is_the_same_stream(broadcaster: Broadcaster) -> None:
    publish(broadcaster, "2")
    first = broadcaster.stream()
    publish(broadcaster, "2")
    assert broadcaster.stream() == first
    leave(broadcaster, "2")
    leave(broadcaster, "2")
    assert broadcaster.status() == "OFFLINE"


@pytest.mark.requirement("SO-2")
def test_a_second_publisher_is_refused_and_the_first_stays_whichever_server_it_asks(broadcaster: Broadcaster) -> None:
    publish(broadcaster, "3")
    for server in (NGINX, SRS, OME):
        with pytest.raises(KeyInUse):
            publish(broadcaster, "4", server)
    with pytest.raises(KeyInUse):
        claims.admit(MEDIAMTX, "4", broadcaster.key, None, broadcaster.clock())
    key = admission.authenticate(broadcaster.key, broadcaster.clock())
    with pytest.raises(KeyInUse):
        admission.claim(key, Holder("local-1", "run", "conn"), None, broadcaster.clock())
    assert broadcaster.status() == "LIVE"
    assert publishers.find(NGINX, "4") is None


def test_our_own_ingest_is_not_displaced_by_a_foreign_publisher(broadcaster: Broadcaster, clock: Clock) -> None:
    from chalicelib.domain.nodes import NodeInfo
    from chalicelib.store import nodes

    nodes.register(NodeInfo("own-1", "run", "", "us-east-1", 10, clock()), clock() + 6_000)
    key = admission.authenticate(broadcaster.key, clock())
    admission.claim(key, Holder("own-1", "run", "conn"), None, clock())
    with pytest.raises(KeyInUse):
        publish(broadcaster, "5")


@pytest.mark.requirement("SO-12")
def test_an_unpublish_of_an_old_connection_does_not_end_a_newer_one(broadcaster: Broadcaster) -> None:
    publish(broadcaster, "6")
    old = publishers.find(NGINX, "6")
    assert old is not None
    leave(broadcaster, "6")
    publish(broadcaster, "7")
    publishers.leave(old, broadcaster.clock())
    assert broadcaster.status() == "LIVE"


@pytest.mark.requirement("SO-11")
@pytest.mark.parametrize("server", [NGINX, SRS, OME], ids=str)
def test_a_publisher_of_which_nothing_is_heard_is_offline_when_its_session_is_over(
    broadcaster: Broadcaster, server: MediaServer
) -> None:
    publish(broadcaster, "8", server)
    broadcaster.clock.forward(SESSION_TTL[server.dialect] - 1)
    assert broadcaster.status() == "LIVE"
    broadcaster.clock.forward(CLOCK_MARGIN + 3_000)
    assert broadcaster.status() == "OFFLINE"
    publish(broadcaster, "9", server)
    assert broadcaster.status() == "LIVE"


def test_updates_keep_it_live(broadcaster: Broadcaster) -> None:
    publish(broadcaster, "10")
    for _ in range(5):
        broadcaster.clock.forward(SESSION_TTL[Dialect.NGINX_RTMP] - 1_000)
        confirm(broadcaster, "10")
        assert broadcaster.status() == "LIVE"


@pytest.mark.requirement("SO-11")
def test_a_publisher_whose_session_ran_out_is_live_again_with_its_next_update(broadcaster: Broadcaster) -> None:
    publish(broadcaster, "11")
    first = broadcaster.stream()
    broadcaster.clock.forward(SESSION_TTL[Dialect.NGINX_RTMP] + 60_000)
    lifecycle.announce(backstop.sweep_at_once(["us-east-1"], broadcaster.clock()))
    ended = broadcaster.stream()
    assert ended is not None
    assert ended.state is StreamState.ENDED
    confirm(broadcaster, "11")
    assert broadcaster.status() == "LIVE"
    again = broadcaster.stream()
    assert first is not None
    assert again is not None
    assert again.stream_id > first.stream_id


def test_a_publisher_whose_channel_somebody_else_took_meanwhile_is_dropped(broadcaster: Broadcaster) -> None:
    publish(broadcaster, "12")
    broadcaster.clock.forward(SESSION_TTL[Dialect.NGINX_RTMP] + 60_000)
    publish(broadcaster, "13")
    with pytest.raises(KeyInUse):
        confirm(broadcaster, "12")
    assert broadcaster.status() == "LIVE"
    assert publishers.find(NGINX, "12") is None


@pytest.mark.requirement("SO-15")
def test_a_connection_that_left_is_not_taken_up_again(broadcaster: Broadcaster) -> None:
    publish(broadcaster, "14")
    late = publishers.find(NGINX, "14")
    assert late is not None
    leave(broadcaster, "14")
    with pytest.raises(StreamNotFound):
        publishers.confirm(late, broadcaster.clock())
    assert broadcaster.status() == "OFFLINE"


@pytest.mark.requirement("SO-1")
@pytest.mark.parametrize("key", ["short", "x" * 40, "ch_0123456789", "a" * 39 + "é"])
def test_unknown_and_malformed_keys_look_alike(cloud: object, clock: Clock, key: str) -> None:
    with pytest.raises(KeyUnknown):
        claims.publish(NGINX, "15", key, None, clock())


def test_no_key_at_all_is_told_as_that(cloud: object, clock: Clock) -> None:
    with pytest.raises(KeyMissing):
        claims.publish(NGINX, "15", "", None, clock())


def test_a_key_that_is_not_the_named_channels_is_unknown(new_broadcaster: Callable[[], Broadcaster]) -> None:
    mine, other = new_broadcaster(), new_broadcaster()
    with pytest.raises(KeyUnknown):
        claims.publish(NGINX, "16", mine.key, None, mine.clock(), channel_id=other.channel_id)
    assert mine.status() == other.status() == "OFFLINE"


@pytest.mark.requirement("SO-7")
def test_a_revoked_publisher_is_dropped_at_its_next_update(broadcaster: Broadcaster) -> None:
    publish(broadcaster, "17")
    running = publishers.find(NGINX, "17")
    assert running is not None
    broadcaster.reset_key()
    with pytest.raises(BroadcastEnded):
        confirm(broadcaster, "17")
    assert broadcaster.end_reason() == EndReason.KEY_RESET
    with pytest.raises(StreamNotFound):
        publishers.confirm(running, broadcaster.clock())


@pytest.mark.requirement("SO-7")
def test_an_update_between_a_reset_and_its_order_ends_the_stream_by_the_reset(
    broadcaster: Broadcaster, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(broadcaster, "29")
    with monkeypatch.context() as before_the_order:
        before_the_order.setattr(orders, "end_on_dead_key", lambda *_: None)
        broadcaster.reset_key()
    with pytest.raises(KeyRevoked):
        confirm(broadcaster, "29")
    assert broadcaster.end_reason() == EndReason.KEY_RESET


@pytest.mark.requirement("SO-7")
def test_a_revoked_key_is_refused_at_once(broadcaster: Broadcaster) -> None:
    old = broadcaster.key
    publish(broadcaster, "18")
    leave(broadcaster, "18")
    broadcaster.reset_key()
    with pytest.raises(KeyRevoked):
        claims.publish(NGINX, "19", old, None, broadcaster.clock())


@pytest.mark.requirement("SO-8")
def test_an_expired_keys_stream_is_over_without_another_hook(broadcaster: Broadcaster) -> None:
    from chalicelib.services.keys import credentials

    issued = credentials.generate(broadcaster.channel, "owner", broadcaster.clock())
    assert issued.key.expires_at is not None
    broadcaster.key = issued.stream_key
    broadcaster.clock.now = issued.key.expires_at - 60_000
    publish(broadcaster, "20", OME)
    assert broadcaster.status() == "LIVE"
    broadcaster.clock.forward(60_000 + CLOCK_MARGIN + 3_000)
    assert broadcaster.status() == "OFFLINE"


@pytest.mark.parametrize("server", [NGINX, SRS, OME, MEDIAMTX], ids=str)
def test_an_order_ends_a_stream_at_once_whatever_its_server_does(broadcaster: Broadcaster, server: MediaServer) -> None:
    publish(broadcaster, "21", server)
    stream_id = orders.stop_channel(broadcaster.channel_id, EndReason.STOPPED, broadcaster.clock())
    reconciler.follow_orders(server.node_id("21"), broadcaster.clock())
    stream = broadcaster.stream()
    assert stream is not None
    assert (stream.stream_id, stream.end_reason) == (stream_id, EndReason.STOPPED)
    assert broadcaster.status() == "OFFLINE"
    assert publishers.find(server, "21") is None  # so its next update is refused, and nginx drops it


def test_mediamtx_gets_a_moment_to_be_ready_and_then_the_channel_is_free(broadcaster: Broadcaster) -> None:
    claims.admit(MEDIAMTX, "22", broadcaster.key, None, broadcaster.clock())
    assert broadcaster.status() == "OFFLINE"
    with pytest.raises(KeyInUse):
        claims.admit(MEDIAMTX, "23", broadcaster.key, None, broadcaster.clock())
    broadcaster.clock.forward(READY_WITHIN + CLOCK_MARGIN + 3_000)
    claims.admit(MEDIAMTX, "23", broadcaster.key, None, broadcaster.clock())


def test_one_connection_may_publish_again_with_another_key(new_broadcaster: Callable[[], Broadcaster]) -> None:
    first, second = new_broadcaster(), new_broadcaster()
    publish(first, "24")
    second.clock.now = first.clock.now
    publish(second, "24")
    assert second.status() == "LIVE"
    assert first.status() == "OFFLINE"


@pytest.mark.requirement("ST-2")
def test_a_generated_keys_first_stream_has_the_id_given_with_it_and_the_next_its_own(broadcaster: Broadcaster) -> None:
    from chalicelib.services.keys import credentials

    issued = credentials.generate(broadcaster.channel, "owner", broadcaster.clock())
    broadcaster.key = issued.stream_key
    ids = []
    for connection in ("27", "28"):
        publish(broadcaster, connection)
        stream = broadcaster.stream()
        assert stream is not None
        ids.append(stream.stream_id)
        leave(broadcaster, connection)
    assert ids[0] == issued.key.first_stream_id
    assert ids[1] > ids[0]


def test_the_life_of_ome_is_longer_than_what_it_is_told(broadcaster: Broadcaster) -> None:
    publish(broadcaster, "25", OME)
    broadcaster.clock.forward(OME_LIFETIME)
    assert broadcaster.status() == "LIVE"


def test_foreign_publishers_are_no_nodes_of_ours(broadcaster: Broadcaster) -> None:
    from chalicelib.store import nodes

    publish(broadcaster, "26")
    assert [node for node in nodes.own() if ":" in node.info.node_id] == []
