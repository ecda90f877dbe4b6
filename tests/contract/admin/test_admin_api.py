"""The admin API over HTTP: who may call it, what its answers hold, and what it does to a broadcast that runs."""

import json
from collections.abc import Callable

import pytest
import requests

from chalicelib.services.limits import KEYS_A_USER
from tests.contract.admin.conftest import Caller, OnAir
from tests.support.stack import Stack
from tests.support.waiting import until

pytestmark = pytest.mark.needs("ministack")

KEY = {
    *("key_id", "broadcaster_id", "label", "hint", "status", "created_at", "not_before", "expires_at", "one_time"),
    *("allow_list", "test_only", "role", "max_uses", "uses", "uses_left", "replaced_by", "broadcast_id"),
    *("last_used_at", "last_client_ip", "last_encoder", "stream_id"),
}
ROUTES = [
    ("GET", "/api/admin/streams"),
    ("GET", "/api/admin/streams/01ARZ3NDEKTSV4RRFFQ69G5FAV"),
    ("DELETE", "/api/admin/streams/01ARZ3NDEKTSV4RRFFQ69G5FAV"),
    ("GET", "/api/admin/keys"),
    ("POST", "/api/admin/keys"),
    ("POST", "/api/admin/keys/key_1/revoke"),
    ("GET", "/api/admin/broadcasters"),
    ("POST", "/api/admin/broadcasters"),
    ("PATCH", "/api/admin/broadcasters/ch_1"),
    ("POST", "/api/admin/broadcasters/ch_1/block"),
    ("POST", "/api/admin/broadcasters/ch_1/unblock"),
    ("GET", "/api/admin/refusals"),
    ("GET", "/api/admin/nodes"),
    ("POST", "/api/admin/nodes/local-1/drain"),
    ("POST", "/api/admin/nodes/local-1/undrain"),
]


@pytest.fixture
def broadcaster_id(admin: Caller) -> str:
    made = admin.json("POST", "/api/admin/broadcasters", {"display_name": "Ann", "contact": "ann@example.com"})
    return str(made["broadcaster_id"])


@pytest.mark.requirement("SO-9")
@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize("secret", [None, "", "wrong", "x" * 5_000])
def test_without_the_secret_nothing_is_told(anyone: Caller, method: str, path: str, secret: str | None) -> None:
    answer = anyone(method, path, **({} if secret is None else {"X_Api_Key": secret}))
    assert (answer.status_code, answer.json()["code"]) == (401, "admin_secret_invalid")


@pytest.mark.requirement("SO-9")
def test_a_broadcasters_token_opens_no_admin_route(user: Caller) -> None:
    assert user("GET", "/api/admin/keys").status_code == 403


@pytest.mark.requirement("SO-6")
def test_a_key_is_told_once(admin: Caller, broadcaster_id: str) -> None:
    wanted = {"broadcaster_id": broadcaster_id, "label": " tour ", "one_time": True, "allow_list": ["203.0.113.9"]}
    answer = admin("POST", "/api/admin/keys", wanted)
    made = answer.json()
    assert answer.headers["Cache-Control"] == "no-store"
    assert made.keys() == KEY | {"stream_key"}
    assert (made["label"], made["allow_list"], made["status"]) == ("tour", ["203.0.113.9/32"], "active")
    shown = admin("GET", f"/api/admin/keys/{made['key_id']}")
    assert shown.json().keys() == KEY
    listed = admin("GET", "/api/admin/keys?limit=100")
    assert made["stream_key"] not in shown.text + listed.text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("allow_list", ["203.0.113.9/24"]),
        ("allow_list", ["example.com"]),
        ("allow_list", ["10.0.0.0/8"] * 21),
        ("expires_at", "2020-01-01T00:00:00Z"),
        ("expires_at", "2099-01-01T00:00:00"),
        ("expires_at", 4_070_908_800),
        ("one_time", "yes"),
        ("label", "x" * 61),
        ("lable", "x"),
    ],
)
def test_terms_that_make_no_sense_are_named(admin: Caller, broadcaster_id: str, field: str, value: object) -> None:
    answer = admin("POST", "/api/admin/keys", {"broadcaster_id": broadcaster_id, field: value})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_input")
    assert answer.json()["errors"][0]["field"].startswith(field)


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", "/api/admin/keys/key_x", "key_not_found"),
        ("POST", "/api/admin/keys/key_x/revoke", "key_not_found"),
        ("GET", "/api/admin/keys/key_x/streams", "key_not_found"),
        ("GET", "/api/admin/broadcasters/ch_x", "broadcaster_not_found"),
        ("PATCH", "/api/admin/broadcasters/ch_x", "broadcaster_not_found"),
        ("GET", "/api/admin/streams/x", "stream_not_found"),
        ("DELETE", "/api/admin/streams/01ARZ3NDEKTSV4RRFFQ69G5FAV", "stream_not_found"),
        ("POST", "/api/admin/broadcasters/ch_x/block", "broadcaster_not_found"),
        ("POST", "/api/admin/broadcasters/ch_x/unblock", "broadcaster_not_found"),
        ("POST", "/api/admin/nodes/nobody/drain", "node_not_found"),
        ("POST", "/api/admin/nodes/nobody/undrain", "node_not_found"),
    ],
)
def test_what_is_not_there_is_called_by_its_name(admin: Caller, method: str, path: str, code: str) -> None:
    answer = admin(method, path)
    assert (answer.status_code, answer.json()["code"]) == (404, code)


@pytest.mark.requirement("SO-17")
def test_a_broadcaster_with_their_keys(admin: Caller, broadcaster_id: str) -> None:
    made = admin.json("POST", "/api/admin/keys", {"broadcaster_id": broadcaster_id})
    admin.json("PATCH", f"/api/admin/broadcasters/{broadcaster_id}", {"contact": "+49 30 1234"})
    shown = admin.json("GET", f"/api/admin/broadcasters/{broadcaster_id}")
    assert (shown["display_name"], shown["contact"]) == ("Ann", "+49 30 1234")
    assert made["key_id"] in [key["key_id"] for key in shown["keys"]]
    newest = admin.json("GET", "/api/admin/broadcasters?limit=1")
    assert newest["broadcasters"][0]["broadcaster_id"] == broadcaster_id


@pytest.mark.requirement("SO-4")
@pytest.mark.requirement("SO-5")
@pytest.mark.requirement("SO-7")
def test_a_broadcast_is_seen_and_ends_with_its_key(
    admin: Caller, broadcaster_id: str, broadcast: Callable[[str], OnAir]
) -> None:
    made = admin.json("POST", "/api/admin/keys", {"broadcaster_id": broadcaster_id})
    on_air = broadcast(made["stream_key"])

    def live() -> list[dict[str, object]]:
        found = admin.json("GET", "/api/admin/streams?limit=200")["streams"]
        return [one for one in found if one["channel_id"] == broadcaster_id and one["status"] == "LIVE"]

    (listed,) = until(live, "the stream is listed as live")
    assert listed["broadcaster"] == {"broadcaster_id": broadcaster_id, "display_name": "Ann"}

    details = admin.json("GET", f"/api/admin/streams/{listed['id']}")
    assert (details["state"], details["key_id"], details["viewer_count"]) == ("LIVE", made["key_id"], 0)
    assert details["playback"]["hls_url"].endswith(f"/{broadcaster_id}/index.m3u8")
    technical = details["technical"]
    assert [technical[name] for name in ("video_codec", "video_profile", "video_level")] == ["h264", "High", "3.0"]
    assert [technical[name] for name in ("audio_codec", "audio_sample_rate", "audio_channels")] == ["aac", 48_000, 2]
    assert details["client_ip"] == "127.0.0.1"
    assert made["stream_key"] not in str(listed) + str(details)
    key = admin.json("GET", f"/api/admin/keys/{made['key_id']}")
    assert (key["status"], key["stream_id"], key["uses"]) == ("in-use", listed["id"], 1)
    in_use = admin.json("GET", "/api/admin/keys?status=in-use&limit=100")["keys"]
    assert made["key_id"] in [one["key_id"] for one in in_use]

    revoked = admin.json("POST", f"/api/admin/keys/{made['key_id']}/revoke")
    assert revoked["status"] == "revoked"
    assert on_air.cut_off.wait(20)
    assert broadcast(made["stream_key"]).status == "NetStream.Publish.Denied"
    over = until(
        lambda: (d := admin.json("GET", f"/api/admin/streams/{listed['id']}"))["state"] == "ENDED" and d, "its end"
    )
    assert (over["end_reason"], over["viewer_count"]) == ("key_revoked", None)
    usage = admin.json("GET", f"/api/admin/keys/{made['key_id']}/streams")
    assert [one["id"] for one in usage["streams"]] == [listed["id"]]


def test_an_administrator_ends_a_stream_and_its_encoder_is_refused_from_then_on(
    admin: Caller, broadcaster_id: str, broadcast: Callable[[str], OnAir]
) -> None:
    key = admin.json("POST", "/api/admin/keys", {"broadcaster_id": broadcaster_id})
    on_air = broadcast(key["stream_key"])
    stream_id = until(lambda: admin.json("GET", f"/api/admin/keys/{key['key_id']}")["stream_id"], "the key is in use")
    assert admin("DELETE", f"/api/admin/streams/{stream_id}").status_code == 202
    assert on_air.cut_off.wait(20)
    until(lambda: admin("DELETE", f"/api/admin/streams/{stream_id}").status_code == 409, "its end")
    assert broadcast(key["stream_key"]).status == "NetStream.Publish.Denied"


def test_a_broadcaster_has_further_keys_of_their_own(user: Caller, sign_in: Callable[[], Caller]) -> None:
    made = user.json("POST", "/api/channel/keys", {"label": "phone"})
    own = user.json("GET", "/api/channel")["key"]["key_id"]
    assert made.keys() == KEY | {"stream_key"}
    assert [key["key_id"] for key in user.json("GET", "/api/channel/keys")["keys"]] == [made["key_id"], own]
    assert sign_in()("DELETE", f"/api/channel/keys/{made['key_id']}").json()["code"] == "key_not_found"
    assert user.json("DELETE", f"/api/channel/keys/{made['key_id']}")["status"] == "revoked"
    assert user("DELETE", f"/api/channel/keys/{own}").json()["code"] == "key_is_current"


@pytest.mark.requirement("SS-5.2")
def test_the_ingest_node_is_listed(admin: Caller) -> None:
    (node,) = admin.json("GET", "/api/admin/nodes")["nodes"]
    assert (node["node_id"], node["status"], node["region"]) == ("local-1", "serving", "us-east-1")


class TestIdempotencyKey:
    """What creates is done once, however often it is sent."""

    def test_the_same_request_has_the_same_answer(self, user: Caller) -> None:
        first = user("POST", "/api/channel/keys", {"label": "a"}, Idempotency_Key="1")
        again = user("POST", "/api/channel/keys", {"label": "a"}, Idempotency_Key="1")
        assert (again.status_code, again.json()) == (first.status_code, first.json())
        assert again.headers["Cache-Control"] == "no-store"
        assert len(user.json("GET", "/api/channel/keys")["keys"]) == 2

    def test_another_body_under_the_same_key_is_refused(self, user: Caller) -> None:
        user.json("POST", "/api/channel/keys", {"label": "a"}, Idempotency_Key="1")
        answer = user("POST", "/api/channel/keys", {"label": "b"}, Idempotency_Key="1")
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")

    def test_users_do_not_see_each_others_answers(self, user: Caller, sign_in: Callable[[], Caller]) -> None:
        mine = user.json("POST", "/api/streams/generate-key", Idempotency_Key="1")["stream"]
        theirs = sign_in().json("POST", "/api/streams/generate-key", Idempotency_Key="1")["stream"]
        assert mine["stream_key"] != theirs["stream_key"]

    def test_a_refused_request_may_be_sent_again(self, admin: Caller, broadcaster_id: str) -> None:
        wanted = {"broadcaster_id": "ch_nobody"}
        for _ in range(2):
            answer = admin("POST", "/api/admin/keys", wanted, Idempotency_Key=broadcaster_id)
            assert answer.json()["code"] == "broadcaster_not_found"

    @pytest.mark.parametrize("key", ["", "x" * 256, "é"])
    def test_a_key_must_be_a_key(self, user: Caller, key: str) -> None:
        answer = requests.post(
            user.url + "/api/channel/keys",
            json={},
            headers=user.headers | {"Idempotency-Key": key.encode()},
            timeout=20,
        )
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_input")


class TestLimits:
    """Keys cannot be had without end."""

    @pytest.mark.requirement("ST-10")
    def test_a_user_who_asks_too_often_is_told_when_to_come_back(self, user: Caller) -> None:
        for _ in range(2 * KEYS_A_USER.most + 1):  # a window may end meanwhile
            answer = user("POST", "/api/channel/credentials/reset")
            if answer.status_code == 429:
                break
        assert (answer.status_code, answer.json()["code"]) == (429, "too_many_requests")
        assert 1 <= int(answer.headers["Retry-After"]) <= 600

    @pytest.mark.requirement("ST-10")
    def test_requests_are_logged_by_their_route_and_not_by_their_path(
        self, stack: Stack, anyone: Caller, user: Caller
    ) -> None:
        key = user.json("POST", "/api/streams/generate-key")["stream"]["stream_key"]
        anyone.json("GET", f"/api/streams/{key}")
        anyone("GET", f"/api/streams/{key[::-1]}")
        logs = stack.logs()
        assert key not in logs
        assert key[::-1] not in logs
        entries = [json.loads(line) for line in logs.splitlines() if '"event":"request"' in line]
        (generated, *_) = [e for e in entries[::-1] if e["route"] == "/api/streams/generate-key"]
        assert (generated["method"], generated["status"]) == ("POST", 201)
        assert generated["user"].startswith("user:")
        assert generated["ms"] > 0
        assert {e["status"] for e in entries if e["route"] == "/api/streams/{key_or_id}"} >= {200, 404}


class TestCors:
    """Browsers of configured origins may call with credentials; the public list is everybody's."""

    @pytest.mark.requirement("ST-8")
    @pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
    def test_each_configured_origin_is_let_in(self, user: Caller, host: str) -> None:
        origin = f"http://{host}:{user.url.rpartition(':')[2]}"
        preflight = requests.options(user.url + "/api/channel", headers={"Origin": origin}, timeout=20)
        assert preflight.status_code == 204
        assert set(preflight.headers["Access-Control-Allow-Methods"].split(",")) == {"GET", "PATCH"}
        assert "Authorization" in preflight.headers["Access-Control-Allow-Headers"]
        for answer in (preflight, user("GET", "/api/channel", Origin=origin)):
            assert answer.headers["Access-Control-Allow-Origin"] == origin
            assert answer.headers["Access-Control-Allow-Credentials"] == "true"
            assert answer.headers["Vary"] == "Origin"

    @pytest.mark.requirement("ST-8")
    def test_a_strange_origin_is_not(self, user: Caller) -> None:
        for answer in (
            requests.options(user.url + "/api/channel", headers={"Origin": "https://evil.example"}, timeout=20),
            user("GET", "/api/channel", Origin="https://evil.example"),
        ):
            assert "Access-Control-Allow-Origin" not in answer.headers

    @pytest.mark.requirement("ST-8")
    def test_the_public_list_is_open_to_all_without_credentials(self, anyone: Caller) -> None:
        answer = anyone("GET", "/api/streams/public", Origin="https://anywhere.example")
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in answer.headers

    def test_a_refusal_can_be_read_by_the_page_too(self, user: Caller) -> None:
        answer = user("PATCH", "/api/channel", {"nonsense": 1}, Origin=user.url)
        assert answer.status_code == 400
        assert answer.headers["Access-Control-Allow-Origin"] == user.url
