"""A page of somebody else's, open in a browser on this machine, has no effect on the emulator and reads nothing."""

import base64
import io
import json
import threading
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from local import account
from local.loopback import open_url
from local.settings import HOST
from tests.e2e.browser.conftest import REBOUND
from tests.support.stack import Stack

pytestmark = pytest.mark.needs("ministack", "chromium")

ROLE = "arn:aws:iam::000000000000:role/any"
SIGNED_BY_NOBODY = (
    "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=00"
)
# Each request as a page can send it: "no-cors" ones leave without asking, the others are preflighted.
ATTEMPT = """
async ([url, init]) => {
  try {
    const answer = await fetch(url, init);
    return { kind: answer.type, status: answer.status, text: await answer.text() };
  } catch (error) {
    return { kind: "failed", status: 0, text: "" };
  }
}
"""
OPEN_SOCKET = """
url => new Promise(resolve => {
  const socket = new WebSocket(url);
  socket.onopen = () => resolve("open");
  socket.onerror = () => resolve("refused");
})
"""


class _Empty(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>somebody else's page</title>")

    def log_message(self, *_: object) -> None:
        """Silence."""


@pytest.fixture
def foreign_page(browser: Browser) -> Iterator[Page]:
    """A page of another origin: another port is enough."""
    server = ThreadingHTTPServer((HOST, 0), _Empty)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"http://localhost:{server.server_port}/")
    yield page
    context.close()
    server.shutdown()
    thread.join()
    server.server_close()


def send(page: Page, url: str, **init: Any) -> dict[str, Any]:
    answer: dict[str, Any] = page.evaluate(ATTEMPT, [url, init])
    return answer


def function_that_writes(marker: Path) -> str:
    """CreateFunction's body."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("f.py", f"def handler(event, context):\n    open({str(marker)!r}, 'w').close()\n")
    code = {"ZipFile": base64.b64encode(packed.getvalue()).decode()}
    return json.dumps(
        {"FunctionName": "f", "Runtime": "python3.12", "Role": ROLE, "Handler": "f.handler", "Code": code}
    )


@pytest.mark.requirement("HI-7")
def test_page_cannot_run_a_function_on_this_machine(foreign_page: Page, stack: Stack, tmp_path: Path) -> None:
    cloud, marker = stack.settings.cloud_url, tmp_path / "ran"
    for mode in ("no-cors", "cors"):
        created = send(
            foreign_page, f"{cloud}/2015-03-31/functions", method="POST", mode=mode, body=function_that_writes(marker)
        )
        called = send(foreign_page, f"{cloud}/2015-03-31/functions/f/invocations", method="POST", mode=mode, body="{}")
        assert {created["kind"], called["kind"]} <= {"opaque", "failed"}
    assert not marker.exists()


@pytest.mark.requirement("HI-7")
@pytest.mark.parametrize("authorization", ["", SIGNED_BY_NOBODY])
def test_page_cannot_read_the_tables(foreign_page: Page, stack: Stack, authorization: str) -> None:
    headers = {"Content-Type": "application/x-amz-json-1.0"} | (
        {"Authorization": authorization} if authorization else {}
    )
    for target in ("ListTables", "Scan"):
        named = headers | {"X-Amz-Target": f"DynamoDB_20120810.{target}"}
        body = json.dumps({"TableName": "stream-sync-local-channels"} if target == "Scan" else {})
        answer = send(foreign_page, f"{stack.settings.cloud_url}/", method="POST", headers=named, body=body)
        assert (answer["kind"], answer["text"]) == ("failed", "")


@pytest.mark.requirement("HI-7")
def test_page_cannot_erase_the_emulators_state(foreign_page: Page, stack: Stack) -> None:
    before = account.call_api(stack.ready, stack.token(), "/api/channel")["channel_id"]
    for path in ("/_ministack/reset", "/_localstack/state/reset"):
        send(foreign_page, stack.settings.cloud_url + path, method="POST", mode="no-cors")
    assert account.call_api(stack.ready, stack.token(), "/api/channel")["channel_id"] == before


def test_page_reads_nothing_of_the_public_paths_either(foreign_page: Page, stack: Stack) -> None:
    for url in (f"{stack.settings.cloud_url}/_ministack/ready", f"{stack.http_url}/config.json"):
        assert send(foreign_page, url)["kind"] == "failed"


@pytest.mark.requirement("HI-7")
def test_page_cannot_open_a_socket_to_the_emulator(foreign_page: Page, stack: Stack) -> None:
    url = f"ws://{HOST}:{stack.settings.cloud_port}/_aws/execute-api/a/b"
    assert foreign_page.evaluate(OPEN_SOCKET, url) == "refused"


@pytest.mark.requirement("HI-7")
@pytest.mark.parametrize(
    ("path", "status"),
    [("/bus-events", 403), ("/ws-management/@connections/id%3D", 403), ("/cognito/", 400)],
)
def test_page_cannot_give_the_gateway_events_messages_or_sign_ins(
    foreign_page: Page, stack: Stack, path: str, status: int
) -> None:
    url = stack.http_url + path
    # The page sees none of it, not even that there is an answer; which is a refusal.
    assert send(foreign_page, url, method="POST", mode="no-cors", body="{}")["kind"] == "failed"
    simple = urllib.request.Request(
        url, b"{}", {"Content-Type": "text/plain;charset=UTF-8", "Origin": "http://localhost"}
    )
    with pytest.raises(urllib.error.HTTPError) as refusal:
        open_url(simple, timeout=10)
    assert refusal.value.code == status
    # What makes the request more than a simple one is asked for first, and nobody agrees.
    for init in ({"method": "DELETE"}, {"method": "POST", "headers": {"Authorization": SIGNED_BY_NOBODY}}):
        assert send(foreign_page, url, **init)["kind"] == "failed"


@pytest.mark.requirement("HI-7")
def test_page_whose_name_was_pointed_at_this_machine_gets_nothing(browser: Browser, stack: Stack) -> None:
    """To the browser it is of the same origin as the server, so that nothing but the name tells them apart."""
    context = browser.new_context()
    try:
        page = context.new_page()
        for port, path, status in (
            (stack.settings.cloud_port, "/_ministack/ready", 403),
            (stack.settings.http_port, "/config.json", 421),
        ):
            origin = f"http://{REBOUND}:{port}"
            # Loaded while the name still led to its owner's machine.
            page.route(f"{origin}/page", lambda route: route.fulfill(content_type="text/html", body="<!doctype html>"))
            page.goto(f"{origin}/page")
            answer = send(page, origin + path)
            assert (answer["kind"], answer["status"]) == ("basic", status)
            assert stack.demo["password"] not in answer["text"]
    finally:
        context.close()
