"""The gateway's HTTP side behaves as API Gateway in front of the same handlers would."""

import asyncio
import json
from collections.abc import AsyncIterator

import aiohttp
import pytest
from yarl import URL

from local.gateway.edge import MAX_BODY_BYTES
from tests.integration.local.conftest import SECRETS, Gateway


async def problem(response: aiohttp.ClientResponse) -> dict[str, object]:
    assert response.headers["Content-Type"] == "application/problem+json"
    body = json.loads(await response.read())
    assert {"type", "title", "status", "detail", "code", "action"} <= body.keys()
    assert body["status"] == response.status
    return dict(body)


async def test_a_handler_gets_decoded_path_query_and_body(gateway: Gateway) -> None:
    url = f"{gateway.url}/api/things/a%20b?page=2"
    async with gateway.http.post(url, data="föö", headers={"Content-Type": "text/plain"}) as response:
        assert await response.json() == {"name": "a b", "query": {"page": "2"}, "body": "föö"}


async def test_unknown_route_is_a_404_problem(gateway: Gateway) -> None:
    async with gateway.http.get(f"{gateway.url}/api/nothing") as response:
        assert response.status == 404
        assert (await problem(response))["code"] == "route_not_found"


async def test_unknown_route_never_echoes_the_credential(gateway: Gateway) -> None:
    async with gateway.http.get(f"{gateway.url}/api/nothing", headers={"Authorization": "Bearer s3cret"}) as response:
        assert response.status == 404
        assert "s3cret" not in await response.text()


async def test_wrong_method_is_a_405_problem_that_names_the_right_ones(gateway: Gateway) -> None:
    async with gateway.http.delete(f"{gateway.url}/api/me") as response:
        assert response.status == 405
        assert response.headers["Allow"] == "GET, OPTIONS"
        assert (await problem(response))["code"] == "method_not_allowed"


async def test_body_past_the_limit_is_a_413_problem(gateway: Gateway) -> None:
    url = f"{gateway.url}/api/things/x"
    async with gateway.http.post(url, data=b" " * (MAX_BODY_BYTES + 1)) as response:
        assert response.status == 413
        assert (await problem(response))["code"] == "payload_too_large"


async def test_body_past_the_limit_without_a_length_is_a_413_problem(gateway: Gateway) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(11):
            yield b" " * (1024 * 1024)

    async with gateway.http.post(f"{gateway.url}/api/things/x", data=chunks()) as response:
        assert response.status == 413
        await problem(response)


async def test_missing_token_is_a_401_problem(gateway: Gateway) -> None:
    async with gateway.http.get(f"{gateway.url}/api/me") as response:
        assert response.status == 401
        assert (await problem(response))["code"] == "token_missing"


async def test_denial_carries_the_authorizers_own_words(gateway: Gateway) -> None:
    async with gateway.http.get(f"{gateway.url}/api/me", headers={"Authorization": "Bearer old"}) as response:
        body = await problem(response)
        assert (response.status, body["code"], body["detail"]) == (401, "token_expired", "Too old.")


async def test_failing_authorizer_is_a_503_problem_not_a_way_in(gateway: Gateway) -> None:
    async with gateway.http.get(f"{gateway.url}/api/me", headers={"Authorization": "Bearer broken"}) as response:
        body = await problem(response)
        assert (response.status, body["code"]) == (503, "identity_unavailable")
        assert "fault" not in json.dumps(body)


async def test_a_path_is_in_no_log_where_the_gateway_itself_fails(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A path may hold a stream key."""

    def fail(*_: object) -> None:
        raise RuntimeError("the gateway's own fault")

    monkeypatch.setattr("local.gateway.rest._Gateway.handle_request", fail)
    async with gateway.http.post(f"{gateway.url}/api/things/a-stream-key", json={}) as response:
        assert (await problem(response))["code"] == "internal_error"
    assert "the gateway's own fault" in caplog.text
    assert "a-stream-key" not in caplog.text


async def test_accepted_token_reaches_the_handler_with_its_context(gateway: Gateway) -> None:
    async with gateway.http.get(f"{gateway.url}/api/me", headers={"Authorization": "Bearer right"}) as response:
        assert await response.json() == {"role": "owner", "principalId": "user-1"}


async def test_preflight_is_answered_without_the_handler(gateway: Gateway) -> None:
    async with gateway.http.options(f"{gateway.url}/api/me") as response:
        assert response.status == 200
        assert response.headers["Access-Control-Allow-Origin"] == "http://localhost:1"
        assert "GET" in response.headers["Access-Control-Allow-Methods"]


async def test_requests_run_at_the_same_time_and_keep_apart(gateway: Gateway) -> None:
    async def ask(name: str) -> str:
        async with gateway.http.get(f"{gateway.url}/api/slow/{name}") as response:
            return str((await response.json())["name"])

    names = [f"n{number}" for number in range(8)]
    asking = [asyncio.create_task(ask(name)) for name in names]
    for _ in names:  # all of them are inside the handler before the first may leave it
        await gateway.seen("slow")
    for _ in names:
        gateway.module.barrier.put(None)
    assert await asyncio.gather(*asking) == names


async def test_only_names_of_this_machine_are_answered(gateway: Gateway) -> None:
    for host, status in {"evil.example": 421, "127.0.0.1.evil.example:80": 421, "localhost:80": 200}.items():
        async with gateway.http.get(f"{gateway.url}/config.json", headers={"Host": host}) as response:
            assert response.status == status, host


@pytest.mark.parametrize(
    ("path", "page", "status"),
    [
        ("/", "index", 200),
        ("/index.html", "index", 200),
        ("/studio", "studio", 200),
        ("/studio/", "studio", 200),
        ("/account", "account", 200),
        ("/studio/streams/01JD0000000000000000000001", "studio", 200),
        ("/admin", "admin", 200),
        ("/admin/people/ch_1", "admin", 200),
        ("/watch/ch_1", "watch", 200),
        ("/watch/ch_1/01JD0000000000000000000001", "watch", 200),
        ("/embed/ch_1", "embed", 200),
        ("/gone", "index", 404),
    ],
)
async def test_each_path_gets_its_page(gateway: Gateway, path: str, page: str, status: int) -> None:
    async with gateway.http.get(gateway.url + path) as response:
        assert (response.status, response.content_type) == (status, "text/html")
        assert f"<title>{page}</title>" in await response.text()
        assert response.headers["Cache-Control"] == "no-cache"


async def test_assets_are_kept_forever(gateway: Gateway) -> None:
    async with gateway.http.get(f"{gateway.url}/assets/app-1a2b.js") as script:
        assert script.headers["Content-Type"] == "text/javascript; charset=utf-8"
        assert "immutable" in script.headers["Cache-Control"]
    async with gateway.http.get(f"{gateway.url}/assets/gone.js") as missing:
        assert missing.status == 404


async def test_files_outside_the_dashboard_are_out_of_reach(gateway: Gateway) -> None:
    for path in ("/..%2fsecret.txt", "/assets/..%2f..%2fsecret.txt", "/%2e%2e/secret.txt"):
        async with gateway.http.get(URL(gateway.url + path, encoded=True)) as response:
            assert "outside" not in await response.text(), path


async def test_configuration_names_the_origin_it_was_loaded_from(gateway: Gateway) -> None:
    port = gateway.url.rpartition(":")[2]
    async with gateway.http.get(f"http://localhost:{port}/config.json") as response:
        config = await response.json()
    assert config["ws_url"] == f"ws://localhost:{port}/ws"
    assert config["cognito"]["endpoint"] == f"http://localhost:{port}/cognito/"
    assert config["cognito"]["client_id"] == "client"
    assert config["demo"]["password"] == config["demo_admin"]["password"] == SECRETS.demo_password


async def test_administrative_sign_in_operations_are_refused(gateway: Gateway) -> None:
    target = {"X-Amz-Target": "AWSCognitoIdentityProviderService.AdminSetUserPassword"}
    async with gateway.http.post(f"{gateway.url}/cognito/", headers=target, data="{}") as response:
        assert response.status == 400
        assert (await response.json(content_type=None))["__type"] == "NotAuthorizedException"
