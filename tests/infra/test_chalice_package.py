"""What `chalice package` makes is the whole control plane, and its functions start as Lambda would start them."""

import json
import platform
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from app import app
from infra.functions import API_STAGE, FUNCTIONS
from infra.render_chalice_config import policies
from infra.stages import STAGES
from tests.infra.conftest import ROOT, Package, offline_environment

FUNCTION = "AWS::Serverless::Function"

# Lambda's limit is 250 MB, unzipped; imports are read at every cold start, so we stay far below it.
MOST_UNZIPPED = 100 * 2**20
# Chalice sends the package in the request itself.
MOST_IN_A_REQUEST = 50 * 2**20

# A stand-in for Lambda's start-up: import the module by name, take the attribute, call it with two arguments.
INVOKE = """
import importlib, json, sys
sys.path[:0] = [sys.argv[1]]
module, _, name = sys.argv[2].rpartition(".")
handler = getattr(importlib.import_module(module), name)
class Context:
    function_name = memory_limit_in_mb = invoked_function_arn = aws_request_id = "test"
print(json.dumps(handler(json.loads(sys.argv[3]), Context())))
"""


@pytest.fixture(scope="module")
def unzipped(package: Package, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("lambda")
    with zipfile.ZipFile(package.zip) as archive:
        archive.extractall(target)
    return target


def definition(package: Package) -> dict[str, Any]:
    return package.template.only("AWS::Serverless::Api")["DefinitionBody"]  # type: ignore[no-any-return]


def function(package: Package, logical_id: str) -> dict[str, Any]:
    return package.template.of_type(FUNCTION)[logical_id]


def variables(package: Package, logical_id: str) -> dict[str, Any]:
    return function(package, logical_id)["Environment"]["Variables"]  # type: ignore[no-any-return]


def test_every_route_of_the_app_is_in_the_template(package: Package) -> None:
    paths = definition(package)["paths"]
    packaged = {(path, verb.upper()) for path, verbs in paths.items() for verb in verbs}
    assert packaged == {(path, verb) for path, verbs in app.routes.items() for verb in verbs}
    assert len(packaged) > 10


def test_the_broadcasters_routes_ask_the_authorizer(package: Package) -> None:
    paths = definition(package)["paths"]
    guarded = {
        (path, verb.upper())
        for path, verbs in paths.items()
        for verb, method in verbs.items()
        if method.get("security")
    }
    wanted = {
        (path, verb)
        for path, verbs in app.routes.items()
        for verb, entry in verbs.items()
        if entry.authorizer is not None
    }
    assert guarded == wanted
    assert {path for path, _ in wanted} >= {"/api/channel", "/api/channel/credentials", "/api/streams"}
    (authorizer,) = definition(package)["securityDefinitions"].values()
    assert authorizer["x-amazon-apigateway-authorizer"]["type"] == "token"


def test_the_websocket_api_has_its_three_routes(package: Package) -> None:
    assert package.template.only("AWS::ApiGatewayV2::Api")["ProtocolType"] == "WEBSOCKET"
    routes = {route["RouteKey"] for route in package.template.of_type("AWS::ApiGatewayV2::Route").values()}
    assert routes == {"$connect", "$default", "$disconnect"}


def test_every_function_of_the_app_is_packaged(package: Package) -> None:
    handlers = {function["Handler"] for function in package.template.of_type(FUNCTION).values()}
    assert handlers == {
        "app.app",
        *(auth.handler_string for auth in app.builtin_auth_handlers),
        *(source.handler_string for source in app.event_sources),
        *(pure.handler_string for pure in app.pure_lambda_functions),
        *(socket.handler_string for socket in app.websocket_handlers.values()),
    }


def test_functions_carry_the_stages_tags(package: Package) -> None:
    for properties in package.template.of_type(FUNCTION).values():
        assert properties["Tags"].items() >= {"application": "stream-sync", "stage": "dev"}.items()


def test_the_sweep_runs_every_minute_and_ends_before_the_next(package: Package) -> None:
    sweep = function(package, "SweepDeadNodes")
    (schedule,) = sweep["Events"].values()
    assert schedule["Properties"]["Schedule"] == "rate(1 minute)"
    assert sweep["Timeout"] < 60


@pytest.mark.requirement("SO-9")
def test_each_function_has_a_role_with_its_own_policy(package: Package) -> None:
    config = json.loads((ROOT / ".chalice" / "config.json").read_text())
    wanted = {name.rpartition("/")[2]: policy for name, policy in policies(STAGES["dev"], config).items()}
    roles = package.template.of_type("AWS::IAM::Role")
    assert len(roles) == len(FUNCTIONS) == len(package.template.of_type(FUNCTION))
    for function in FUNCTIONS:
        logical_id = "APIHandler" if function.name == "api_handler" else function.logical_id
        role, _ = package.template.of_type(FUNCTION)[logical_id]["Role"]["Fn::GetAtt"]
        (policy,) = roles[role]["Policies"]
        assert policy["PolicyDocument"] == wanted[f"{function.name}.json"]


@pytest.mark.requirement("SO-9")
def test_no_function_is_given_a_secret_when_it_is_deployed(package: Package) -> None:
    for name in package.template.of_type(FUNCTION):
        given = variables(package, name)
        assert given["STREAM_SYNC_SECRET_PREFIX"] == "stream-sync-dev/"
        assert not [key for key in given if "SECRET" in key and key != "STREAM_SYNC_SECRET_PREFIX"]


def test_logs_are_kept_for_ninety_days(package: Package) -> None:
    groups = package.template.of_type("AWS::Logs::LogGroup").values()
    assert {group["RetentionInDays"] for group in groups} == {90}
    assert len(groups) == len(package.template.of_type(FUNCTION))


def test_the_package_is_small_enough_for_chalice_to_send(package: Package) -> None:
    assert package.zip.stat().st_size < 0.8 * MOST_IN_A_REQUEST


def test_the_package_holds_the_control_plane_and_nothing_of_the_other_plane(unzipped: Path) -> None:
    assert {"app.py", "chalicelib", "pynamodb"} <= {entry.name for entry in unzipped.iterdir()}
    assert not (unzipped / "ingest_container").exists()
    assert sum(f.stat().st_size for f in unzipped.rglob("*") if f.is_file()) < MOST_UNZIPPED


# In place of Secrets Manager.
SECRETS = {"STREAM_SYNC_SECRET_KEY": "s" * 32, "STREAM_SYNC_ADMIN_SECRETS": "a" * 24}
SOCKET = {
    "requestContext": {
        **{"routeKey": "$connect", "eventType": "CONNECT", "connectionId": "c1", "apiId": "a1", "stage": API_STAGE},
        "domainName": "a1.execute-api.us-east-1.amazonaws.com",
    },
    "headers": {"Sec-WebSocket-Protocol": "stream-sync, bearer.forged"},
}
REST = {
    "requestContext": {
        "httpMethod": "GET",
        "resourcePath": "/api/admin/streams",
        "identity": {"sourceIp": "192.0.2.1"},
    },
    **{"headers": {}, "multiValueQueryStringParameters": None, "pathParameters": {}, "body": None},
    **{"stageVariables": None, "isBase64Encoded": False},
}
TOKEN = {
    **{"type": "TOKEN", "authorizationToken": "Bearer forged"},
    "methodArn": f"arn:aws:execute-api:us-east-1:123456789012:a1/{API_STAGE}/GET/api/channel",
}


@pytest.mark.skipif(
    (sys.platform, platform.machine()) != ("linux", "x86_64"),
    reason="the package holds Lambda's binaries: Linux, x86-64",
)
class TestFunctionsStartFromThePackageAlone:
    """No package of this virtualenv is in reach (`-I -S`): what is missing in requirements.txt is missing here."""

    def invoke(self, unzipped: Path, package: Package, logical_id: str, event: dict[str, Any]) -> Any:
        settings = variables(package, logical_id) | SECRETS
        handler = function(package, logical_id)["Handler"]
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", INVOKE, str(unzipped), handler, json.dumps(event)],
            env=offline_environment(**settings, AWS_REGION="us-east-1", AWS_DEFAULT_REGION="us-east-1"),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    def test_a_rest_call_without_the_secret_is_refused(self, unzipped: Path, package: Package) -> None:
        answer = self.invoke(unzipped, package, "APIHandler", REST)
        assert answer["statusCode"] in (401, 403)
        assert json.loads(answer["body"])["code"]

    def test_a_forged_token_is_denied_by_the_authorizer(self, unzipped: Path, package: Package) -> None:
        answer = self.invoke(unzipped, package, "BroadcasterAuth", TOKEN)
        allowed = [s["Resource"] for s in answer["policyDocument"]["Statement"] if s["Effect"] == "Allow"]
        assert [resource for resource in allowed if resource] == []
        assert answer["context"]["code"]

    def test_a_forged_token_opens_no_websocket(self, unzipped: Path, package: Package) -> None:
        assert self.invoke(unzipped, package, "WebsocketConnect", SOCKET)["statusCode"] == 401

    def test_an_unknown_event_is_dropped(self, unzipped: Path, package: Package) -> None:
        assert self.invoke(unzipped, package, "OnStreamEvent", {"detail-type": "Weather"}) == {"dropped": "Weather"}
