"""Least privilege, proven: every call that a function or node makes to AWS is one that its policy allows, and no more.

The local gateway runs each function and notes its calls (`tests.support.recording_gateway`) while all operations of the
API, a dashboard, a media server, webhooks, recordings and a node that dies are walked through. The calls are then
judged against the policies that would be deployed, by `tests.support.iam`.

Not walked, because the emulator has neither: Secrets Manager and Systems Manager (which functions read what is compared
in tests/infra).
"""

import contextlib
import dataclasses
import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import jwt
import pytest
import requests
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from chalicelib.api.access import Audience
from infra.functions import FUNCTIONS
from infra.policies import Place, allow, policy_of, recording_statements, shared_statements
from infra.stages import STAGES, Stage, StageName
from local.children import die_with
from local.private_files import load_or_make_secrets
from local.settings import ROOT
from tests.contract.openapi import test_successes as walk
from tests.contract.openapi.conftest import Target
from tests.support import aws, tools
from tests.support.fake_mediamtx import running_mediamtx
from tests.support.iam import Request, is_allowed
from tests.support.nodes import Node
from tests.support.publisher import STARTED, Publisher
from tests.support.stack import Emulator, running_emulator
from tests.support.waiting import until

PLACE = Place("aws", "us-east-1", "000000000000")
KMS_KEY = "arn:aws:kms:us-east-1:000000000000:key/stream-keys"
BUCKET = "stream-sync-local-media"
LOCAL: Stage = dataclasses.replace(STAGES["dev"], name=cast(StageName, "local"))

PASSWORD = "x" * 24
NODE = "tests.support.recording_node"
NOBODY = "http://127.0.0.1:9/hook"  # where no receiver is: deliveries are made, and fail

Recorded = dict[str, list[Request]]


@pytest.fixture(scope="module")
def recorded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    """The requests of each function, by its name."""
    tools.need(request.node.nodeid, "ministack")
    folder = tmp_path_factory.mktemp("recorded")
    calls = folder / "calls.jsonl"
    with running_emulator(folder / "state") as cloud, running_mediamtx() as mediamtx:
        mediamtx.password = PASSWORD
        aws.client(cloud.env, "s3").create_bucket(Bucket=BUCKET)
        cloud.env |= {"STREAM_SYNC_RECORDING": f"s3://{BUCKET}/vod", "STREAM_SYNC_PACKAGING": "on"}
        server = {"STREAM_SYNC_MEDIAMTX_SERVERS": json.dumps({"main": mediamtx.url})}
        password = {"STREAM_SYNC_MEDIAMTX_API_SECRET": PASSWORD}
        env = cloud.env | server | password | {"STREAM_SYNC_CALLS": str(calls)}
        with gateway(env, folder / "gateway.log", cloud.settings.http_url):
            node = Node(env, folder / "node.log", origin_port=0, module=NODE).listening()
            try:
                target = target_of(cloud, node)
                everything(target, cloud, node, env, folder)
                until(lambda: callers() <= names(calls), "every function has called AWS", 90)
            finally:
                node.end()
    return read(calls)


def everything(target: Target, cloud: Emulator, node: Node, env: dict[str, str], folder: Path) -> None:
    with dashboard(target, cloud):
        walk.test_every_operation_succeeds_as_documented(walk.Caller(target), NOBODY)
    # A webhook that stays, so that the schedule has deliveries to send again.
    target.call("POST", "/api/admin/webhooks", Audience.ADMIN, json={"url": NOBODY})
    publish_on_mediamtx(target)
    until(lambda: status(target) == "OFFLINE", "the schedule ended what the server does not know", 90)
    other = Node(env, folder / "other.log", origin_port=0, module=NODE).listening()
    key = target.call("POST", "/api/channel/credentials/reset", Audience.BROADCASTER).json()["stream_key"]
    publisher = Publisher(other.port, key)
    assert publisher.publish() == STARTED
    publisher.go_on_air()
    until(lambda: status(target) == "LIVE", "LIVE")
    channel = target.call("GET", "/api/channel", Audience.BROADCASTER).json()["channel_id"]
    url = f"{cloud.settings.ws_url}?watch={channel}"
    with dashboard(target, cloud), connect(url, proxy=None, open_timeout=30):
        # Both at once: with no node left, the schedule has to end the stream.
        other.end()
        node.end()
        publisher.drop()
        until(lambda: swept(Path(env["STREAM_SYNC_CALLS"])), "the schedule ended the stream", 90)
    assert status(target) == "OFFLINE"


def swept(calls: Path) -> bool:
    ended = ("sweep_dead_nodes", "timeline")
    return any((line["function"], line["resource"].rpartition("-")[2]) == ended for line in lines(calls))


@contextlib.contextmanager
def dashboard(target: Target, cloud: Emulator) -> Iterator[None]:
    token = target.credentials[Audience.BROADCASTER]["Authorization"].removeprefix("Bearer ")
    offered = [Subprotocol("stream-sync"), Subprotocol(f"bearer.{token}")]
    with connect(cloud.settings.ws_url, subprotocols=offered, proxy=None, open_timeout=30) as socket:
        for action in ("ping", "snapshot"):
            socket.send(json.dumps({"action": action}))
        yield


def publish_on_mediamtx(target: Target) -> None:
    """Somebody whom the server itself does not know any more: the schedule ends the stream."""
    made = target.call("POST", "/api/streams/generate-key", Audience.BROADCASTER).json()
    path = "live/" + made["stream"]["stream_key"]
    source = {"path": path, "source_type": "rtmpConn", "source_id": "privilege-1"}
    auth = {"action": "publish", "path": path, "id": "privilege-1"}
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for route, more in (("auth", {"json": auth}), ("publish", {"data": source, "headers": form})):
        answer = target.call("POST", f"/hooks/mediamtx/{route}?server=main", Audience.MEDIA_SERVER, **more)
        assert answer.ok, answer.text


def status(target: Target) -> str:
    return str(target.call("GET", "/api/channel", Audience.BROADCASTER).json()["status"])


@contextlib.contextmanager
def gateway(env: dict[str, str], log: Path, url: str) -> Iterator[None]:
    command = [sys.executable, "-m", "tests.support.recording_gateway"]
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=out, stderr=out, preexec_fn=die_with(os.getpid()))
    try:
        until(lambda: answers(url), f"the gateway answers: {log.read_text()[-800:]}", 90)
        yield
    finally:
        process.terminate()
        process.wait(20)


def answers(url: str) -> bool:
    with contextlib.suppress(requests.ConnectionError):
        return requests.get(f"{url}/health", timeout=20).ok
    return False


def target_of(cloud: Emulator, node: Node) -> Target:
    secrets = load_or_make_secrets(cloud.settings.state_dir)
    claims = {"sub": str(uuid.uuid4()), "exp": 4_000_000_000}
    credentials: dict[Audience, dict[str, str]] = {
        Audience.ANYONE: {},
        Audience.ADMIN: {"X-Api-Key": secrets.admin_secret},
        Audience.MEDIA_SERVER: {"X-Hook-Secret": secrets.hook_secret},
        Audience.BROADCASTER: {"Authorization": f"Bearer {jwt.encode(claims, secrets.jwt_secret, algorithm='HS256')}"},
    }
    env = cloud.env | {"STREAM_SYNC_RTMP_PORT": str(node.port)}
    return Target(cloud.settings.http_url, credentials, secrets.jwt_secret, env, lambda: "")


def lines(calls: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in calls.read_text().splitlines()] if calls.exists() else []


def names(calls: Path) -> set[str]:
    return {str(line["function"]) for line in lines(calls)}


def read(calls: Path) -> Recorded:
    found: Recorded = {}
    for text in sorted(set(calls.read_text().splitlines())):
        line = json.loads(text)
        context = {key: tuple(values) for key, values in line["context"].items()}
        found.setdefault(line["function"], []).append(Request(line["action"], line["resource"], context))
    return found


def callers() -> set[str]:
    return {function.name for function in FUNCTIONS if function.reads or function.writes}


def policies(name: str) -> list[dict[str, Any]]:
    """The function's own, and the right to push that the API's edge stack adds (tests/infra/test_api_edge.py)."""
    (function,) = [one for one in FUNCTIONS if one.name == name]
    connections = PLACE.arn("execute-api", "websocket/api/*/@connections/*")
    push = allow("Push", ("execute-api:ManageConnections",), [connections])
    return [function.policy(LOCAL, PLACE, KMS_KEY, BUCKET), *([policy_of(push)] if function.pushes else [])]


@pytest.mark.parametrize("name", [function.name for function in FUNCTIONS])
def test_a_function_may_do_what_it_does(recorded: Recorded, name: str) -> None:
    refused = sorted(
        f"{one.action} {one.resource} {dict(one.context)}"
        for one in recorded.get(name, [])
        if not is_allowed(policies(name), one)
    )
    assert refused == []


def test_no_function_makes_calls_that_no_policy_is_for(recorded: Recorded) -> None:
    assert set(recorded) <= {"ingest_node", *(function.name for function in FUNCTIONS)}


def test_a_node_may_do_what_it_does(recorded: Recorded) -> None:
    """As `infra.ingest_roles` makes its role."""
    own = [*shared_statements(LOCAL, PLACE), *recording_statements(f"arn:aws:s3:::{BUCKET}", may_delete=False)]
    calls = recorded["ingest_node"]
    assert {one.action.split(":")[0] for one in calls} == {"dynamodb", "events", "s3"}
    assert [one for one in calls if not is_allowed([policy_of(*own)], one)] == []


# Rights to tables that the walk does not always reach, and what would.
UNREACHED = {
    "websocket_connect": {"timeline", "pulses"},  # a first visit, and a viewer of a channel that is LIVE
    "on_stream_event": {"limits"},  # a connection that has gone gives its place back
    "sweep_dead_nodes": {"keys", "pulses"},  # a key that was good once
    "sweep_recordings": {"timeline", "channels"},  # a recording that failed or expired; a broadcast that starts soon
    # publishers that may not, or no longer, publish, and those that go on
    "reconcile_media_servers": {"keys", "pulses", "limits", "samples"},
}


@pytest.mark.parametrize("name", [function.name for function in FUNCTIONS if function.name != "api_handler"])
def test_a_function_has_no_table_that_it_does_not_use(recorded: Recorded, name: str) -> None:
    """`api_handler` is every operation of administrators: it has all tables."""
    (function,) = [one for one in FUNCTIONS if one.name == name]
    used = {one.resource.split("/")[1] for one in recorded.get(name, []) if one.action.startswith("dynamodb:")}
    named = {*function.reads, *function.writes}
    unused = {table for table in named if LOCAL.table_prefix + table not in used}
    assert unused <= UNREACHED.get(name, set())
