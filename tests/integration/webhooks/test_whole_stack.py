"""The whole local cloud: an administrator asks for webhooks, a broadcaster goes live, a receiver hears of it."""

import hashlib
import hmac
import json
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest

from chalicelib.domain.times import iso
from local.loopback import open_url
from tests.integration.webhooks.receiver import Receiver, running_receiver
from tests.support.broadcaster import Broadcaster
from tests.support.rtmp_peer import RtmpPeer
from tests.support.stack import Stack
from tests.support.waiting import until

pytestmark = pytest.mark.requirement("FX-10")


class Admin:
    """The admin API of the running stack."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack

    def call(
        self, method: str, path: str, body: Any = None, secret: str | None = None, **headers: str
    ) -> tuple[int, Any]:
        """Status and JSON of the answer, whatever it is; `idempotency_key="k"` is a header."""
        request = urllib.request.Request(
            f"{self._stack.http_url}/api/admin/webhooks{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"X-Api-Key": secret or self._stack.admin_secret, "Content-Type": "application/json"}
            | {name.replace("_", "-"): value for name, value in headers.items()},
        )
        try:
            with open_url(request, timeout=30) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code, json.loads(refusal.read())

    def until(self, path: str, status: str) -> dict[str, Any]:
        """A delivery, once it has that status."""

        def found() -> dict[str, Any] | None:
            delivery: dict[str, Any] = self.call("GET", path)[1]
            return delivery if delivery.get("status") == status else None

        return until(found, f"{path}: {status}")


@pytest.fixture
def admin(stack: Stack) -> Admin:
    return Admin(stack)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with running_receiver() as running:
        yield running


@pytest.fixture
def webhook(admin: Admin, receiver: Receiver) -> Iterator[dict[str, Any]]:
    """A webhook for every event, to the receiver."""
    status, made = admin.call("POST", "", {"url": receiver.url, "description": "the test's"})
    assert status == 201
    yield made
    admin.call("DELETE", f"/{made['webhook_id']}")


@contextmanager
def publishing(broadcaster: Broadcaster) -> Iterator[socket.socket]:
    """A connection of this broadcaster that is live."""
    url = urlsplit(broadcaster.ingest_url)
    peer = RtmpPeer(key=broadcaster.key)
    with socket.create_connection((url.hostname, url.port), timeout=60) as connection:
        connection.sendall(peer.open())
        while peer.status() != "NetStream.Publish.Start":
            data = connection.recv(65_536)
            assert data, peer.statuses()
            peer.receive_data(data)
        connection.sendall(peer.metadata() + peer.sequence_headers() + peer.video(0, keyframe=True) + peer.audio(0))
        yield connection
        connection.sendall(peer.unpublish())
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65_536):
            pass


@pytest.mark.serial
def test_going_live_and_ending_reach_the_receiver_within_seconds(
    stack: Stack, admin: Admin, receiver: Receiver, webhook: dict[str, Any]
) -> None:
    broadcaster = Broadcaster(stack, "webhooks-live")
    channel_id = broadcaster.channel()["channel_id"]
    with publishing(broadcaster):
        began = time.monotonic()
        start = receiver.until_event("Stream Start", channel_id)
        assert start.at - began < 3
    end = receiver.until_event("Stream End", channel_id)
    broadcaster.close()

    data = start.event["data"]
    assert (data["status"], end.event["data"]["reason"]) == ("LIVE", "clean_stop")
    assert data["stream_id"] == end.event["data"]["stream_id"]
    assert data["seq"] < end.event["data"]["seq"]
    at, _, value = start.signature.partition(",")
    signed = at.removeprefix("t=").encode() + b"." + start.body
    assert value == "v1=" + hmac.new(webhook["secret"].encode(), signed, hashlib.sha256).hexdigest()
    log = admin.until(f"/{webhook['webhook_id']}/deliveries/{start.event['id']}", "delivered")
    assert log["payload"] == start.event
    assert [attempt["status"] for attempt in log["log"]] == [200]


def test_what_failed_is_in_the_log_and_comes_again_with_a_replay(
    stack: Stack, admin: Admin, receiver: Receiver, webhook: dict[str, Any]
) -> None:
    path = f"/{webhook['webhook_id']}"
    admin.call("PATCH", path, {"events": ["Stream Start"]})  # the end's delivery would fail in its own time
    receiver.answers.extend([500] * 50)
    receiver.answer_body = "out of order"
    since = iso(time.time_ns() // 1_000_000 - 1_000)
    broadcaster = Broadcaster(stack, "webhooks-replay")
    channel_id = broadcaster.channel()["channel_id"]
    with publishing(broadcaster):
        first = receiver.until_event("Stream Start", channel_id)
    broadcaster.close()
    event_id = first.event["id"]
    failed = until(lambda: (d := admin.call("GET", f"{path}/deliveries/{event_id}")[1])["log"] and d, "an attempt")
    assert (failed["status"], failed["last_status"], failed["log"][0]["response"]) == ("pending", 500, "out of order")
    assert admin.call("GET", path)[1]["failing_since"] is not None

    receiver.answers.clear()
    status, again = admin.call("POST", f"{path}/deliveries/{event_id}/replay")
    assert (status, again["attempts"]) == (202, 0)
    assert admin.until(f"{path}/deliveries/{event_id}", "delivered")["payload"] == first.event
    assert admin.call("GET", path)[1]["failing_since"] is None

    status, replayed = admin.call("POST", f"{path}/replay", {"since": since, "status": "delivered"})
    assert status == 202
    assert replayed["replayed"] >= 1


def test_the_secret_is_in_the_answers_that_make_it_and_nowhere_else(admin: Admin, webhook: dict[str, Any]) -> None:
    path = f"/{webhook['webhook_id']}"
    status, rotated = admin.call("POST", f"{path}/rotate-secret")
    assert (status, rotated["secret"].startswith("whsec_")) == (200, True)
    assert rotated["previous_secret_until"] is not None
    shown = json.dumps(
        [admin.call("GET", path), admin.call("GET", ""), admin.call("PATCH", path, {"description": "x"})]
    )
    assert rotated["secret"] not in shown
    assert webhook["secret"] not in shown
    assert rotated["secret_hint"] == rotated["secret"][-4:]


def test_a_repeated_request_makes_one_webhook_and_one_rotation(admin: Admin, receiver: Receiver) -> None:
    bodies = [admin.call("POST", "", {"url": receiver.url}, idempotency_key="webhooks-1") for _ in range(2)]
    assert bodies[0] == bodies[1]
    path = f"/{bodies[0][1]['webhook_id']}"
    rotated = [admin.call("POST", f"{path}/rotate-secret", idempotency_key="webhooks-2") for _ in range(2)]
    assert rotated[0] == rotated[1]
    assert [one["webhook_id"] for one in admin.call("GET", "")[1]["webhooks"]].count(path[1:]) == 1
    admin.call("DELETE", path)


def test_an_endpoint_is_changed_and_deleted(admin: Admin, webhook: dict[str, Any]) -> None:
    path = f"/{webhook['webhook_id']}"
    changes = {"events": ["Stream End"], "description": "ends only", "enabled": False}
    status, changed = admin.call("PATCH", path, changes)
    assert status == 200
    assert changes.items() <= changed.items()
    assert admin.call("DELETE", path) == (204, None)
    assert admin.call("GET", path)[0] == 404
    assert admin.call("DELETE", path)[0] == 404


def test_deliveries_are_listed_page_by_page_newest_first(
    stack: Stack, admin: Admin, receiver: Receiver, webhook: dict[str, Any]
) -> None:
    broadcaster = Broadcaster(stack, "webhooks-pages")
    channel_id = broadcaster.channel()["channel_id"]
    with publishing(broadcaster):
        receiver.until_event("Stream Start", channel_id)
    end = receiver.until_event("Stream End", channel_id)
    broadcaster.close()
    path = f"/{webhook['webhook_id']}/deliveries"
    admin.until(f"{path}/{end.event['id']}", "delivered")

    seen: list[str] = []
    cursor = ""
    while cursor is not None:
        _, page = admin.call("GET", f"{path}?limit=1&status=delivered" + (f"&cursor={cursor}" if cursor else ""))
        seen += [delivery["event_id"] for delivery in page["deliveries"]]
        cursor = page["next_cursor"]
    assert len(seen) >= 3
    assert seen == sorted(seen, reverse=True)
    assert admin.call("GET", f"{path}?status=dead")[1] == {"deliveries": [], "next_cursor": None}


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("POST", "", {"url": "http://169.254.169.254/latest/meta-data"}, 400, "webhook_url_refused"),
        ("POST", "", {"url": "http://10.0.0.1/"}, 400, "webhook_url_refused"),
        ("POST", "", {"url": "https://user:password@example.com/"}, 400, "webhook_url_refused"),
        ("POST", "", {"url": "https://example.com/", "events": ["Stream Metrics"]}, 400, "invalid_input"),
        ("POST", "", {}, 400, "invalid_input"),
        ("GET", "/whk_00000000000000000000000000", None, 404, "webhook_not_found"),
        ("GET", "/" + "x" * 3_000, None, 404, "webhook_not_found"),
        ("GET", "/whk_00000000000000000000000000/deliveries", None, 404, "webhook_not_found"),
        ("POST", "/whk_00000000000000000000000000/rotate-secret", None, 404, "webhook_not_found"),
        ("POST", "/whk_00000000000000000000000000/replay", {"since": "yesterday"}, 400, "invalid_input"),
    ],
)
def test_refusals_are_problem_details(admin: Admin, method: str, path: str, body: Any, status: int, code: str) -> None:
    answer, problem = admin.call(method, path, body)
    assert (answer, problem["code"]) == (status, code)
    assert problem["action"]


def test_a_delivery_that_is_not_there(admin: Admin, webhook: dict[str, Any]) -> None:
    for event_id in ("0" * 26, "nonsense"):
        answer, problem = admin.call("GET", f"/{webhook['webhook_id']}/deliveries/{event_id}")
        assert (answer, problem["code"]) == (404, "delivery_not_found")


def test_strangers_are_refused(admin: Admin) -> None:
    answer, problem = admin.call("GET", "", secret="guess")
    assert (answer, problem["code"]) == (401, "admin_secret_invalid")
