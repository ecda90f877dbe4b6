"""A small Chalice app with one of each thing that the gateway must run; what its handlers see is kept."""

import json
import queue
from types import SimpleNamespace
from typing import Any

import boto3
from chalice.app import AuthRequest, AuthResponse, Chalice, CORSConfig, Rate, Request, Response, WebsocketEvent

from local.private_files import Secrets


def make_app_module(management_url: str, secrets: Secrets) -> Any:
    """Something like the module `app`: `.app`; and `.seen`, a queue of (handler, event)."""
    app = Chalice(app_name="small", configure_logs=False)
    app.experimental_feature_flags.update(["WEBSOCKETS"])
    seen: queue.Queue[tuple[str, Any]] = queue.Queue()
    connections = boto3.client(
        "apigatewaymanagementapi",
        endpoint_url=management_url,
        region_name="us-east-1",
        aws_access_key_id=secrets.access_key_id,
        aws_secret_access_key=secrets.secret_access_key,
    )

    def request() -> Request:
        assert app.current_request is not None
        return app.current_request

    @app.authorizer()
    def check(asked: AuthRequest) -> AuthResponse:
        if asked.token == "Bearer right":
            return AuthResponse(routes=["*"], principal_id="user-1", context={"role": "owner"})
        if asked.token == "Bearer broken":
            raise RuntimeError("the authorizer's own fault")
        return AuthResponse(routes=[], principal_id="nobody", context={"code": "token_expired", "detail": "Too old."})

    @app.route("/api/me", authorizer=check, cors=CORSConfig(allow_origin="http://localhost:1"))
    def me() -> Any:
        return request().context["authorizer"]

    @app.route("/api/things/{name}", methods=["POST"], content_types=["application/json", "text/plain"])
    def thing(name: str) -> Any:
        body = request().raw_body
        text = body.decode() if isinstance(body, bytes) else body
        return {"name": name, "query": request().query_params, "body": text}

    @app.route("/api/slow/{name}")
    def slow(name: str) -> Any:
        seen.put(("slow", name))
        barrier.get(timeout=20)
        return {"name": (request().uri_params or {})["name"]}

    barrier: queue.Queue[None] = queue.Queue()

    @app.on_ws_connect()
    def connect(event: WebsocketEvent) -> Any:
        raw = event.to_dict()
        seen.put(("connect", raw))
        query = raw.get("queryStringParameters") or {}
        if query.get("token") == "wrong":
            return Response(body="", status_code=401)
        if query.get("token") == "broken":
            raise RuntimeError("the handler's own fault")
        offered = raw["headers"].get("Sec-WebSocket-Protocol", "")
        selected = {"Sec-WebSocket-Protocol": "chosen"} if "chosen" in offered else {}
        return {"statusCode": 200, "headers": selected, "body": query.get("end", "")}

    @app.on_ws_message()
    def message(event: WebsocketEvent) -> None:
        if event.body == "fail":
            raise RuntimeError("the handler's own fault")
        answer = json.dumps({"echo": event.body, "connection_id": event.connection_id})
        connections.post_to_connection(ConnectionId=event.connection_id, Data=answer.encode())

    @app.on_ws_disconnect()
    def disconnect(event: WebsocketEvent) -> None:
        seen.put(("disconnect", event.to_dict()))

    failures = [RuntimeError("first try fails")]

    @app.lambda_function(name="on_stream_event")
    def on_stream_event(event: dict[str, Any], _context: Any) -> None:
        if event.get("detail-type") == "Fails Once" and failures:
            raise failures.pop()
        seen.put(("event", event))

    @app.schedule(Rate(1, unit=Rate.MINUTES))
    def tick(event: Any) -> None:
        seen.put(("tick", event.to_dict()))

    return SimpleNamespace(app=app, seen=seen, barrier=barrier)
