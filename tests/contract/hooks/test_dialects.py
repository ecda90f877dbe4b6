"""Each server's own requests, answered as that server understands them, through the running gateway."""

import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.contract.hooks.conftest import Hooks
from tests.support.broadcaster import Broadcaster
from tests.support.stack import Stack
from tests.support.waiting import until


def channel_of(broadcaster: Broadcaster) -> dict[str, Any]:
    return broadcaster.channel()


def status(broadcaster: Broadcaster) -> str:
    return str(broadcaster.channel()["status"])


@pytest.fixture
def channel_id(broadcaster: Broadcaster) -> str:
    return str(broadcaster.channel()["channel_id"])


class TestHookSecret:
    ROUTES = (
        "/hooks/mediamtx/auth",
        "/hooks/mediamtx/publish",
        "/hooks/mediamtx/unpublish",
        "/hooks/nginx-rtmp/publish",
        "/hooks/nginx-rtmp/update",
        "/hooks/nginx-rtmp/publish_done",
        "/hooks/srs",
        "/hooks/ome",
    )

    @pytest.mark.requirement("SO-15")
    @pytest.mark.parametrize("route", ROUTES)
    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"X-Hook-Secret": "wrong" * 8},
            {"Authorization": "Basic bm90OnJpZ2h0"},
            {"Authorization": "Basic %%%"},
            {"X-OME-Signature": "AAAA"},
            {"X-OME-Signature": ""},
            {"Authorization": "Basic \xe9"},
            {"X-Hook-Secret": "\xe9"},
            {"X-OME-Signature": "\xe9"},
        ],
        ids=[
            *("none", "wrong", "wrong basic", "no basic at all", "wrong signature", "empty signature"),
            *("basic with a byte that is no text", "such a byte", "such a signature"),
        ],
    )
    def test_without_it_nothing_is_done(self, hooks: Hooks, route: str, headers: dict[str, str]) -> None:
        form = "nginx" in route or "publish" in route
        kind = "application/x-www-form-urlencoded" if form else "application/json"
        answer = hooks.post(route, b"" if form else b"{}", kind, headers)
        assert (answer.status, answer.code) == (401, "hook_secret_invalid")

    def test_an_admin_secret_is_no_hook_secret(self, hooks: Hooks, broadcaster: Broadcaster) -> None:
        headers = {"X-Hook-Secret": broadcaster.stack.admin_secret}
        assert hooks.post("/hooks/srs", b"{}", "application/json", headers).status == 401

    def test_a_body_that_was_changed_is_refused(self, hooks: Hooks, broadcaster: Broadcaster) -> None:
        hooks.ome(f"rtmp://h/app/{broadcaster.key}", 1, status="closing")
        headers = {"X-OME-Signature": "y" * 27}
        assert hooks.post("/hooks/ome", json.dumps({}).encode(), "application/json", headers).status == 401


class TestMediaMtx:
    @pytest.mark.requirement("SO-1")
    @pytest.mark.requirement("SO-3")
    @pytest.mark.requirement("SO-14")
    @pytest.mark.parametrize("form", ["path", "user and password", "token", "query", "query jwt"])
    def test_from_the_question_to_the_end(
        self, hooks: Hooks, broadcaster: Broadcaster, channel_id: str, form: str
    ) -> None:
        key, connection = broadcaster.key, str(uuid.uuid4())
        path = f"live/{key}" if form == "path" else f"live/{channel_id}"
        credentials: dict[str, dict[str, str]] = {
            "path": {},
            "user and password": {"user": "obs", "password": key, "query": f"user=obs&pass={key}"},
            "token": {"token": key, "query": f"token={key}"},
            "query": {"query": f"key={key}"},
            "query jwt": {"query": f"jwt={key}"},
        }
        answer = hooks.mediamtx_auth(path=path, id=connection, **credentials[form])
        assert (answer.status, answer.text) == (204, "")
        assert status(broadcaster) == "OFFLINE"
        assert hooks.mediamtx_change("publish", path, connection).status == 204
        live = broadcaster.dashboard.until_statuses("LIVE", within=60)[0]
        assert live.message["live"]["stream_id"] == live.stream_id
        assert hooks.mediamtx_change("unpublish", path, connection).status == 204
        broadcaster.dashboard.until_statuses("LIVE", "OFFLINE", within=60)

    def test_a_connection_without_id_is_known_by_its_path(
        self, hooks: Hooks, broadcaster: Broadcaster, channel_id: str
    ) -> None:
        path = f"live/{channel_id}"
        assert hooks.mediamtx_auth(path=path, id=None, token=broadcaster.key, protocol="rtsp").status == 204
        session = str(uuid.uuid4())
        hooks.mediamtx_change("publish", path, session, "rtspSession")
        assert status(broadcaster) == "LIVE"
        hooks.mediamtx_change("unpublish", path, str(uuid.uuid4()), "rtspSession")
        assert status(broadcaster) == "LIVE"
        hooks.mediamtx_change("unpublish", path, session, "rtspSession")
        assert status(broadcaster) == "OFFLINE"

    @pytest.mark.requirement("EN-11")
    def test_a_whip_client_is_let_in_after_its_own_options(
        self, hooks: Hooks, broadcaster: Broadcaster, channel_id: str
    ) -> None:
        """MediaMTX asks about OPTIONS and the publish page, which are no connection, and then about the session."""
        whip = {"path": f"live/{channel_id}", "protocol": "webrtc", "token": broadcaster.key}
        for _ in range(2):
            assert hooks.mediamtx_auth(id=None, **whip).status == 204
        session = str(uuid.uuid4())
        assert hooks.mediamtx_auth(id=session, **whip).status == 204
        hooks.mediamtx_change("publish", whip["path"], session, "webRTCSession")
        assert status(broadcaster) == "LIVE"

    @pytest.mark.requirement("EN-11")
    @pytest.mark.parametrize("protocol", ["rtsp", "webrtc", "moq"])
    def test_a_client_that_has_yet_to_send_its_key_is_asked_for_it_and_no_refusal_is_told(
        self, hooks: Hooks, broadcaster: Broadcaster, channel_id: str, protocol: str
    ) -> None:
        """An RTSP client's first ANNOUNCE is anonymous: the 401 makes it send what it has."""

        def refusals() -> int:
            return broadcaster.stack.logs().count('"event":"publisher_refused"')

        path, before = f"live/{channel_id}", refusals()
        answer = hooks.mediamtx_auth(path=path, protocol=protocol)
        assert (answer.status, answer.code) == (401, "key_missing")
        wrong = hooks.mediamtx_auth(path=path, protocol=protocol, user="obs", password="z" * 40)
        assert (wrong.status, wrong.code) == (401, "key_unknown")
        until(lambda: refusals() == before + 1, "one more refusal", within=60)
        assert hooks.mediamtx_auth(path=path, protocol=protocol, user="obs", password=broadcaster.key).status == 204

    @pytest.mark.requirement("SO-1")
    def test_each_refusal_has_its_own_code(self, hooks: Hooks, broadcaster: Broadcaster, channel_id: str) -> None:
        path = f"live/{channel_id}"
        assert hooks.mediamtx_auth(path=path).code == "key_missing"
        assert hooks.mediamtx_auth(path=f"live/{'z' * 40}").code == "key_unknown"
        assert hooks.mediamtx_auth(path=path, token="' OR 1=1 --").code == "key_unknown"
        assert hooks.mediamtx_auth(path="other/place", token=broadcaster.key).code == "wrong_application"
        assert hooks.mediamtx_auth(path="live/elsewhere", token=broadcaster.key).code == "key_unknown"
        old = broadcaster.key
        broadcaster.call("POST", "/api/channel/credentials/reset")
        refused = hooks.mediamtx_auth(path=path, token=old)
        assert (refused.status, refused.code) == (401, "key_revoked")
        broadcaster.expire_key()
        refused = hooks.mediamtx_auth(path=path, token=broadcaster.key)
        assert (refused.status, refused.code) == (401, "key_expired")

    @pytest.mark.requirement("FX-9")
    def test_a_refusal_is_shown_on_the_dashboard(self, hooks: Hooks, broadcaster: Broadcaster, channel_id: str) -> None:
        hooks.mediamtx_auth(path=f"live/{channel_id}", token=broadcaster.key)
        refused = hooks.mediamtx_auth(path=f"live/{channel_id}", token=broadcaster.key)
        assert (refused.status, refused.code) == (409, "key_in_use")
        heard = broadcaster.dashboard.until_refused("key_in_use", within=60)
        assert heard.message["client_ip"] == "192.0.2.7"

    @pytest.mark.requirement("SO-2")
    @pytest.mark.requirement("SO-13")
    def test_of_a_hundred_at_once_exactly_one_is_let_in(
        self, hooks: Hooks, broadcaster: Broadcaster, channel_id: str
    ) -> None:
        def ask(_: int) -> tuple[int, str]:
            answer = hooks.mediamtx_auth(path=f"live/{channel_id}", token=broadcaster.key)
            return answer.status, "" if answer.status == 204 else answer.code

        with ThreadPoolExecutor(100) as pool:
            answers = list(pool.map(ask, range(100)))
        assert sorted(answers) == [(204, "")] + [(409, "key_in_use")] * 99

    @pytest.mark.parametrize("action", ["read", "playback"])
    def test_public_paths_are_open_to_players_and_keys_are_not(
        self, hooks: Hooks, broadcaster: Broadcaster, channel_id: str, action: str
    ) -> None:
        assert hooks.mediamtx_auth(action=action, path=f"live/{channel_id}", id=None, protocol="hls").status == 204
        for path in (f"live/{broadcaster.key}", "live/ch_nobody", "live/"):
            assert hooks.mediamtx_auth(action=action, path=path).status == 404
        assert hooks.mediamtx_auth(action=action, path="cameras/door").code == "wrong_application"

    @pytest.mark.parametrize("action", ["api", "metrics", "pprof", "something new"])
    def test_its_own_interfaces_are_closed(self, hooks: Hooks, broadcaster: Broadcaster, action: str) -> None:
        answer = hooks.mediamtx_auth(action=action, password=broadcaster.key)
        assert (answer.status, answer.code) == (403, "action_not_allowed")

    def test_a_publish_of_somebody_we_did_not_let_in_is_not_believed(
        self, hooks: Hooks, broadcaster: Broadcaster, channel_id: str
    ) -> None:
        answer = hooks.mediamtx_change("publish", f"live/{channel_id}", str(uuid.uuid4()))
        assert (answer.status, answer.code) == (404, "stream_not_found")
        assert status(broadcaster) == "OFFLINE"

    def test_other_paths_are_the_operators(self, hooks: Hooks, broadcaster: Broadcaster) -> None:
        assert hooks.mediamtx_change("publish", "cameras/door", "1", "rtspSource").status == 204
        assert hooks.mediamtx_change("unpublish", "cameras/door", "1", "rtspSource").status == 204


@pytest.mark.requirement("FX-12")
class TestSrs:
    def test_from_publish_to_unpublish(self, hooks: Hooks, broadcaster: Broadcaster, channel_id: str) -> None:
        fields = {"client_id": uuid.uuid4().hex, "stream": channel_id, "param": f"?key={broadcaster.key}"}
        answer = hooks.srs("on_publish", **fields)
        assert (answer.status, answer.text) == (200, "0")
        assert status(broadcaster) == "LIVE"
        assert hooks.srs("on_hls", **fields, duration=10.0, file="x.ts", seq_no=1).text == "0"
        assert hooks.srs("on_unpublish", **fields).text == "0"
        assert status(broadcaster) == "OFFLINE"

    def test_the_last_segment_comes_after_unpublish_and_changes_nothing(
        self, hooks: Hooks, broadcaster: Broadcaster
    ) -> None:
        fields = {"client_id": uuid.uuid4().hex, "stream": broadcaster.key}
        hooks.srs("on_publish", **fields)
        hooks.srs("on_unpublish", **fields)
        assert hooks.srs("on_hls", **fields).text == "0"
        assert status(broadcaster) == "OFFLINE"

    def test_numbers_as_client_ids(self, hooks: Hooks, broadcaster: Broadcaster) -> None:
        number = uuid.uuid4().int % 10**9
        hooks.srs("on_publish", client_id=number, stream=broadcaster.key)
        assert status(broadcaster) == "LIVE"
        hooks.srs("on_unpublish", client_id=number, stream=broadcaster.key)
        assert status(broadcaster) == "OFFLINE"

    def test_a_bad_key_is_refused_by_status(self, hooks: Hooks, broadcaster: Broadcaster) -> None:
        answer = hooks.srs("on_publish", stream="z" * 40)
        assert (answer.status, answer.code) == (401, "key_unknown")

    def test_players_get_public_ids_only(self, hooks: Hooks, broadcaster: Broadcaster, channel_id: str) -> None:
        assert hooks.srs("on_play", stream=channel_id).text == "0"
        assert hooks.srs("on_play", stream=broadcaster.key).status == 404

    @pytest.mark.parametrize("action", ["on_connect", "on_close", "on_stop", "on_dvr"])
    def test_what_else_it_tells_is_noted(self, hooks: Hooks, broadcaster: Broadcaster, action: str) -> None:
        assert hooks.srs(action).text == "0"

    def test_a_reset_ends_the_stream_at_once(self, hooks: Hooks, broadcaster: Broadcaster) -> None:
        hooks.srs("on_publish", client_id=uuid.uuid4().hex, stream=broadcaster.key)
        broadcaster.call("POST", "/api/channel/credentials/reset")
        until(lambda: status(broadcaster) == "OFFLINE", "OFFLINE", within=60)


@pytest.mark.requirement("FX-12")
class TestNginxRtmp:
    def test_the_key_in_the_name_is_replaced_by_the_public_id(
        self, hooks: Hooks, broadcaster: Broadcaster, channel_id: str
    ) -> None:
        client = str(uuid.uuid4().int % 10**9)
        answer = hooks.nginx("publish", client, broadcaster.key)
        assert (answer.status, answer.headers["Location"], answer.text) == (302, channel_id, "")
        assert status(broadcaster) == "LIVE"
        assert hooks.nginx("update", client, broadcaster.key).status == 204
        assert hooks.nginx("publish_done", client, broadcaster.key).status == 204
        assert status(broadcaster) == "OFFLINE"

    def test_the_publishers_own_arguments_do_not_speak_for_nginx(
        self, hooks: Hooks, broadcaster: Broadcaster, channel_id: str
    ) -> None:
        client = str(uuid.uuid4().int % 10**9)
        forged = [("name", "z" * 40), ("clientid", "1"), ("addr", "127.0.0.1"), ("key", broadcaster.key)]
        assert hooks.nginx("publish", client, channel_id, forged).status == 302
        assert hooks.nginx("publish_done", client, channel_id).status == 204
        assert status(broadcaster) == "OFFLINE"

    def test_an_update_of_somebody_unknown_is_refused_so_that_nginx_drops_it(
        self, hooks: Hooks, broadcaster: Broadcaster
    ) -> None:
        assert hooks.nginx("update", str(uuid.uuid4().int % 10**9), broadcaster.key).status == 404

    def test_players_go_on(self, hooks: Hooks, broadcaster: Broadcaster, channel_id: str) -> None:
        fields = {"call": "update_play", "clientid": str(uuid.uuid4().int % 10**9), "name": channel_id}
        assert hooks.form("/hooks/nginx-rtmp/update", fields).status == 204

    def test_the_second_is_refused_and_its_end_harms_nobody(self, hooks: Hooks, broadcaster: Broadcaster) -> None:
        first, second = (str(uuid.uuid4().int % 10**9) for _ in range(2))
        hooks.nginx("publish", first, broadcaster.key)
        assert hooks.nginx("publish", second, broadcaster.key).code == "key_in_use"
        hooks.nginx("publish_done", second, broadcaster.key)
        assert status(broadcaster) == "LIVE"


@pytest.mark.requirement("FX-12")
class TestOvenMediaEngine:
    def test_the_stream_gets_its_public_name(self, hooks: Hooks, broadcaster: Broadcaster, channel_id: str) -> None:
        answer = hooks.ome(f"rtmp://ome.example:1935/app/{broadcaster.key}", 41_000)
        assert answer.status == 200
        assert answer.json["allowed"] is True
        assert answer.json["new_url"] == f"rtmp://ome.example:1935/app/{channel_id}"
        assert answer.json["lifetime"] > 3_600_000
        assert status(broadcaster) == "LIVE"
        closing = hooks.ome(f"rtmp://ome.example:1935/app/{broadcaster.key}", 41_000, status="closing")
        assert (closing.status, closing.json) == (200, {})
        assert status(broadcaster) == "OFFLINE"

    def test_file_and_other_parameters_stay_and_the_key_goes(
        self, hooks: Hooks, broadcaster: Broadcaster, channel_id: str
    ) -> None:
        url = f"ws://ome.example:3333/app/{channel_id}/master?direction=send&key={broadcaster.key}&transport=tcp"
        answer = hooks.ome(url, 41_001)
        assert answer.json["new_url"] == f"ws://ome.example:3333/app/{channel_id}/master?direction=send&transport=tcp"

    def test_a_refusal_is_told_in_its_own_way(self, hooks: Hooks, broadcaster: Broadcaster) -> None:
        hooks.ome(f"rtmp://h/app/{broadcaster.key}", 41_002)
        answer = hooks.ome(f"rtmp://h/app/{broadcaster.key}", 41_003)
        assert answer.status == 200
        assert answer.json["allowed"] is False
        assert answer.json["reason"].startswith("key_in_use")
        assert status(broadcaster) == "LIVE"

    @pytest.mark.parametrize("url", ["rtmp://h/app", "rtmp://h/app/", "rtmp://h", "rtmp://[h/app/x"])
    def test_an_address_without_a_stream_is_refused(self, hooks: Hooks, broadcaster: Broadcaster, url: str) -> None:
        assert hooks.ome(url, 41_004).json["allowed"] is False

    def test_players_get_public_ids_only(self, hooks: Hooks, broadcaster: Broadcaster, channel_id: str) -> None:
        for stream, allowed in ((channel_id, True), (broadcaster.key, False), ("ch_nobody", False)):
            answer = hooks.ome(f"ws://h/app/{stream}?transport=tcp", 41_005, direction="outgoing")
            assert answer.json["allowed"] is allowed


@pytest.mark.requirement("FX-17")
@pytest.mark.parametrize("server", ["mediamtx", "srs", "nginx-rtmp", "ome"])
def test_a_test_stream_is_asked_for_in_the_publishers_query(
    hooks: Hooks, broadcaster: Broadcaster, channel_id: str, server: str
) -> None:
    key, client = broadcaster.key, str(uuid.uuid4().int % 10**9)
    match server:
        case "mediamtx":
            hooks.mediamtx_auth(path=f"live/{key}", id=client, query="test=1")
            hooks.mediamtx_change("publish", f"live/{key}", client)
        case "srs":
            hooks.srs("on_publish", client_id=client, stream=channel_id, param=f"?key={key}&test=1")
        case "nginx-rtmp":
            hooks.nginx("publish", client, key, [("test", "1")])
        case "ome":
            hooks.ome(f"rtmp://ome.example:1935/app/{key}?test=1", int(client) % 60_000)
    seen = broadcaster.channel()
    assert (seen["status"], seen["live"]["test"]) == ("LIVE", True)
    assert broadcaster.call("GET", f"/api/channels/{channel_id}")["status"] == "OFFLINE"
    if server != "nginx-rtmp":
        assert hooks.mediamtx_auth(action="read", path=f"live/{channel_id}", id=None, protocol="hls").status == 404


@pytest.mark.requirement("FX-17")
def test_what_is_published_with_a_key_for_tests_only_is_a_test(
    hooks: Hooks, broadcaster: Broadcaster, channel_id: str
) -> None:
    key, client = broadcaster.call("POST", "/api/channel/keys", {"test_only": True})["stream_key"], str(uuid.uuid4())
    hooks.mediamtx_auth(path=f"live/{key}", id=client)
    hooks.mediamtx_change("publish", f"live/{key}", client)
    assert broadcaster.channel()["live"]["test"] is True
    assert broadcaster.call("GET", f"/api/channels/{channel_id}")["status"] == "OFFLINE"


def test_a_body_that_is_no_body_is_a_problem(hooks: Hooks) -> None:
    headers = {"X-Hook-Secret": hooks.secret}
    assert hooks.post("/hooks/srs", b"[]", "application/json", headers).status == 400
    assert hooks.post("/hooks/srs", b"{}", "application/json", headers).code == "invalid_input"
    assert hooks.post("/hooks/srs", b"a=b", "text/plain", headers).status == 415


@pytest.mark.requirement("HI-8")
@pytest.mark.parametrize("path", ["srs", "ome", "mediamtx/auth", "nginx-rtmp/publish"])
def test_a_key_or_secret_in_the_place_of_the_servers_name_is_refused_and_not_repeated(
    hooks: Hooks, broadcaster: Broadcaster, stack: Stack, path: str
) -> None:
    for pasted in (broadcaster.key, broadcaster.key[1:], hooks.secret, "not%20a%20name", ""):
        is_form = path.startswith("nginx")
        answer = hooks.post(
            f"/hooks/{path}?server={pasted}",
            b"" if is_form else b"{}",
            "application/x-www-form-urlencoded" if is_form else "application/json",
            {"X-Hook-Secret": hooks.secret},
        )
        assert (answer.status, answer.code) == (400, "invalid_input")
        assert answer.json["errors"][0]["field"] == "server"
        assert "a name of the media server" in answer.json["errors"][0]["problem"]
        assert not pasted or pasted not in answer.text + stack.logs()
