"""Every operation of the document can succeed, and its answer then has the documented shape."""

import socket
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import schemathesis

import app  # noqa: F401 - it registers every route
from chalicelib.api.openapi.document import document
from chalicelib.api.routing import OPERATIONS, Operation
from tests.contract.openapi.conftest import Target
from tests.support.publisher import STARTED, Publisher
from tests.support.waiting import until

WITHIN_S = 20.0

schema = schemathesis.openapi.from_dict(document())


class Caller:
    """Calls operations by method and path of the document, and keeps which ones succeeded."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self.rtmp_port = int(target.env["STREAM_SYNC_RTMP_PORT"])
        self._operations = {(one.method, one.path): one for one in OPERATIONS}
        self.succeeded: set[str] = set()

    def __call__(self, method: str, path: str, ids: dict[str, str] | None = None, **more: Any) -> Any:
        """The answer's JSON, or None; the answer must be the documented success."""
        operation = self._operations[method, path]
        response = self._target.call(
            method, path.format(**(ids or {})), operation.audience, **self._sent(operation, more)
        )
        assert response.status_code == operation.status, f"{method} {path}: {response.status_code} {response.text}"
        schema[path][method].validate_response(response)
        self.succeeded.add(operation.name)
        is_json = response.headers.get("Content-Type", "").startswith("application/json")
        return response.json() if response.content and is_json else None

    def another_user(self) -> None:
        self._target.make_room()

    @staticmethod
    def _sent(operation: Operation, more: dict[str, Any]) -> dict[str, Any]:
        kind = "application/x-www-form-urlencoded" if operation.form else "application/json"
        return {"allow_redirects": False, "headers": {"Content-Type": kind}} | more


@pytest.fixture
def call(target: Target) -> Caller:
    target.forgive()
    target.make_room()
    return Caller(target)


@pytest.fixture
def receiver_url() -> str:
    """Where nobody listens: deliveries are made, and fail."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}/hook"


def test_every_operation_succeeds_as_documented(call: Caller, receiver_url: str) -> None:
    anybody(call)
    webhook = {"webhook_id": call("POST", "/api/admin/webhooks", json={"url": receiver_url})["webhook_id"]}
    own_channel(call)
    recordings(call)
    administration(call)
    foreign_servers(call)
    webhooks(call, webhook)
    end_of_the_account(call)
    assert {operation.name for operation in OPERATIONS} - call.succeeded == set()


def end_of_the_account(call: Caller) -> None:
    call("DELETE", "/api/account")
    call.another_user()


def in_an_hour() -> str:
    return (datetime.now(UTC) + timedelta(hours=1)).isoformat()


def anybody(call: Caller) -> None:
    assert call("GET", "/openapi.json") == document()
    assert call("GET", "/health")["status"] == "ok"


def own_channel(call: Caller) -> None:
    channel = call("GET", "/api/channel")
    call("PATCH", "/api/channel", json={"title": "Contract", "visibility": "public", "tags": ["one"]})
    call("GET", "/api/channel/credentials")
    call("POST", "/api/channel/playback-tokens", json={"ttl_seconds": 60})
    stream_key = call("POST", "/api/channel/credentials/reset")["stream_key"]
    call("POST", "/api/streams/generate-key")
    further = call("POST", "/api/channel/keys", json={"label": "second", "expires_at": "2100-01-01T00:00:00Z"})
    call("GET", "/api/channel/keys")
    planned = {"title": "Next", "starts_at": in_an_hour(), "minutes": 60, "time_zone": "Europe/Berlin"}
    broadcast = {"broadcast_id": call("POST", "/api/channel/schedule", json=planned)["broadcast_id"]}
    call("PATCH", "/api/channel/schedule/{broadcast_id}", broadcast, json={"title": "Moved"})
    assert call("GET", "/api/channel/schedule")["broadcasts"][0]["title"] == "Moved"
    call("GET", "/api/channels/{channel_id}/schedule.ics", {"channel_id": channel["channel_id"]})
    call("DELETE", "/api/channel/schedule/{broadcast_id}", broadcast)

    publisher = {"call": "publish", "clientid": "contract-1", "name": stream_key}
    call("POST", "/hooks/nginx-rtmp/publish", data=publisher)
    call("POST", "/hooks/nginx-rtmp/update", data=publisher | {"call": "update_publish"})
    assert call("GET", "/api/channel")["status"] == "LIVE"
    assert (
        until(lambda: call("GET", "/api/streams/public")["streams"], "it is listed", WITHIN_S)[0]["channel_id"]
        == channel["channel_id"]
    )
    stream = {"stream_id": call("GET", "/api/streams")["streams"][-1]["id"]}
    live = call("GET", "/api/channels/{channel_id}", {"channel_id": channel["channel_id"]})["live"]
    call("GET", "/api/streams/{key_or_id}", {"key_or_id": live["stream_id"]})
    assert call("GET", "/api/streams/{key_or_id}", {"key_or_id": stream_key})["stream"]["status"] == "active"
    assert call("GET", "/api/streams/{key_or_id}/timeline", {"key_or_id": live["stream_id"]})["entries"]
    assert call("GET", "/api/streams/{key_or_id}/samples", {"key_or_id": live["stream_id"]})["samples"] == []
    details = call("GET", "/api/streams/{key_or_id}/details", {"key_or_id": live["stream_id"]})
    assert (details["source"], details["summary"]) == ("nginx-rtmp", None)
    exported = call("GET", "/api/streams/{key_or_id}/export", {"key_or_id": live["stream_id"]})
    assert (exported["stream"]["id"], exported["complete"]) == (live["stream_id"], True)
    assert until(lambda: call("GET", "/api/admin/streams")["streams"], "administrators see it", WITHIN_S)
    stream = {"stream_id": live["stream_id"]}
    assert call("GET", "/api/admin/streams/{stream_id}", stream)["state"] == "LIVE"
    assert call("GET", "/api/admin/streams/{stream_id}/samples", stream)["bucket_s"] == 10
    assert call("GET", "/api/admin/keys", params={"status": "in-use"})["keys"]
    call("DELETE", "/api/admin/streams/{stream_id}", stream)
    call("POST", "/hooks/nginx-rtmp/publish_done", data=publisher | {"call": "publish_done"})
    assert call("GET", "/api/admin/streams/{stream_id}", stream)["state"] == "ENDED"
    ended_for_a_reason(call, channel["channel_id"], publisher | {"clientid": "contract-2"})
    until(lambda: _is_known(call, further["key_id"]), "the key is listed", WITHIN_S)
    which = {"key_id": further["key_id"]}
    assert call("PATCH", "/api/channel/keys/{key_id}", which, json={"label": "third"})["label"] == "third"
    rotated = call("POST", "/api/channel/keys/{key_id}/rotate", which, json={"overlap_minutes": 10})
    assert (rotated["label"], rotated["status"]) == ("third", "active")
    call("DELETE", "/api/channel/keys/{key_id}", which)


def ended_for_a_reason(call: Caller, channel_id: str, publisher: dict[str, str]) -> None:
    call("POST", "/api/channel/allow")
    call("POST", "/hooks/nginx-rtmp/publish", data=publisher)
    call("POST", "/hooks/nginx-rtmp/update", data=publisher | {"call": "update_publish"})
    live = call("GET", "/api/channels/{channel_id}", {"channel_id": channel_id})["live"]
    call("POST", "/api/admin/streams/{stream_id}/end", {"stream_id": live["stream_id"]}, json={"why": "a test"})
    call("POST", "/hooks/nginx-rtmp/publish_done", data=publisher | {"call": "publish_done"})


def recordings(call: Caller) -> None:
    """Of a stream on our own node, on a channel that an administrator closed."""
    assert call("POST", "/api/channel/allow")["closed"] is None
    publisher = Publisher(call.rtmp_port, call("POST", "/api/channel/credentials/reset")["stream_key"])
    assert publisher.publish() == STARTED
    publisher.go_on_air()
    until(lambda: call("GET", "/api/channel")["status"] == "LIVE", "LIVE", WITHIN_S)
    call("POST", "/api/channel/stop")
    assert publisher.was_closed(WITHIN_S)
    publisher.drop()
    assert call("POST", "/api/channel/allow")["closed"] is None

    def available() -> Any:
        streams = call("GET", "/api/streams")["streams"]
        return next((one for one in streams if (one["recording"] or {}).get("status") == "available"), None)

    stream = until(available, "its recording is available", 2 * WITHIN_S)
    (listed,) = call("GET", "/api/channels/{channel_id}/recordings", {"channel_id": stream["channel_id"]})["recordings"]
    assert listed["id"] == stream["id"]
    which = {"key_or_id": stream["id"]}
    assert call("PATCH", "/api/streams/{key_or_id}/recording", which, json={"kept": True})["kept"]
    assert call("DELETE", "/api/streams/{key_or_id}/recording", which)["status"] == "deleted"


def _is_known(call: Caller, key_id: str) -> bool:
    return key_id in [key["key_id"] for key in call("GET", "/api/channel/keys")["keys"]]


def administration(call: Caller) -> None:
    made = call("POST", "/api/admin/broadcasters", json={"display_name": "Ada"}, headers=_once("ada"))
    again = call("POST", "/api/admin/broadcasters", json={"display_name": "Ada"}, headers=_once("ada"))
    assert made == again
    whose = {"broadcaster_id": made["broadcaster_id"]}
    call("GET", "/api/admin/broadcasters")
    call("PATCH", "/api/admin/broadcasters/{broadcaster_id}", whose, json={"contact": "ada@example.com"})
    key = call(
        "POST", "/api/admin/keys", json=whose | {"one_time": True, "test_only": True, "allow_list": ["203.0.113.0/24"]}
    )
    call("GET", "/api/admin/broadcasters/{broadcaster_id}", whose)
    call("GET", "/api/admin/keys")
    which = {"key_id": key["key_id"]}
    call("GET", "/api/admin/keys/{key_id}", which)
    call("GET", "/api/admin/keys/{key_id}/streams", which)
    assert call("POST", "/api/admin/keys/{key_id}/revoke", which)["status"] == "revoked"
    blocked = call("POST", "/api/admin/broadcasters/{broadcaster_id}/block", whose, json={"by": "Ann", "why": "spam"})
    assert blocked["blocked"]["by"] == "Ann"
    assert call("GET", "/api/admin/broadcasters/{broadcaster_id}", whose)["history"]
    assert call("GET", "/api/admin/broadcasters", params={"q": whose["broadcaster_id"]})["broadcasters"] == [blocked]
    call("POST", "/api/admin/broadcasters/{broadcaster_id}/unblock", whose, json={})
    call("GET", "/api/admin/refusals", params={"reason": "key_unknown"})
    call("GET", "/api/admin/broadcasters/{broadcaster_id}/streams", whose)
    assert call("GET", "/api/admin/search", params={"q": whose["broadcaster_id"]})["people"]
    assert call("GET", "/api/admin/audit", params={"target": whose["broadcaster_id"]})["actions"]
    call("GET", "/api/channel/refusals")
    node = {"node_id": call("GET", "/api/admin/nodes")["nodes"][0]["node_id"]}
    drained = call("POST", "/api/admin/nodes/{node_id}/drain", node, json={"within_seconds": 86_400})
    assert drained["nodes"][0]["drain_until"] is not None
    assert until(lambda: call("GET", "/health")["status"] == "degraded", "degraded", WITHIN_S)
    call("POST", "/api/admin/nodes/{node_id}/undrain", node)


def _once(key: str) -> dict[str, str]:
    return {"Content-Type": "application/json", "Idempotency-Key": key}


def foreign_servers(call: Caller) -> None:
    path = "live/" + call("POST", "/api/streams/generate-key")["stream"]["stream_key"]
    source = {"path": path, "source_type": "rtmpConn", "source_id": "contract-2"}
    call("POST", "/hooks/mediamtx/auth", json={"action": "publish", "path": path, "id": "contract-2"})
    call("POST", "/hooks/mediamtx/publish", data=source)
    call("POST", "/hooks/mediamtx/unpublish", data=source)
    name = path.removeprefix("live/")
    assert call("POST", "/hooks/srs", json={"action": "on_publish", "client_id": "c", "stream": name}) == 0
    assert call("POST", "/hooks/srs", json={"action": "on_unpublish", "client_id": "c", "stream": name}) == 0
    admission: dict[str, dict[str, Any]] = {
        "client": {"address": "203.0.113.7", "port": 1},
        "request": {"direction": "incoming", "status": "opening", "url": f"rtmp://203.0.113.1/{path}"},
    }
    assert call("POST", "/hooks/ome", json=admission)["allowed"] is True
    closing = admission | {"request": admission["request"] | {"status": "closing"}}
    assert call("POST", "/hooks/ome", json=closing) == {}


def webhooks(call: Caller, webhook: dict[str, str]) -> None:
    here = "/api/admin/webhooks/{webhook_id}"
    call("GET", "/api/admin/webhooks")
    call("GET", here, webhook)
    call("PATCH", here, webhook, json={"description": "contract"})
    call("POST", here + "/rotate-secret", webhook)
    deliveries = until(lambda: call("GET", here + "/deliveries", webhook)["deliveries"], "a delivery", WITHIN_S)
    delivery = webhook | {"event_id": deliveries[-1]["event_id"]}
    until(lambda: call("GET", here + "/deliveries/{event_id}", delivery)["log"], "an attempt", WITHIN_S)
    call("POST", here + "/deliveries/{event_id}/replay", delivery)
    call("POST", here + "/replay", webhook, json={"since": "2020-01-01T00:00:00Z"})
    call("DELETE", here, webhook)
