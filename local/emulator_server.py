"""`python -m local.emulator_server`: ministack, behind a guard. Run by the emulator's own virtualenv.

ministack trusts whoever reaches its port, answers every origin, and runs Lambda functions as processes of this machine.
So nothing reaches it unless it

- was sent to a loopback name (a page whose name was re-pointed at 127.0.0.1 sends its own: DNS rebinding),
- does not come from a browser (browsers add `Origin` or `Sec-Fetch-Site`, and pages cannot take them off),
- is signed (Signature Version 4) with the credentials that `make run` made, for one of the services we use.

Two paths need no signature: readiness, and the public keys of a user pool.
"""

import hmac
import json
import os
import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

import ministack.app
from ministack.core import sigv4
from ministack.services import cognito

PUBLIC_PATH = re.compile(r"/_ministack/ready|/[a-z0-9-]+_[A-Za-z0-9]+/\.well-known/jwks\.json")
ALGORITHM = "AWS4-HMAC-SHA256 "
# DynamoDB's own limit for one request.
MAX_BODY_BYTES = 16 * 1024 * 1024

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]


class Refused(Exception):
    """An AWS error code and what to say."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code)
        self.body = json.dumps({"__type": code, "message": message}).encode()


@dataclass(frozen=True)
class Guard:
    """An ASGI application in front of another.

    `hosts` are the values of `Host` that are answered, `services` those of a credential's scope.
    """

    app: App
    access_key_id: str
    secret_access_key: str
    hosts: frozenset[str]
    services: frozenset[str]

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif scope["type"] == "http":
            try:
                checked = await self._checked(scope, receive)
            except Refused as refusal:
                await _answer(send, refusal.body)
            else:
                await self.app(scope, checked, _without_cors(send))
        else:  # WebSocket: nothing of ours speaks it here
            await receive()
            await send({"type": "websocket.close", "code": 1008})

    async def _checked(self, scope: Message, receive: Receive) -> Receive:
        """What gives the request's body to the application. Raises Refused."""
        headers = _joined(scope["headers"])
        if headers.get("host") not in self.hosts:
            raise Refused("AccessDeniedException", "This server answers to 127.0.0.1 and localhost only.")
        if "origin" in headers or "sec-fetch-site" in headers:
            raise Refused("AccessDeniedException", "This server does not accept requests from browsers.")
        if scope["method"] == "GET" and PUBLIC_PATH.fullmatch(scope["path"]):
            return receive
        signature = self._signature(headers)
        body = await _body(receive)
        failure = sigv4.request_time_failure(signature) or sigv4.header_signature_failure(
            signature,
            self.secret_access_key,
            scope["method"],
            scope["raw_path"].decode("latin-1"),
            parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True),
            headers,
            body,
        )
        if failure:
            raise Refused(*failure)
        return _replay(body, receive)

    def _signature(self, headers: dict[str, str]) -> sigv4.HeaderSignature:
        """Requests without a valid signature are refused before their body is read."""
        if not headers.get("authorization", "").startswith(ALGORITHM):
            raise Refused("MissingAuthenticationTokenException", "Sign the request with the credentials of `make run`.")
        signature = sigv4.parse_header_signature(headers)
        if isinstance(signature, tuple):
            raise Refused(*signature)
        if not hmac.compare_digest(signature.access_key_id.encode(), self.access_key_id.encode()):
            raise Refused("UnrecognizedClientException", "These are not the credentials of `make run`.")
        if signature.service not in self.services:
            raise Refused("AccessDeniedException", f"Only these services run here: {', '.join(sorted(self.services))}.")
        return signature


def _joined(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """One value a name, as RFC 9110 section 5.2 joins them: a second `Host` makes the first one wrong."""
    found: dict[str, str] = {}
    for raw_name, raw_value in headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found


async def _body(receive: Receive) -> bytes:
    """Raises Refused when it is too large or the client goes away."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise Refused("RequestTimeoutException", "The request is incomplete.")
        body += message.get("body", b"")
        if len(body) > MAX_BODY_BYTES:
            raise Refused("RequestEntityTooLargeException", f"A request may have {MAX_BODY_BYTES} bytes.")
        if not message.get("more_body", False):
            return bytes(body)


def _replay(body: bytes, receive: Receive) -> Receive:
    unread = [body]

    async def again() -> Message:
        if unread:
            return {"type": "http.request", "body": unread.pop(), "more_body": False}
        return await receive()

    return again


def _without_cors(send: Send) -> Send:
    async def send_on(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [h for h in message.get("headers", []) if not bytes(h[0]).lower().startswith(b"access-control-")]
            message = message | {"headers": kept}
        await send(message)

    return send_on


async def _answer(send: Send, body: bytes) -> None:
    headers = [(b"content-type", b"application/x-amz-json-1.1"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def check_as_cognito_does() -> None:
    """ministack looks at flows that a client may not use, at access tokens' signatures and at the codes of new accounts
    only under its `AUTH=true`, which does much else."""
    run = cognito._run_idp_handler

    def checked(handler: Callable[[Message], Any], action: str, data: Message) -> Any:
        refusal = (
            cognito._auth_flow_error(action, data)
            or cognito._access_token_error(data)
            or cognito._confirmation_code_error(action, data)
        )
        return refusal or run(handler, action, data)

    cognito._run_idp_handler = checked


def main() -> None:
    check_as_cognito_does()
    port = os.environ["GATEWAY_PORT"]
    ministack.app.app = Guard(
        ministack.app.app,
        os.environ["AWS_ACCESS_KEY_ID"],
        os.environ["AWS_SECRET_ACCESS_KEY"],
        hosts=frozenset({f"127.0.0.1:{port}", f"localhost:{port}"}),
        services=frozenset(os.environ["SERVICES"].split(",")),
    )
    ministack.app.main()


if __name__ == "__main__":
    main()
