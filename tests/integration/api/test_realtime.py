"""The WebSocket over a real handshake: who may listen, what is said first, and what comes of nonsense."""

import json
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from chalicelib.domain.events import EventName, StreamStateChange
from chalicelib.domain.streams import ChannelStatus
from chalicelib.domain.topics import Listener, Topic
from chalicelib.services import fanout
from chalicelib.store import connections
from tests.integration.api.conftest import Client, token
from tests.support.stack import Stack

OWNERS_DETAILS = {"visibility", "region", "ingest_url", "key"}
OWNERS_ALONE = OWNERS_DETAILS | {"last_end", "last_refusal"}
DETAILS = {"channel_id", "title", "description", "category", "tags", "edition"}


def dial(stack: Stack, query: str = "", bearer: str | None = None) -> ClientConnection:
    offered = [Subprotocol("stream-sync"), Subprotocol(f"bearer.{bearer}")] if bearer else None
    return connect(stack.ws_url + query, subprotocols=offered, proxy=None, open_timeout=10)


def heard(socket: ClientConnection) -> dict[str, Any]:
    message: dict[str, Any] = json.loads(socket.recv(timeout=10))
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
        socket.send('{"action": "snapshot"}')
        with pytest.raises(ConnectionClosed):
            heard(socket)


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
        assert told["edition"] > before["edition"]
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
        fanout.state_changed(news)
        assert heard(socket)["status"] == "LIVE"
        me("PATCH", "/api/channel", {"visibility": "private"})
        fanout.state_changed(news)
        with pytest.raises(ConnectionClosed):
            heard(socket)


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
    fanout.reply("nobody-there=", {"type": "pong"})
    assert connections.topic_of("nobody-there=") is None
