"""The gateway's WebSocket side and `@connections` behave as API Gateway's."""

import asyncio
import contextlib
import json
import time
from typing import Any
from urllib.parse import quote

import pytest
import websockets
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol
from yarl import URL

from local.gateway.websocket import Limits
from tests.integration.local.conftest import LIMITS, SECRETS, Gateway

IDLE_S = 3.0
soon_idle = pytest.mark.parametrize("limits", [Limits(idle_s=IDLE_S)], ids=["seconds"])


async def say(socket: ClientConnection, text: str) -> Any:
    await socket.send(text)
    return json.loads(await asyncio.wait_for(socket.recv(), 60))


async def post(gateway: Gateway, connection_id: str, data: bytes) -> None:
    await asyncio.to_thread(gateway.management().post_to_connection, ConnectionId=connection_id, Data=data)


async def test_handshake_gives_the_handler_query_and_headers(gateway: Gateway) -> None:
    async with connect(f"{gateway.ws_url}?watch=ch_1", origin=None, user_agent_header="a browser"):
        event = await gateway.seen("connect")
    context = event["requestContext"]
    assert event["queryStringParameters"] == {"watch": "ch_1"}
    assert (context["routeKey"], context["eventType"]) == ("$connect", "CONNECT")
    assert context["identity"] == {"sourceIp": "127.0.0.1", "userAgent": "a browser"}
    assert context["domainName"] == gateway.url.removeprefix("http://")


async def test_refused_handshake_is_answered_with_the_handlers_status(gateway: Gateway) -> None:
    with pytest.raises(websockets.InvalidStatus) as refused:
        await connect(f"{gateway.ws_url}?token=wrong")
    assert refused.value.response.status_code == 401


async def test_failing_connect_handler_refuses(gateway: Gateway) -> None:
    with pytest.raises(websockets.InvalidStatus) as refused:
        await connect(f"{gateway.ws_url}?token=broken")
    assert refused.value.response.status_code == 502


async def test_handler_chooses_the_subprotocol_and_the_offer_is_not_logged(
    gateway: Gateway, capfd: pytest.CaptureFixture[str]
) -> None:
    offer = [Subprotocol("chosen"), Subprotocol("bearer.s3cret")]
    async with connect(gateway.ws_url, subprotocols=offer) as socket:
        assert socket.subprotocol == "chosen"
    assert "s3cret" not in "".join(capfd.readouterr())


async def test_message_reaches_the_handler_and_its_answer_comes_through_connections(gateway: Gateway) -> None:
    async with connect(gateway.ws_url) as socket:
        answer = await say(socket, '{"action":"snapshot"}')
        assert answer["echo"] == '{"action":"snapshot"}'
        await post(gateway, answer["connection_id"], b"pushed")
        assert await socket.recv() == "pushed"


async def test_failing_message_handler_leaves_the_connection_open(gateway: Gateway) -> None:
    async with connect(gateway.ws_url) as socket:
        assert (await say(socket, "fail"))["message"] == "Internal server error"
        assert (await say(socket, "well"))["echo"] == "well"


async def test_posting_to_a_closed_connection_is_gone(gateway: Gateway) -> None:
    async with connect(gateway.ws_url) as socket:
        connection_id = (await say(socket, "hello"))["connection_id"]
    assert (await gateway.seen("disconnect"))["requestContext"]["connectionId"] == connection_id
    with pytest.raises(ClientError) as gone:
        await post(gateway, connection_id, b"late")
    assert gone.value.response["Error"]["Code"] == "GoneException"
    assert gone.value.response["ResponseMetadata"]["HTTPStatusCode"] == 410


async def test_connection_can_be_described_and_closed_from_outside(gateway: Gateway) -> None:
    async with connect(gateway.ws_url) as socket:
        connection_id = (await say(socket, "hello"))["connection_id"]
        found = await asyncio.to_thread(gateway.management().get_connection, ConnectionId=connection_id)
        assert found["Identity"]["SourceIp"] == "127.0.0.1"
        await asyncio.to_thread(gateway.management().delete_connection, ConnectionId=connection_id)
        with pytest.raises(websockets.ConnectionClosed):
            await socket.recv()


async def test_pushed_message_past_the_limit_is_refused(gateway: Gateway) -> None:
    async with connect(gateway.ws_url) as socket:
        connection_id = (await say(socket, "hello"))["connection_id"]
        with pytest.raises(ClientError) as refused:
            await post(gateway, connection_id, b"x" * (128 * 1024 + 1))
    assert refused.value.response["Error"]["Code"] == "PayloadTooLargeException"


async def test_sent_message_past_the_limit_closes_with_1009(gateway: Gateway) -> None:
    async with connect(gateway.ws_url) as socket:
        await socket.send("x" * (LIMITS.message_bytes + 1))
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await socket.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1009


@pytest.mark.parametrize("first", [0x81, 0x82, 0x89], ids=["text", "binary", "ping"])
async def test_frame_that_is_not_masked_closes_with_1002(gateway: Gateway, first: int) -> None:
    async with connect(gateway.ws_url) as socket:
        assert (await say(socket, "masked"))["echo"] == "masked"
        socket.transport.write(bytes([first, 2]) + b"{}")
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await socket.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1002


@soon_idle
async def test_idle_connection_is_closed_and_the_handler_told(gateway: Gateway) -> None:
    async with connect(gateway.ws_url) as socket:
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await asyncio.wait_for(socket.recv(), 10 * IDLE_S)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1001
    assert (await gateway.seen("disconnect"))["requestContext"]["eventType"] == "DISCONNECT"


@soon_idle
async def test_messages_in_either_direction_keep_a_connection_open(gateway: Gateway) -> None:
    async with connect(gateway.ws_url) as socket:
        loop = asyncio.get_running_loop()
        begun = loop.time()
        while loop.time() - begun < 2 * IDLE_S:
            assert (await say(socket, "still here"))["echo"] == "still here"


async def test_connection_ends_when_connect_said_and_its_last_message_says_why(gateway: Gateway) -> None:
    end = json.dumps({"expires_at": int(time.time() * 1000) + 200, "last_message": {"type": "closing"}})
    async with connect(f"{gateway.ws_url}?end={quote(end)}") as socket:
        assert json.loads(await asyncio.wait_for(socket.recv(), 60)) == {"type": "closing"}
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await socket.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1008
    assert (await gateway.seen("disconnect"))["requestContext"]["eventType"] == "DISCONNECT"


async def test_messages_do_not_put_off_the_end_that_connect_said(gateway: Gateway) -> None:
    end = json.dumps({"expires_at": int(time.time() * 1000) + 5_000, "last_message": {"type": "closing"}})
    heard = []
    async with connect(f"{gateway.ws_url}?end={quote(end)}") as socket:
        with contextlib.suppress(websockets.ConnectionClosed):
            while {"type": "closing"} not in heard:
                heard.append(await say(socket, "still here"))
                await asyncio.sleep(0.1)
    assert len(heard) > 1, "it was answered until then"


@pytest.mark.parametrize("end", ["", "no JSON", "[]", "{}", '{"expires_at": "soon"}', '{"expires_at": null}'])
async def test_what_says_no_end_sets_none(gateway: Gateway, end: str) -> None:
    async with connect(f"{gateway.ws_url}?end={quote(end)}") as socket:
        assert (await say(socket, "open"))["echo"] == "open"


# --- signatures of `@connections` ------------------------------------------------------------------------------------

GOOD = Credentials(SECRETS.access_key_id, SECRETS.secret_access_key)


def signed(url: str, body: bytes, credentials: Credentials = GOOD, service: str = "execute-api") -> dict[str, str]:
    request = AWSRequest("POST", url, {}, body)
    SigV4Auth(credentials, service, "us-east-1").add_auth(request)
    return dict(request.headers)


async def refusal(gateway: Gateway, url: str, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
    async with gateway.http.post(URL(url, encoded=True), data=body, headers=headers) as response:
        assert (await response.json()).keys() == {"message"}
        return response.status, response.headers["x-amzn-ErrorType"]


async def test_signature_is_verified_before_a_connection_is_looked_for(gateway: Gateway) -> None:
    url = f"{gateway.url}/ws-management/@connections/abc%3D"
    assert await refusal(gateway, url, b"x", signed(url, b"x")) == (410, "GoneException")


@pytest.mark.requirement("HI-7")
@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({"Authorization": None}, "MissingAuthenticationTokenException"),
        ({"Authorization": "Bearer x"}, "MissingAuthenticationTokenException"),
        ({"Authorization": "AWS4-HMAC-SHA256 x"}, "IncompleteSignatureException"),
        ({"X-Amz-Date": None}, "IncompleteSignatureException"),
        ({"X-Amz-Date": "20200101T000000Z"}, "InvalidSignatureException"),
        ({"X-Amz-Date": "now"}, "IncompleteSignatureException"),
        ({"X-Amz-Content-SHA256": "UNSIGNED-PAYLOAD"}, "InvalidSignatureException"),
    ],
)
async def test_request_without_a_whole_signature_is_refused(
    gateway: Gateway, change: dict[str, str | None], wanted: str
) -> None:
    url = f"{gateway.url}/ws-management/@connections/abc%3D"
    headers = {name: value for name, value in (signed(url, b"x") | change).items() if value is not None}
    assert await refusal(gateway, url, b"x", headers) == (403, wanted)


@pytest.mark.requirement("HI-7")
async def test_signature_of_something_else_is_refused(gateway: Gateway) -> None:
    url = f"{gateway.url}/ws-management/@connections/abc%3D"
    other = url.replace("abc", "abd")
    forged = Credentials(SECRETS.access_key_id, "a guess")
    wrong = {
        "secret": signed(url, b"x", forged),
        "body": signed(url, b"y"),
        "path": signed(other, b"x"),
        "service": signed(url, b"x", service="dynamodb"),
    }
    answers = {what: await refusal(gateway, url, b"x", headers) for what, headers in wrong.items()}
    assert answers == dict.fromkeys(wrong, (403, "InvalidSignatureException"))
    unknown = signed(url, b"x", Credentials("AKIAIOSFODNN7EXAMPLE", "a guess"))
    assert await refusal(gateway, url, b"x", unknown) == (403, "UnrecognizedClientException")


async def test_plain_request_to_the_websocket_path_says_what_it_is(gateway: Gateway) -> None:
    async with gateway.http.get(f"{gateway.url}/ws") as response:
        assert response.status == 426
