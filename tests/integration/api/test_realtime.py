"""The WebSocket over a real handshake: who may listen, what is said first, and what comes of nonsense."""

import contextlib
import json
import time
from typing import Any

import pytest
from ulid import ULID
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from chalicelib import contract
from chalicelib.domain.errors import TooManyRequests
from chalicelib.domain.events import (
    ChannelChanged,
    DashboardConnected,
    EventName,
    StreamMetrics,
    StreamStateChange,
)
from chalicelib.domain.measures import Declared, Pulse, StreamFacts
from chalicelib.domain.streams import ChannelStatus
from chalicelib.domain.topics import Connection, Listener, Topic
from chalicelib.services import fanout, identity, limits, sockets
from chalicelib.store import connections, runtime_models
from tests.integration.api.conftest import Client, token
from tests.support.stack import Stack
from tests.support.waiting import until

OWNERS_DETAILS = {
    "visibility",
    "region",
    "ingest_url",
    "ingest_endpoints",
    "key",
    "recording",
    "closed",
    "second_publisher",
}
OWNERS_ALONE = OWNERS_DETAILS | {"last_end", "last_refusal"}
DETAILS = {"channel_id", "title", "description", "category", "tags", "version"}


def dial(stack: Stack, query: str = "", bearer: str | None = None) -> ClientConnection:
    offered = [Subprotocol("stream-sync"), Subprotocol(f"bearer.{bearer}")] if bearer else None
    return connect(stack.ws_url + query, subprotocols=offered, proxy=None, open_timeout=60)


def heard(socket: ClientConnection) -> dict[str, Any]:
    message: dict[str, Any] = json.loads(socket.recv(timeout=60))
    return message


@pytest.mark.requirement("SS-6.5")
def test_the_first_message_is_a_snapshot_of_the_channel(stack: Stack) -> None:
    mine = token(stack)
    with dial(stack, bearer=mine) as socket:
        assert socket.subprotocol == "stream-sync"
        snapshot = heard(socket)
        assert snapshot.keys() == {"type", "seq", "at", "channel"}
        assert snapshot["type"] == "snapshot"
        assert snapshot["channel"] == Client(stack, {"Authorization": f"Bearer {mine}"}).get("/api/channel").json


def test_a_client_without_subprotocols_sends_its_token_in_the_query(stack: Stack) -> None:
    with dial(stack, f"?token={token(stack)}") as socket:
        assert heard(socket)["type"] == "snapshot"


@pytest.mark.requirement("SO-15")
def test_a_bad_credential_fails_the_handshake(stack: Stack) -> None:
    for query, bearer in (
        ("", None),
        ("", "garbage"),
        ("?token=garbage", None),
        ("?token=", None),
        ("", token(stack, secret="x" * 48)),
        ("", token(stack, exp=1)),
    ):
        with pytest.raises(InvalidStatus) as refused, dial(stack, query, bearer):
            pass
        assert refused.value.response.status_code == 401


def test_the_public_sees_the_channel_without_its_owners_part(stack: Stack, me: Client) -> None:
    channel = me.get("/api/channel").json
    with dial(stack, f"?watch={channel['channel_id']}") as socket:
        snapshot = heard(socket)
        assert snapshot["channel"] == {k: v for k, v in channel.items() if k not in OWNERS_ALONE}


@pytest.mark.parametrize("watched", ["nobody", "", "%00", "x" * 3_000])
def test_a_channel_that_is_not_there_cannot_be_watched(stack: Stack, watched: str) -> None:
    with pytest.raises(InvalidStatus) as refused, dial(stack, f"?watch={watched}"):
        pass
    assert refused.value.response.status_code == 404


def test_a_private_channel_cannot_be_watched(stack: Stack, me: Client) -> None:
    channel_id = me("PATCH", "/api/channel", {"visibility": "private"}).json["channel_id"]
    with pytest.raises(InvalidStatus) as refused, dial(stack, f"?watch={channel_id}"):
        pass
    assert refused.value.response.status_code == 404


def test_the_public_of_a_channel_that_becomes_private_is_sent_away(stack: Stack, me: Client) -> None:
    channel_id = me.get("/api/channel").json["channel_id"]
    with dial(stack, f"?watch={channel_id}") as socket:
        heard(socket)
        me("PATCH", "/api/channel", {"visibility": "private", "title": "For friends"})
        with contextlib.suppress(ConnectionClosed):
            socket.send('{"action": "snapshot"}')
        assert last_words(socket)["code"] == "channel_not_found"


def next_change(socket: ClientConnection) -> dict[str, Any]:
    """A second snapshot may come before it: the channel was changed while the first one was under way."""
    while (message := heard(socket))["type"] == "snapshot":
        continue
    return message


def test_a_change_of_details_is_told_to_owner_and_public_each_with_what_they_may_know(stack: Stack, me: Client) -> None:
    channel_id = me.get("/api/channel").json["channel_id"]
    mine = me.headers["Authorization"].removeprefix("Bearer ")
    with dial(stack, bearer=mine) as owner, dial(stack, f"?watch={channel_id}") as public:
        heard(owner), heard(public)
        channel = me("PATCH", "/api/channel", {"title": "Chess"}).json
        told = next_change(owner)
        assert told.keys() == {"type", "at", "channel"}
        assert told["type"] == "channel"
        assert told["channel"].items() <= channel.items()
        assert told["channel"].keys() == DETAILS | OWNERS_DETAILS
        seen = next_change(public)["channel"]
        assert seen == {k: v for k, v in told["channel"].items() if k in DETAILS}


def test_a_reset_key_is_told_to_the_owner_by_its_hint(stack: Stack, me: Client) -> None:
    before = me.get("/api/channel").json
    with dial(stack, bearer=me.headers["Authorization"].removeprefix("Bearer ")) as owner:
        heard(owner)
        reset = me("POST", "/api/channel/credentials/reset").json
        told = next_change(owner)["channel"]
        assert (told["key"]["key_id"], told["key"]["hint"]) == (reset["key_id"], reset["stream_key"][-4:])
        assert told["version"] > before["version"]
        assert reset["stream_key"] not in json.dumps(told)


@pytest.mark.usefixtures("stack_as_environment")
def test_news_of_a_channel_that_became_private_are_its_owners_alone(stack: Stack, me: Client) -> None:
    channel_id = me.get("/api/channel").json["channel_id"]
    news = StreamStateChange(
        event_name=EventName.STREAM_START,
        channel_id=channel_id,
        stream_id="01JZZZZZZZZZZZZZZZZZZZZZZZ",
        node_id="node",
        seq=1,
        at=1_795_165_850_123,
        status=ChannelStatus.LIVE,
    )
    with dial(stack, f"?watch={channel_id}") as socket:
        heard(socket)
        _once_listed(Topic(channel_id, Listener.PUBLIC))
        fanout.state_changed(news)
        assert heard(socket)["status"] == "LIVE"
        me("PATCH", "/api/channel", {"visibility": "private"})
        fanout.state_changed(news)
        assert last_words(socket)["code"] == "channel_not_found"


def test_ping_and_snapshot_are_answered(stack: Stack) -> None:
    with dial(stack, bearer=token(stack)) as socket:
        first = heard(socket)
        socket.send('{"action": "ping"}')
        assert heard(socket) == {"type": "pong"}
        socket.send('{"action": "snapshot"}')
        assert heard(socket)["channel"] == first["channel"]


@pytest.mark.requirement("SO-16")
@pytest.mark.parametrize(
    "nonsense",
    ["", "x", "{", "[]", "5", "null", '{"action": 5}', '{"action": "shutdown"}', '{"action": null}', "x" * 2_000,
     '{"action": "ping", "padding": "' + "x" * 20_000 + '"}', "[" * 1_000, b"\xff\xfe"],
    ids=lambda sent: f"{sent[:12]!r}...{len(sent)}",
)  # fmt: skip
def test_nonsense_is_answered_with_what_would_be_right_and_the_connection_lives(
    stack: Stack, nonsense: str | bytes
) -> None:
    with dial(stack, bearer=token(stack)) as socket:
        heard(socket)
        socket.send(nonsense)
        answer = heard(socket)
        assert (answer["type"], answer["code"]) == ("error", "invalid_input")
        assert "snapshot" in answer["action"]
        socket.send('{"action": "ping"}')
        assert heard(socket) == {"type": "pong"}


def test_a_message_past_the_gateways_limit_ends_the_connection_alone(stack: Stack) -> None:
    with dial(stack, bearer=token(stack)) as bystander:
        heard(bystander)
        with dial(stack, bearer=token(stack)) as socket:
            heard(socket)
            socket.send("x" * 200_000)
            with pytest.raises(ConnectionClosed) as closed:
                heard(socket)
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1009
        bystander.send('{"action": "ping"}')
        assert heard(bystander) == {"type": "pong"}


@pytest.mark.usefixtures("stack_as_environment")
def test_a_connection_that_is_gone_is_forgotten_when_a_message_meets_it(stack: Stack, me: Client) -> None:
    """Nobody told of its end: the row stays until a message is sent to it."""
    topic = Topic(me.get("/api/channel").json["channel_id"], Listener.OWNER)
    connections.add("nobody-there=", topic, "user", 1_795_165_850_123)
    sockets.send(["nobody-there="], contract.PongMessage())
    assert connections.find("nobody-there=") is None


def last_words(socket: ClientConnection) -> dict[str, Any]:
    """The last message before the server ends the connection."""
    last: dict[str, Any] = {}
    with contextlib.suppress(ConnectionClosed):
        while True:
            last = heard(socket)
    return last


@pytest.mark.requirement("HI-10")
@pytest.mark.requirement("SO-16")
@pytest.mark.parametrize("action", ["$disconnect", "$connect", "$default"])
def test_no_message_reaches_the_handlers_of_connecting_and_leaving(stack: Stack, me: Client, action: str) -> None:
    channel_id = me.get("/api/channel").json["channel_id"]
    with dial(stack, f"?watch={channel_id}") as socket:
        heard(socket)
        socket.send(json.dumps({"action": action}))
        answer = heard(socket)
        assert (answer["type"], answer["code"]) == ("error", "invalid_input")
        socket.send('{"action": "snapshot"}')
        assert heard(socket)["type"] == "snapshot", "it is still a connection"


@pytest.mark.requirement("HI-4")
@pytest.mark.requirement("SO-16")
def test_a_flood_of_messages_is_refused_and_then_ends_the_connection(stack: Stack) -> None:
    mine = token(stack)
    with dial(stack, bearer=mine) as socket, dial(stack, bearer=mine) as bystander:
        heard(socket)
        heard(bystander)
        with contextlib.suppress(ConnectionClosed):
            for _ in range(4 * limits.BURST):
                socket.send('{"action": "ping"}')
        answers = []
        with contextlib.suppress(ConnectionClosed):
            while True:
                answers.append(heard(socket))
        assert sum(answer["type"] == "pong" for answer in answers) >= limits.BURST
        assert {answer["code"] for answer in answers if answer["type"] == "error"} == {"too_many_messages"}
        assert (answers[-1]["type"], answers[-1]["code"]) == ("closing", "too_many_messages")
        bystander.send('{"action": "ping"}')
        assert heard(bystander) == {"type": "pong"}


@pytest.mark.requirement("HI-10")
@pytest.mark.requirement("SO-15")
@pytest.mark.parametrize("pings", [True, False], ids=["pinging", "silent"])
def test_a_connection_ends_with_the_token_that_opened_it(stack: Stack, pings: bool) -> None:
    nearly_over = token(stack, exp=int(time.time()) - identity.LEEWAY_S + 10)
    with dial(stack, bearer=nearly_over) as socket:
        said = heard(socket)
        with contextlib.suppress(ConnectionClosed):
            while pings and said["type"] != "closing":
                time.sleep(0.5)  # as a client that pings now and then, and within its allowance
                socket.send('{"action": "ping"}')
                said = heard(socket)
        assert (last_words(socket) or said)["code"] == "token_expired"


@pytest.mark.usefixtures("stack_as_environment")
def test_news_do_not_reach_a_connection_that_has_outlived_its_token(stack: Stack, me: Client) -> None:
    with dial(stack, bearer=me.headers["Authorization"].removeprefix("Bearer ")) as socket:
        channel_id = heard(socket)["channel"]["channel_id"]
        [listening] = _once_listed(Topic(channel_id, Listener.OWNER))
        runtime_models.Connection(listening.connection_id).update([runtime_models.Connection.expires_at.set(1)])
        fanout.state_changed(went_live(channel_id))
        assert last_words(socket)["code"] == "token_expired"


@pytest.mark.usefixtures("stack_as_environment")
@pytest.mark.requirement("HI-10")
@pytest.mark.parametrize("event", ["channel changed", "measured", "greeted late"])
def test_no_push_reaches_a_connection_that_has_outlived_its_token(stack: Stack, me: Client, event: str) -> None:
    with dial(stack, bearer=me.headers["Authorization"].removeprefix("Bearer ")) as socket:
        channel_id = heard(socket)["channel"]["channel_id"]
        [listening] = _once_listed(Topic(channel_id, Listener.OWNER))
        runtime_models.Connection(listening.connection_id).update([runtime_models.Connection.expires_at.set(1)])
        now = time.time_ns() // 1_000_000
        if event == "channel changed":
            fanout.channel_changed(ChannelChanged(channel_id=channel_id, at=now))
        elif event == "measured":
            pulse = Pulse(bitrate_kbps=1, channel_id=channel_id, stream_id="st", seq=1, at=now, started_at=now)
            fanout.measured(StreamMetrics(node_id="node", at=now, pulses=[pulse]))
        else:
            late = DashboardConnected(connection_id=listening.connection_id, channel_id=channel_id, at=now)
            fanout.greet(late, lambda: now)
        assert heard(socket)["code"] == "token_expired"


def _once_listed(topic: Topic) -> list[Connection]:
    found: list[Connection] = until(lambda: connections.listening(topic), "it is listed")
    return found


def went_live(channel_id: str) -> StreamStateChange:
    return StreamStateChange(
        event_name=EventName.STREAM_START,
        channel_id=channel_id,
        stream_id="01JZZZZZZZZZZZZZZZZZZZZZZZ",
        node_id="node",
        seq=1,
        at=time.time_ns() // 1_000_000,
        started_at=1_795_165_850_000,
        reason="key_reset",
        detail="A reason that is the owner's alone.",
        status=ChannelStatus.LIVE,
        facts=StreamFacts(
            width=640, encoder="obs-output module (libobs version 99)", declared=Declared(video_bitrate_kbps=2_500)
        ),
    )


@pytest.mark.requirement("HI-10")
@pytest.mark.usefixtures("stack_as_environment")
def test_viewers_hear_no_encoder_and_no_reason_and_the_owner_does(stack: Stack, me: Client) -> None:
    channel_id = me.get("/api/channel").json["channel_id"]
    news = went_live(channel_id)
    pulse = Pulse(
        channel_id=channel_id,
        stream_id=news.stream_id or "",
        seq=2,
        at=news.at,
        started_at=news.at,
        bitrate_kbps=1.0,
        facts=news.facts,
    )
    with (
        dial(stack, bearer=me.headers["Authorization"].removeprefix("Bearer ")) as owner,
        dial(stack, f"?watch={channel_id}") as viewer,
    ):
        heard(owner)
        heard(viewer)
        for listener in Listener:
            _once_listed(Topic(channel_id, listener))
        fanout.state_changed(news)
        fanout.measured(StreamMetrics(node_id="node", at=news.at, pulses=[pulse]))
        told, shown = ([heard(socket), heard(socket)] for socket in (owner, viewer))
        assert [message["type"] for message in shown] == ["status", "metrics"]
        assert "libobs" not in json.dumps(shown)
        assert "encoder" not in json.dumps(shown)
        assert "declared" not in json.dumps(shown)
        assert (shown[0]["reason"], shown[0]["reason_text"]) == (None, None)
        assert shown[1]["width"] == 640
        assert told[0]["reason"] == "key_reset"
        assert "libobs" in told[0]["live"]["encoder"]
        assert "libobs" in told[1]["encoder"]
        assert told[0]["live"]["declared"] == told[1]["declared"]
        assert told[1]["declared"]["video_bitrate_kbps"] == 2_500


def test_viewers_are_sent_away_when_the_channel_turns_private_though_nothing_happens_on_it(
    stack: Stack, me: Client
) -> None:
    channel_id = me.get("/api/channel").json["channel_id"]
    with dial(stack, f"?watch={channel_id}") as viewer:
        heard(viewer)
        me("PATCH", "/api/channel", {"visibility": "private"})
        assert last_words(viewer)["code"] == "channel_not_found"


@pytest.mark.usefixtures("stack_as_environment")
def test_a_users_connections_can_be_ended(stack: Stack, me: Client) -> None:
    with dial(stack, bearer=me.headers["Authorization"].removeprefix("Bearer ")) as owner:
        channel_id = heard(owner)["channel"]["channel_id"]
        until(lambda: connections.of_topic(Topic(channel_id, Listener.OWNER)), "it is listed")
        fanout.disconnect_owner(channel_id)
        assert last_words(owner)["code"] == "access_revoked"


@pytest.mark.requirement("HI-4")
@pytest.mark.requirement("SO-16")
def test_a_user_has_so_many_connections_and_one_that_ends_makes_room(stack: Stack) -> None:
    mine = token(stack)
    with contextlib.ExitStack() as opened:
        sockets_of_mine = [opened.enter_context(dial(stack, bearer=mine)) for _ in range(32)]
        with pytest.raises(InvalidStatus) as refused, dial(stack, bearer=mine):
            pass
        assert refused.value.response.status_code == 429
        with dial(stack, bearer=token(stack)) as other:
            heard(other)
        sockets_of_mine[0].close()

        def comes_in() -> bool:
            try:
                heard(opened.enter_context(dial(stack, bearer=mine)))
            except InvalidStatus:
                return False
            return True

        until(comes_in, "room for one more")


@pytest.mark.usefixtures("cloud")
def test_a_count_that_was_never_told_of_an_end_is_put_right_when_it_is_full() -> None:
    now = time.time_ns() // 1_000_000
    place = {f"ws-address#{ULID()}": 2}
    for name in ("gone-1", "gone-2"):
        limits.connection(f"{name}-{ULID()}", place, now)  # their rows are not there any more
    here = f"here-{ULID()}"
    connections.add(here, Topic("ch_1", Listener.PUBLIC), None, now, places=place)
    limits.connection(here, place, now)
    another = f"here-{ULID()}"
    connections.add(another, Topic("ch_1", Listener.PUBLIC), None, now, places=place)
    limits.connection(another, place, now)
    with pytest.raises(TooManyRequests):
        limits.connection(f"late-{ULID()}", place, now)
