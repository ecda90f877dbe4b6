"""The steps of a deployment: their order, what is asked before anything is deleted, and what they say."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from chalicelib.api.gateway_responses import GATEWAY_RESPONSES
from infra.deploy import destroy, preflight
from infra.deploy.administrator import made_password
from infra.deploy.chalice_state import Deployed
from infra.deploy.gateway import LOCAL_ONLY, gateway_response
from infra.deploy.run import CannotDeploy, Run
from infra.deploy.steps import NAMES, chosen
from infra.deploy.website import ALWAYS_ASK, FOR_GOOD, headers
from infra.stages import STAGES, StageName
from tests.infra.conftest import ROOT, Template

pytestmark = pytest.mark.requirement("FX-20")

# https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
API_GATEWAY_TYPES = {
    *("ACCESS_DENIED", "API_CONFIGURATION_ERROR", "AUTHORIZER_CONFIGURATION_ERROR", "AUTHORIZER_FAILURE"),
    *("BAD_REQUEST_BODY", "BAD_REQUEST_PARAMETERS", "DEFAULT_4XX", "DEFAULT_5XX", "EXPIRED_TOKEN"),
    *("INTEGRATION_FAILURE", "INTEGRATION_TIMEOUT", "INVALID_API_KEY", "INVALID_SIGNATURE"),
    *("MISSING_AUTHENTICATION_TOKEN", "QUOTA_EXCEEDED", "REQUEST_TOO_LARGE", "RESOURCE_NOT_FOUND"),
    *("THROTTLED", "UNAUTHORIZED", "UNSUPPORTED_MEDIA_TYPE", "WAF_FILTERED"),
}


class NoRegion:
    region_name = None


def test_steps_run_in_their_order_whatever_order_they_are_asked_for() -> None:
    assert [step.name for step in chosen(["smoke", "api"], None, [])] == ["api", "smoke"]
    assert [step.name for step in chosen([], "api", ["smoke"])] == [
        *("templates", "api", "api-edge", "api-front", "observability", "dashboard"),
        *("administrator", "release", "cost"),
    ]
    assert tuple(step.name for step in chosen([], None, [])) == NAMES


def test_a_stack_is_never_deployed_from_an_old_template() -> None:
    assert [step.name for step in chosen(["data"], None, [])] == ["templates", "data"]


def test_the_tool_starts_without_node() -> None:
    """CDK runs on Node.js; `preflight` must be able to say that it is missing."""
    look = "import infra.deploy.__main__, sys; sys.exit('aws_cdk' in sys.modules)"
    subprocess.run([sys.executable, "-c", look], cwd=ROOT, check=True, timeout=120)


def test_every_lack_is_a_line_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    monkeypatch.setattr(sys, "version_info", (3, 9, 0))
    run = Run(STAGES["dev"], session=NoRegion(), root=tmp_path, say=lambda _line: None)
    with pytest.raises(CannotDeploy) as refused:
        preflight.check(run)
    lines = str(refused.value).splitlines()
    assert len(lines) == len(preflight.COMMANDS) + 2
    assert "- docker is not installed: it builds the ingest image" in lines
    assert "- No region is set: export AWS_REGION=<region>" in lines
    assert [line for line in lines if line.startswith("- Python 3.9 is no runtime of Lambda")]


def test_nothing_is_deleted_unless_the_stages_name_is_typed() -> None:
    asked: list[str] = []

    def ask(question: str) -> str:
        asked.append(question)
        return "yes"

    with pytest.raises(CannotDeploy, match="Nothing was deleted"):
        destroy.destroy(Run(STAGES["dev"], session=NoRegion()), with_data=True, ask=ask)
    assert "ALL DATA" in asked[0]


@pytest.mark.requirement("SO-16")
def test_api_gateways_own_answers_are_problem_details() -> None:
    assert set(GATEWAY_RESPONSES) - LOCAL_ONLY <= API_GATEWAY_TYPES
    for answer in GATEWAY_RESPONSES.values():
        response = gateway_response(answer)
        body = json.loads(response["responseTemplates"]["application/json"])
        assert {"type", "title", "status", "detail", "code", "action"} <= set(body)
        assert response["statusCode"] == str(body["status"]) == str(answer.status)
        given = response["responseParameters"]
        assert given["gatewayresponse.header.Content-Type"] == "'application/problem+json'"
        assert given["gatewayresponse.header.X-Content-Type-Options"] == "'nosniff'"
        assert given["gatewayresponse.header.Strict-Transport-Security"].startswith("'max-age=")
        wait = given.get("gatewayresponse.header.Retry-After")
        assert (wait == "'1'") is (answer.status == 429), "its `action` names that header"


def test_pages_are_asked_for_each_time_and_hashed_files_kept_for_good() -> None:
    assert headers("watch.html") == {"ContentType": "text/html; charset=utf-8", "CacheControl": ALWAYS_ASK}
    assert headers("config.json")["CacheControl"] == ALWAYS_ASK
    assert headers("assets/player-1a2b.js")["CacheControl"] == FOR_GOOD
    assert headers("assets/player-1a2b.js")["ContentType"].endswith("javascript; charset=utf-8")
    assert headers("assets/inter-1a2b.woff2")["ContentType"] == "font/woff2"


def test_passwords_are_as_the_accounts_demand() -> None:
    for _ in range(50):
        password = made_password()
        assert len(password) >= 20
        assert any(c.islower() for c in password)
        assert any(c.isupper() for c in password)
        assert any(c.isdigit() for c in password)
        assert any(not c.isalnum() for c in password)


def resources(*, functions: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {"websocket_api": {"websocket_api_id": "ws12345"}}
    for name in functions:
        found[name] = {"lambda_arn": f"arn:aws:lambda:eu-west-1:123456789012:function:stream-sync-dev-{name}"}
        found[f"{name}_role"] = {"role_name": f"stream-sync-dev-{name}"}
    return found


def test_what_chalice_made_is_all_that_the_stack_behind_it_needs(api_edge: Template, stage: StageName) -> None:
    config = json.loads((Path(__file__).parents[2] / ".chalice" / "config.json").read_text())
    functions = tuple(config["stages"][stage]["lambda_functions"])
    parameters = Deployed(resources(functions=functions)).parameters()
    assert set(parameters) == set(api_edge.body["Parameters"])


def test_a_deployment_without_the_api_says_which_step_comes_first(tmp_path: Path) -> None:
    with pytest.raises(CannotDeploy, match="run the step `api`"):
        Deployed.read(tmp_path / "dev.json")
    with pytest.raises(CannotDeploy, match="Chalice has deployed no on_stream_event"):
        Deployed(resources(functions=())).parameters()
