"""Who gets in, who does not, what each is told on the wire, and what is kept of it."""

import itertools
import socket
import time
from collections.abc import Callable

import pytest

from chalicelib.domain.streams import ChannelStatus, EndReason, StreamState
from chalicelib.domain.timeline import refusals_of, refused_at
from chalicelib.services.keys import changes
from chalicelib.store import keys, timeline
from ingest_container.rtmp.limits import HANDSHAKE_SECONDS, REFUSAL_LINGER_SECONDS
from local.settings import HOST
from tests.integration.node.conftest import PATIENT, Node, Publish, StartNode
from tests.support.aws import everything_stored
from tests.support.publisher import STARTED, Publisher
from tests.support.rtmp_peer import RtmpPeer
from tests.support.stack import Emulator
from tests.support.studio import Studio, now_ms
from tests.support.waiting import until

# Addresses of this machine, one for each refusal: an address that fails often has to wait for its answers.
STRANGERS = (f"127.0.1.{number}" for number in itertools.count(1))
OnAir = Callable[[Node, Studio], Publisher]
AUDITED = {
    "client_ip", "node_id", "key_id", "channel_id", "stream_id",
    "started_at", "duration_s", "bytes", "mean_kbps", "reason", "detail", "key_label", "moved_to", "moved_from",
}  # fmt: skip


@pytest.mark.requirement("SS-2.1")
@pytest.mark.requirement("SS-5.3")
def test_a_good_key_goes_live_and_a_clean_stop_is_offline_at_once(node: Node, studio: Studio, on_air: OnAir) -> None:
    publisher = on_air(node, studio)
    until(lambda: studio.stream().facts.width == 640, "its facts")
    publisher.stop()
    until(lambda: studio.is_(ChannelStatus.OFFLINE), "OFFLINE")
    stream = studio.stream()
    assert (stream.state, stream.end_reason, stream.facts.fps) == (StreamState.ENDED, EndReason.CLEAN_STOP, 30)
    until(lambda: "connection" in studio.kinds(), "the audit record")
    assert studio.kinds() == ["Session Created", "connection", "Stream Start", "Stream End"]
    record = next(entry for entry in studio.timeline() if entry.kind == "connection").facts
    assert record.keys() == AUDITED
    assert (record["client_ip"], record["node_id"], record["key_id"]) == (HOST, node.node_id, studio.key.key_id)
    assert (record["reason"], record["stream_id"]) == ("clean_stop", stream.stream_id)
    assert record["bytes"] > 3_000
    assert record["mean_kbps"] == pytest.approx(record["bytes"] * 8 / 1000 / record["duration_s"], rel=0.01)
    (line,) = node.logged("audit_record", stream_id=stream.stream_id)
    assert {name: value for name, value in record.items() if value is not None}.items() <= line.items()


@pytest.mark.requirement("SS-5.3")
def test_an_encoder_that_stops_and_stays_connected_is_recorded_as_stopped(
    node: Node, studio: Studio, on_air: OnAir
) -> None:
    publisher = on_air(node, studio)
    stream_id = studio.stream().stream_id
    publisher.fall_silent()
    publisher.socket.sendall(publisher.peer.unpublish())
    assert publisher.was_closed(60), "it does not publish again"
    until(lambda: node.logged("audit_record", stream_id=stream_id, reason="clean_stop"), "the audit line")


@pytest.mark.requirement("SS-5.3")
@pytest.mark.requirement("SS-3.3")
def test_a_drop_is_reconnecting_and_leaves_its_record(node: Node, studio: Studio, on_air: OnAir) -> None:
    on_air(node, studio).drop()
    until(lambda: studio.is_(ChannelStatus.RECONNECTING), "RECONNECTING")
    stream_id = studio.stream().stream_id
    until(lambda: node.logged("audit_record", stream_id=stream_id), "the audit line")
    (line,) = node.logged("audit_record", stream_id=stream_id)
    assert line["reason"] in ("peer_closed", "connection_reset")
    until(lambda: studio.is_(ChannelStatus.OFFLINE), "OFFLINE", 30)
    until(lambda: studio.stream().end_reason == EndReason.GRACE_OVER, "its end")


@pytest.mark.requirement("SS-3.3")
def test_an_encoder_that_comes_back_keeps_its_stream(studio: Studio, on_air: OnAir, start_node: StartNode) -> None:
    node = start_node(module=PATIENT)
    first = on_air(node, studio)
    stream_id = studio.stream().stream_id
    first.drop()
    until(lambda: studio.is_(ChannelStatus.RECONNECTING), "RECONNECTING")
    second = on_air(node, studio)
    assert studio.stream().stream_id == stream_id
    second.stop()
    until(lambda: studio.is_(ChannelStatus.OFFLINE), "OFFLINE")
    until(lambda: studio.kinds(stream_id)[-1] == "Stream End", "the end in its timeline")
    happened = [kind for kind in studio.kinds(stream_id) if kind.startswith("Stream")]
    assert happened == ["Stream Start", "Stream Interrupted", "Stream Resumed", "Stream End"]


# --- refusals ----------------------------------------------------------------------------------------


def refused(node: Node, stream_key: str, app: str = "live") -> tuple[str | None, str]:
    """The answer's code and description; the connection stays readable until the peer's FIN, 2 s at most."""
    began = time.monotonic()
    publisher = Publisher(node.port, stream_key, app, source=next(STRANGERS))
    code = publisher.publish()
    # What a refused encoder still sends is read and thrown away: closing on it would reset the connection.
    publisher.socket.sendall(publisher.peer.unpublish())
    assert publisher.was_closed(20)
    assert time.monotonic() - began >= REFUSAL_LINGER_SECONDS, "it closes before the reason can be read"
    publisher.drop()
    return code, publisher.description


@pytest.mark.requirement("SS-2.2")
@pytest.mark.parametrize("stream_key", ["short", "b" * 40, "' OR 1=1 --", "🔑" * 40, "k" * 5_000])
def test_an_unknown_key_is_unauthorized_and_a_malformed_one_looks_the_same(node: Node, stream_key: str) -> None:
    assert refused(node, stream_key) == (
        "NetStream.Publish.Denied",
        "Unauthorized: The stream key is not known. Copy the stream key from the studio again.",
    )


@pytest.mark.requirement("EN-7")
@pytest.mark.requirement("SS-2.2")
@pytest.mark.parametrize(
    ("stream_key", "app", "told"),
    [
        ("", "live", "Unauthorized: The encoder sent no stream key. "),
        (" ", "live", "Unauthorized: The encoder sent no stream key. "),
        ("a" * 40 + "/" + "b" * 40, "live", "Unauthorized: The encoder's stream key field contains more than "),
        ("a" * 40, "live/" + "b" * 40, "Not found: The server URL does not name a known application. "),
    ],
)
def test_what_is_wrong_in_the_encoders_fields_is_told_and_the_key_not_repeated(
    node: Node, stream_key: str, app: str, told: str
) -> None:
    code, description = refused(node, stream_key, app)
    assert code == "NetStream.Publish.Denied"
    assert description.startswith(told)
    assert "a" * 40 not in description + node.text()


@pytest.mark.requirement("EN-7")
@pytest.mark.requirement("SS-2.1")
@pytest.mark.parametrize(
    ("app", "name"),
    [
        ("live", " /{}\n"),
        ("live", "rtmp://ingest.example.com:1935/live/{}"),
        ("live/{}", ""),
        ("", "live/{}"),
        ("live", "%20{}"),
    ],
)
def test_a_key_is_taken_as_people_paste_it_and_never_logged(
    node: Node, studio: Studio, publish: Publish, app: str, name: str
) -> None:
    publisher = publish(node, name.format(studio.stream_key), app.format(studio.stream_key))
    assert publisher.publish() == STARTED
    publisher.drop()
    until(lambda: node.logged("audit_record", key_id=studio.key.key_id), "the audit line")
    assert studio.stream_key not in node.text()


@pytest.mark.requirement("SS-2.2")
@pytest.mark.requirement("SO-8")
def test_a_key_that_is_not_good_now_is_refused_by_its_reason(node: Node, studio: Studio) -> None:
    denied = "NetStream.Publish.Denied"
    code, why = refused(node, studio.another_key(expires_at=now_ms())[0])
    assert (code, why.partition(".")[0]) == (denied, "Unauthorized: The stream key has expired")
    code, why = refused(node, studio.another_key(not_before=now_ms() + 3_600_000)[0])
    assert (code, why.partition(".")[0]) == (denied, "Unauthorized: The stream key is not valid yet")
    keys.revoke(studio.key)
    code, why = refused(node, studio.stream_key)
    assert (code, why.partition(".")[0]) == (denied, "Unauthorized: The stream key was reset or revoked")
    assert studio.channel.stream_id is None


def test_another_application_is_not_found(node: Node, studio: Studio) -> None:
    code, why = refused(node, studio.stream_key, app="elsewhere")
    assert code == "NetStream.Publish.Denied"
    assert why.startswith("Not found: ")


@pytest.mark.requirement("FX-9")
@pytest.mark.requirement("EN-7")
@pytest.mark.parametrize(
    ("app", "name", "reason"),
    [("elsewhere", "{}", "wrong_application"), ("live", "https://host/live/{}", "key_malformed")],
)
def test_the_owner_sees_a_refusal_for_what_is_around_a_good_key(
    node: Node, studio: Studio, app: str, name: str, reason: str
) -> None:
    refused(node, name.format(studio.stream_key), app)

    def told() -> bool:
        entry = timeline.last(refusals_of(studio.channel_id))
        return entry is not None and entry.facts["reason"] == reason

    until(told, "the refusal in what the owner is shown")
    assert node.logged("publisher_refused", code=reason, channel_id=studio.channel_id, key_id=studio.key.key_id)
    assert studio.stream_key not in node.text()


def test_who_guesses_under_another_application_learns_nothing(node: Node, studio: Studio) -> None:
    assert refused(node, studio.stream_key, app="elsewhere") == refused(node, "b" * 40, app="elsewhere")


@pytest.mark.requirement("SS-2.3")
@pytest.mark.requirement("SS-5.3")
def test_a_second_publisher_is_refused_and_the_first_stays(node: Node, studio: Studio, on_air: OnAir) -> None:
    on_air(node, studio)
    code, why = refused(node, studio.stream_key)
    assert code == "NetStream.Publish.BadName"
    assert why.startswith("Stream already exists: ")
    assert studio.status is ChannelStatus.LIVE
    (line,) = until(
        lambda: node.logged("audit_record", reason="key_in_use", key_id=studio.key.key_id), "its audit line"
    )
    assert line["client_ip"].startswith("127.0.1.")
    assert line.keys() >= {"node_id", "started_at", "duration_s", "bytes", "mean_kbps"}

    def recorded() -> bool:
        entries = timeline.of_stream(refused_at(node.node_id))
        return any(e.facts["key_id"] == studio.key.key_id and e.facts.keys() == AUDITED for e in entries)

    until(recorded, "the refusal's audit record")


@pytest.mark.requirement("SS-2.3")
def test_a_second_publisher_on_another_node_is_refused(
    node: Node, studio: Studio, on_air: OnAir, start_node: StartNode
) -> None:
    other = start_node()
    on_air(node, studio)
    code, _ = refused(other, studio.stream_key)
    assert code == "NetStream.Publish.BadName"
    assert studio.stream().node_id == node.node_id


@pytest.mark.requirement("SS-5.2")
def test_at_capacity_newcomers_are_told_so_and_the_running_stream_goes_on(
    studio: Studio, on_air: OnAir, publish: Publish, start_node: StartNode
) -> None:
    node = start_node(capacity=1, queue_length=0, module=PATIENT)
    first = on_air(node, studio)
    code, why = refused(node, Studio().stream_key)
    assert code == "NetStream.Publish.Rejected"
    assert why.startswith("Service Unavailable: ")
    assert studio.status is ChannelStatus.LIVE

    stream_id = studio.stream().stream_id
    first.drop()
    until(lambda: studio.is_(ChannelStatus.RECONNECTING), "RECONNECTING")
    on_air(node, studio)
    assert studio.stream().stream_id == stream_id, "the encoder that comes back finds its place"


@pytest.mark.requirement("SS-1.3")
@pytest.mark.requirement("SO-8")
def test_a_key_that_expires_ends_its_stream(node: Node, studio: Studio, publish: Publish) -> None:
    publisher = publish(node, studio.another_key(expires_at=now_ms() + 12_000)[0])
    assert publisher.publish() == STARTED
    publisher.go_on_air()
    assert publisher.was_closed(40)
    until(lambda: studio.stream().end_reason == EndReason.KEY_EXPIRED, "its end")


@pytest.mark.requirement("FX-17")
def test_an_expiry_that_is_set_later_ends_the_running_stream(node: Node, studio: Studio, on_air: OnAir) -> None:
    publisher = on_air(node, studio)
    changes.edit(studio.channel, studio.key.key_id, {"expires_at": now_ms() + 4_000}, "test", now_ms())
    assert publisher.was_closed(60)
    until(lambda: studio.stream().end_reason == EndReason.KEY_EXPIRED, "its end")


# --- peers that are broken, or hostile --------------------------------------------------------------------------------


def closed(connection: socket.socket, within: float) -> bool:
    connection.settimeout(within)
    try:
        while connection.recv(65_536):
            pass
    except TimeoutError:
        return False
    except ConnectionError:
        return True
    return True


@pytest.mark.requirement("SS-5.1")
def test_broken_peers_are_closed_and_touch_nobody_else(node: Node, studio: Studio, on_air: OnAir) -> None:
    """HTTP, TLS, garbage, a wrong version, a message past every limit, a reset in the middle: beside a live stream."""
    on_air(node, studio)
    before = studio.stream().stream_id
    peer = RtmpPeer()
    handshake = peer.hello() + peer.finish_handshake()
    too_large = handshake + b"\x03" + bytes(3) + b"\xff\xff\xff" + b"\x14" + bytes(4) + bytes(4_096)
    for garbage in (
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 200,
        b"\x16\x03\x01" + bytes(4_000),
        bytes(range(256)) * 40,
        b"\x06" + bytes(1_536),
        handshake + b"\xff" * 4_096,
        too_large,
    ):
        with socket.create_connection((HOST, node.port)) as connection:
            connection.sendall(garbage)
            assert closed(connection, 9), garbage[:8]  # before its handshake would time out
    for _ in range(20):
        with socket.create_connection((HOST, node.port)) as connection:
            connection.sendall(handshake[:2_000])
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    assert node.process.poll() is None
    assert (studio.status, studio.stream().stream_id) == (ChannelStatus.LIVE, before)
    assert "Traceback" not in node.text()


@pytest.mark.requirement("SS-5.1")
def test_idle_and_half_open_connections_are_closed_in_their_time_and_newcomers_get_in(
    node: Node, studio: Studio, on_air: OnAir
) -> None:
    idle = [socket.create_connection((HOST, node.port)) for _ in range(300)]
    halves = [socket.create_connection((HOST, node.port)) for _ in range(50)]
    for half in halves:
        half.sendall(RtmpPeer().hello()[:700])
    began = time.monotonic()
    on_air(node, studio)
    assert time.monotonic() - began < HANDSHAKE_SECONDS, "they hold up nobody"
    assert closed(idle[0], 3 * HANDSHAKE_SECONDS), "the handshake's time is over"
    assert closed(halves[0], 3 * HANDSHAKE_SECONDS)
    for connection in idle + halves:
        connection.close()
    assert studio.status is ChannelStatus.LIVE


def test_a_peer_that_hangs_up_while_it_is_admitted_leaves_the_channel_free(
    node: Node, studio: Studio, publish: Publish
) -> None:
    for _ in range(5):
        publisher = Publisher(node.port, studio.stream_key)
        publisher.socket.sendall(publisher.peer.open())
        publisher.drop()
    # Free it is also before the first of them is admitted: only a newcomer who gets in knows.
    until(lambda: publish(node, studio.stream_key).publish() == STARTED, "a newcomer is let in")


def test_a_publisher_that_never_sends_is_ended(node: Node, studio: Studio, publish: Publish) -> None:
    publisher = publish(node, studio.stream_key)
    assert publisher.publish() == STARTED
    assert publisher.was_closed(60)
    until(lambda: studio.stream().end_reason == EndReason.NO_MEDIA, "its end")
    assert studio.channel.lease.holder is None


# --- secrets ----------------------------------------------------------------------------------------


@pytest.mark.requirement("SS-6.2")
def test_no_key_is_in_any_log_line_row_or_event(
    cloud: Emulator, start_node: StartNode, studio: Studio, on_air: OnAir
) -> None:
    """Accepted, refused, in use, in the query, in tcUrl: the key is nowhere afterwards."""
    node = start_node(log_level="DEBUG")
    on_air(node, studio)
    wrong = "w" * 39 + "Z"
    for stream_key, app in ((studio.stream_key, "live"), (wrong, "live"), (studio.stream_key, "elsewhere")):
        refused(node, stream_key, app)
    peer = RtmpPeer(key=f"{wrong}?token={studio.stream_key}")
    with socket.create_connection((HOST, node.port)) as connection:
        tc_url = f"rtmp://127.0.0.1/live/{studio.stream_key}"
        opening = peer.hello() + peer.finish_handshake() + peer.connect(tcUrl=tc_url, flashVer=studio.stream_key)
        connection.sendall(opening + peer.create_stream() + peer.publish())
        assert closed(connection, 60)
    until(lambda: len(node.logged("publisher_refused")) >= 4, "all were refused")
    until(lambda: node.logged("audit_record", reason="key_unknown"), "the audit line")
    for secret in (studio.stream_key, wrong):
        assert secret not in node.text()
        assert secret not in everything_stored(cloud.env)
