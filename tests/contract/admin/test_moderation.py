"""What operators do about people and nodes over HTTP, and what those who are meant notice of it."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import jwt
import pytest
from ulid import ULID
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

import app  # noqa: F401 - it registers every route
from chalicelib.api.routing import BROADCASTER, OPERATIONS
from local.private_files import load_or_make_secrets
from tests.contract.admin.conftest import Caller, OnAir
from tests.support.stack import Stack
from tests.support.waiting import until

pytestmark = pytest.mark.needs("ministack")

DENIED, REJECTED, STARTED = (f"NetStream.Publish.{code}" for code in ("Denied", "Rejected", "Start"))
UNKNOWN_KEY = "x" * 40


def an_address() -> str:
    return f"{str(ULID()).lower()}@example.com"


@dataclass
class Person:
    """An account, and the channel that it gets."""

    stack: Stack
    email: str = field(default_factory=an_address)
    user_id: str = field(default_factory=lambda: str(ULID()))
    verified: bool = True

    def __post_init__(self) -> None:
        expires = int(time.time()) + 600
        claims = {"user_id": self.user_id, "email": self.email, "email_verified": self.verified, "exp": expires}
        secret = load_or_make_secrets(self.stack.settings.state_dir).jwt_secret
        self.token = jwt.encode(claims, secret, algorithm="HS256")
        self.call = Caller(self.stack.http_url, {"Authorization": f"Bearer {self.token}"})

    @property
    def channel_id(self) -> str:
        return str(self.call.json("GET", "/api/channel")["channel_id"])

    @property
    def stream_key(self) -> str:
        return str(self.call.json("GET", "/api/channel/credentials?reveal=true")["stream_key"])


@pytest.fixture
def person(stack: Stack) -> Person:
    return Person(stack)


def dial(stack: Stack, token: str) -> ClientConnection:
    offered = [Subprotocol("stream-sync"), Subprotocol(f"bearer.{token}")]
    return connect(stack.ws_url, subprotocols=offered, proxy=None, open_timeout=30)


def watch(stack: Stack, channel_id: str) -> ClientConnection:
    return connect(f"{stack.ws_url}?watch={channel_id}", proxy=None, open_timeout=30)


def hear_all(socket: ClientConnection) -> None:
    while True:
        socket.recv(timeout=30)


def live_streams(admin: Caller, channel_id: str) -> list[Any]:
    listed = admin.json("GET", "/api/admin/streams?limit=200")["streams"]
    return [one for one in listed if one["channel_id"] == channel_id and one["status"] == "LIVE"]


class TestBlocking:
    @pytest.mark.requirement("SO-9")
    @pytest.mark.requirement("SO-17")
    def test_every_route_of_a_blocked_broadcaster_says_so(self, admin: Caller, person: Person) -> None:
        key = person.call.json("POST", "/api/channel/keys", {"label": "a"}, Idempotency_Key="1")
        admin.json("POST", f"/api/admin/broadcasters/{person.channel_id}/block", {"by": "ada", "why": "spam"})
        own = [operation for operation in OPERATIONS if operation.audience is BROADCASTER]
        assert len(own) > 10
        for operation in own:
            path = operation.path.format(key_id=key["key_id"], key_or_id=str(ULID()), broadcast_id="b")
            answer = person.call(operation.method, path, Idempotency_Key="1")
            assert (answer.status_code, answer.json()["code"]) == (403, "broadcaster_blocked"), path
            assert answer.json()["action"]
            assert "spam" not in answer.text

    @pytest.mark.requirement("FX-25")
    @pytest.mark.requirement("SO-17")
    def test_what_runs_ends_open_pages_close_and_nothing_begins(
        self, stack: Stack, admin: Caller, person: Person, broadcast: Callable[[str], OnAir]
    ) -> None:
        stream_key, channel_id = person.stream_key, person.channel_id
        on_air = broadcast(stream_key)
        until(lambda: live_streams(admin, channel_id), "LIVE")
        with dial(stack, person.token) as socket, watch(stack, channel_id) as viewer:
            assert json.loads(socket.recv(timeout=30))["type"] == "snapshot"
            assert json.loads(viewer.recv(timeout=30))["type"] == "snapshot"
            blocked = admin.json("POST", f"/api/admin/broadcasters/{channel_id}/block", {"by": "ada"})
            assert blocked["blocked"]["by"] == "ada"
            with pytest.raises(ConnectionClosed):
                hear_all(socket)
            with pytest.raises(ConnectionClosed):
                hear_all(viewer)
        assert on_air.cut_off.wait(20)
        refused = broadcast(stream_key)
        assert refused.status == DENIED
        with pytest.raises(InvalidStatus) as handshake, dial(stack, person.token):
            pass
        assert handshake.value.response.status_code == 403

        admin.json("POST", f"/api/admin/broadcasters/{channel_id}/unblock")
        assert broadcast(stream_key).status == STARTED
        assert person.channel_id == channel_id

    @pytest.mark.requirement("SO-17")
    def test_signing_up_again_with_the_same_address_does_not_help(
        self, stack: Stack, admin: Caller, person: Person
    ) -> None:
        channel_id = person.channel_id
        admin.json("POST", f"/api/admin/broadcasters/{channel_id}/block")
        again = Person(stack, person.email)
        assert again.call("GET", "/api/channel").json()["code"] == "broadcaster_blocked"
        found = admin.json("GET", f"/api/admin/broadcasters?q={person.email}")["broadcasters"]
        assert {one["user_id"] for one in found} == {f"user:{person.user_id}", f"user:{again.user_id}"}
        assert all(one["blocked"] for one in found)


class TestAudit:
    @pytest.mark.requirement("FX-18")
    def test_every_change_is_listed_with_its_reason_and_its_outcome(self, admin: Caller, person: Person) -> None:
        channel_id = person.channel_id
        admin.json("POST", f"/api/admin/broadcasters/{channel_id}/block", {"by": "ada", "why": "spam"})
        admin.json("POST", f"/api/admin/broadcasters/{channel_id}/unblock")
        admin("POST", f"/api/admin/broadcasters/{channel_id}/block", {"unknown": 1})
        unblocked, blocked = admin.json("GET", f"/api/admin/audit?target={channel_id}")["actions"]
        assert (blocked["action"], blocked["why"], blocked["by"]) == ("admin_block_broadcaster", "spam", "ada")
        assert (blocked["operator"], blocked["status"], unblocked["status"]) == ("shared secret", 200, 200)
        assert blocked["address"] == "127.0.0.1"

    @pytest.mark.requirement("FX-18")
    def test_an_attempt_that_found_nothing_is_listed_as_one(self, admin: Caller) -> None:
        nobody = f"ch_{ULID()}"
        admin("POST", f"/api/admin/broadcasters/{nobody}/block", {"why": "spam"})
        (tried,) = admin.json("GET", f"/api/admin/audit?target={nobody}")["actions"]
        assert tried["status"] == 404

    @pytest.mark.requirement("FX-18")
    def test_a_stream_is_ended_for_a_reason_that_only_administrators_read(
        self, admin: Caller, person: Person, broadcast: Callable[[str], OnAir]
    ) -> None:
        on_air = broadcast(person.stream_key)
        stream_id = until(lambda: live_streams(admin, person.channel_id), "LIVE")[0]["id"]
        admin.json("POST", f"/api/admin/streams/{stream_id}/end", {"why": "a copied match"})
        assert on_air.cut_off.wait(20)
        assert admin.json("GET", f"/api/admin/audit?target={stream_id}")["actions"][0]["why"] == "a copied match"
        assert "a copied match" not in person.call("GET", f"/api/streams/{stream_id}/timeline").text


class TestFindingPeople:
    @pytest.mark.requirement("SO-17")
    def test_a_person_is_found_by_address_user_id_channel_and_words(self, admin: Caller, person: Person) -> None:
        channel_id = person.channel_id
        title = f"Chess with {ULID()}"
        person.call.json("PATCH", "/api/channel", {"title": title})
        admin.json("PATCH", f"/api/admin/broadcasters/{channel_id}", {"display_name": f"Ada {channel_id[-8:]}"})
        words = (title[-9:].lower(), f"ada {channel_id[-8:]}")
        for q in (person.email.upper(), f"user:{person.user_id}", channel_id, *words):
            (found,) = admin.json("GET", f"/api/admin/broadcasters?q={q}")["broadcasters"]
            assert (found["broadcaster_id"], found["email"]) == (channel_id, person.email), q
            assert found["user_id"] == f"user:{person.user_id}"
        assert admin.json("GET", f"/api/admin/broadcasters?q={ULID()}")["broadcasters"] == []

    def test_the_address_is_the_one_that_the_last_token_said(self, stack: Stack, admin: Caller, person: Person) -> None:
        channel_id = person.channel_id
        moved = Person(stack, user_id=person.user_id)
        assert moved.channel_id == channel_id
        assert admin.json("GET", f"/api/admin/broadcasters/{channel_id}")["email"] == moved.email

    def test_an_address_that_is_not_verified_is_nobodys(self, stack: Stack, admin: Caller) -> None:
        channel_id = Person(stack, "ada@example.com", verified=False).channel_id
        assert admin.json("GET", f"/api/admin/broadcasters/{channel_id}")["email"] is None

    def test_the_demo_account_of_the_user_pool_is_found_by_its_address(self, stack: Stack, admin: Caller) -> None:
        signed_in = Caller(stack.http_url, {"Authorization": f"Bearer {stack.token()}"})
        channel_id = signed_in.json("GET", "/api/channel")["channel_id"]
        (found,) = admin.json("GET", f"/api/admin/broadcasters?q={stack.demo['email']}")["broadcasters"]
        assert found["broadcaster_id"] == channel_id


class TestRefusals:
    @pytest.mark.requirement("SS-5.3")
    def test_why_somebody_was_refused_is_looked_up_by_channel_reason_and_address(
        self, admin: Caller, person: Person, broadcast: Callable[[str], OnAir]
    ) -> None:
        old_key, channel_id = person.stream_key, person.channel_id
        key_id = person.call.json("GET", "/api/channel")["key"]["key_id"]
        person.call.json("POST", "/api/channel/credentials/reset")
        assert broadcast(old_key).status == DENIED
        assert broadcast(UNKNOWN_KEY).status == DENIED

        def listed(query: str) -> Any:
            return admin.json("GET", f"/api/admin/refusals?{query}")["refusals"]

        (one,) = until(lambda: listed(f"broadcaster_id={channel_id}"), "the refusal is recorded")
        assert one["reason"] == "key_revoked"
        assert one["title"]
        assert one["action"]
        assert (one["broadcaster_id"], one["key_id"]) == (channel_id, key_id)
        assert (one["node_id"], one["client_ip"]) == ("local-1", "127.0.0.1")
        assert one in listed("reason=key_revoked&client_ip=127.0.0.1")
        unknown = until(lambda: listed("reason=key_unknown&limit=1"), "the other is recorded")
        assert (unknown[0]["broadcaster_id"], unknown[0]["key_id"]) == (None, None)
        assert listed(f"broadcaster_id={channel_id}&reason=key_unknown") == []
        assert listed(f"broadcaster_id={channel_id}&until=2020-01-01T00:00:00Z") == []
        assert old_key not in json.dumps(listed("limit=100"))

    @pytest.mark.requirement("SS-5.3")
    def test_a_foreign_servers_refusals_are_beside_ours(self, stack: Stack, admin: Caller, person: Person) -> None:
        stream_key, channel_id = person.stream_key, person.channel_id
        person.call.json("POST", "/api/channel/credentials/reset")
        hook = Caller(stack.http_url, {"X-Hook-Secret": load_or_make_secrets(stack.settings.state_dir).hook_secret})
        asked = {"action": "on_publish", "client_id": str(ULID()), "ip": "203.0.113.9", "stream": stream_key}
        assert hook("POST", "/hooks/srs", asked).status_code == 401
        query = f"/api/admin/refusals?broadcaster_id={channel_id}&client_ip=203.0.113.9"
        (one,) = until(lambda: admin.json("GET", query)["refusals"], "the refusal is recorded")
        assert (one["reason"], one["node_id"]) == ("key_revoked", "srs:main")

    @pytest.mark.parametrize(
        "query",
        [
            "since=2020-01-02T00:00:00Z&until=2020-01-01T00:00:00Z",
            "since=yesterday",
            "client_ip=x",
            "reason=Key%20Unknown",
            "cursor=bm9uZQ",
        ],
    )
    def test_a_question_that_makes_no_sense_is_refused(self, admin: Caller, query: str) -> None:
        answer = admin("GET", f"/api/admin/refusals?{query}")
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_input")

    @pytest.mark.requirement("SS-5.3")
    def test_the_log_line_of_a_refusal_says_who_where_and_why(
        self, stack: Stack, person: Person, broadcast: Callable[[str], OnAir]
    ) -> None:
        old_key, channel_id = person.stream_key, person.channel_id
        person.call.json("POST", "/api/channel/credentials/reset")
        broadcast(old_key)

        def told() -> list[dict[str, Any]]:
            lines = (json.loads(line) for line in stack.logs().splitlines() if '"publisher_refused"' in line)
            return [line for line in lines if line.get("channel_id") == channel_id]

        (line,) = until(told, "the log line")
        assert {"node_id": "local-1", "code": "key_revoked", "client_ip": "127.0.0.1"}.items() <= line.items()
        assert line["key_id"].startswith("key_")


@pytest.mark.requirement("SS-5.2")
@pytest.mark.requirement("ST-1")
def test_a_drained_fleet_is_degraded_promises_nothing_and_can_be_undrained(
    stack: Stack, admin: Caller, anyone: Caller, broadcast: Callable[[str], OnAir]
) -> None:
    until(lambda: anyone.json("GET", "/health")["status"] == "ok", "the node serves")
    assert anyone.json("GET", "/health")["ingest"] == "serving"
    try:
        drained = admin.json("POST", "/api/admin/nodes/local-1/drain")
        assert (drained["ingest"], drained["nodes"][0]["drain_until"]) == ("draining", None)
        assert drained["message"].startswith("Every ingest node is draining"), "nobody serves any more"
        health = until(lambda: (h := anyone.json("GET", "/health"))["status"] == "degraded" and h, "degraded")
        assert (health["ingest"], health["database"]) == ("draining", "ok")
        assert "draining" in health["detail"]
        refused = until(lambda: (one := broadcast(Person(stack).stream_key)).status == REJECTED and one, "refused")
        assert "out of service" in str(refused.peer.statuses())
        assert "another node" not in str(refused.peer.statuses())
    finally:
        undrained = admin.json("POST", "/api/admin/nodes/local-1/undrain")
    (node,) = undrained["nodes"]
    assert (node["status"], undrained["ingest"], undrained["message"]) == ("serving", "serving", None)
    until(lambda: anyone.json("GET", "/health")["status"] == "ok", "it serves again")
    until(lambda: broadcast(Person(stack).stream_key).status == STARTED, "publishers are let in again")
