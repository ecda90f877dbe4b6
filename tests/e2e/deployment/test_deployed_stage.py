"""The deployed stage works: its templates and package on the emulator, functions as Lambda's processes, a real node.

This is the second half of the proof of `chalice deploy`; `tests/infra/test_chalice_deploy.py` is the first. What the
emulator needs different is listed in `tests.support.deployed`.
"""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from websockets.sync.client import connect

from infra.deploy import smoke, stacks
from tests.support.deployed import DEV, DeployedStage, deployed_stage

pytestmark = [
    pytest.mark.requirement("FX-20"),
    pytest.mark.needs("ffmpeg"),
    pytest.mark.serial,  # functions start slowly beside other tests
]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeployedStage]:
    with deployed_stage(tmp_path_factory.mktemp("stage")) as deployed:
        asked(deployed, "/api/channel", Authorization="Bearer forged")  # two functions start
        asked(deployed, "/api/admin/streams")
        yield deployed


def asked(stage: DeployedStage, path: str, **headers: str) -> tuple[int, dict[str, Any]]:
    request = urllib.request.Request(stage.api.rest_url + path, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=90) as response:
            return response.status, json.loads(response.read())
    except urllib.error.HTTPError as refused:
        return refused.code, json.loads(refused.read())


def test_a_broadcast_goes_through_every_part_and_open_dashboards_see_it(stage: DeployedStage) -> None:
    """The deployment's own last step. Events go over the bus, its rule and a function to the WebSocket."""
    token = smoke._sign_in(stage.run)
    with connect(f"{stage.websocket_url}?token={token}", open_timeout=60) as dashboard:
        first = json.loads(dashboard.recv(60))
        assert (first["type"], first["channel"]["status"]) == ("snapshot", "OFFLINE")
        smoke.broadcast(stage.run)
        seen: list[str] = []
        while "OFFLINE" not in seen:
            message = json.loads(dashboard.recv(60))
            seen += [message["status"]] if message["type"] == "status" else []
    assert "LIVE" in seen


@pytest.mark.requirement("SO-9")
def test_a_function_reads_its_secret_while_it_runs(stage: DeployedStage) -> None:
    stored = stage.run.client("secretsmanager").get_secret_value(SecretId=DEV.secret("admin"))["SecretString"]
    status, answer = asked(stage, "/api/admin/streams", **{"X-Api-Key": stored})
    assert (status, "streams" in answer) == (200, True)
    status, answer = asked(stage, "/api/admin/streams", **{"X-Api-Key": "x" * 48})
    assert (status, answer["code"]) == (401, "admin_secret_invalid")


def test_the_authorizer_refuses_a_forged_token(stage: DeployedStage) -> None:
    assert asked(stage, "/api/channel", Authorization="Bearer forged")[0] == 401


@pytest.mark.requirement("SO-16")
def test_api_gateways_own_answers_are_problem_details(stage: DeployedStage) -> None:
    status, answer = asked(stage, "/api/nothing")
    assert (status, answer["code"]) == (404, "route_not_found")


def test_a_step_that_is_run_again_changes_nothing(stage: DeployedStage) -> None:
    assert not stacks.deploy(stage.run, "data")
    assert not stacks.deploy(stage.run, "api-edge", stage.api.parameters())
