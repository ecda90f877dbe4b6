"""`chalice deploy`, the real command, against a server that notes each call and answers as AWS documents.

It shows what Chalice asks AWS for, and that a second deployment finds what the first one made. It does not show that
AWS accepts it.
"""

import json
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest

from app import app
from chalicelib.api.gateway_responses import GATEWAY_RESPONSES
from infra.deploy import gateway
from infra.deploy.chalice_state import Deployed
from infra.deploy.run import Run
from infra.functions import API_STAGE, FUNCTIONS, Function
from infra.render_chalice_config import policies
from infra.stages import STAGES
from tests.infra.conftest import ROOT, Package, offline_environment
from tests.support.recording_aws import ACCOUNT, REGION, Call, RecordingAws, recording_aws

pytestmark = pytest.mark.requirement("FX-20")

DEV = STAGES["dev"]
MOST_INLINE = 10_240  # characters of all inline policies of a role, without spaces
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


@dataclass(frozen=True)
class Deployment:
    """What two deployments in a row asked for, the settings after the first, and the file that Chalice wrote."""

    first: RecordingAws
    settings: RecordingAws
    second: list[Call]
    state: Path

    def functions(self) -> dict[str, dict[str, Any]]:
        return {call.body["FunctionName"]: call.body for call in self.first.of("lambda:CreateFunction")}

    def definition(self) -> dict[str, Any]:
        (call,) = self.first.of("apigateway:ImportRestApi")
        return call.body  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def deployment(package: Package, tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    """In a copy of the folder that was packaged. Chalice finds the dependencies there and adds the application.

    They are left out here, to be quick: `test_chalice_package.py` looks into the package.
    """
    folder = tmp_path_factory.mktemp("deploy") / "project"
    shutil.copytree(package.folder, folder, ignore=shutil.ignore_patterns("out"))
    (dependencies,) = (folder / ".chalice" / "deployments").glob("*.zip")
    zipfile.ZipFile(dependencies, "w").close()
    chalice = Path(sys.executable).with_name("chalice")
    state = folder / ".chalice" / "deployed" / "dev.json"
    with recording_aws() as aws:
        where = {"AWS_ENDPOINT_URL": aws.url, "AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION}
        environment = offline_environment(**where, **CREDENTIALS, PYTHONPATH=str(folder))

        def deploy() -> list[Call]:
            command = [str(chalice), "deploy", "--stage", "dev"]
            done = subprocess.run(
                command, cwd=folder, env=environment, capture_output=True, text=True, timeout=230, check=False
            )
            assert done.returncode == 0, f"{aws.unknown}\n{done.stdout}\n{done.stderr}"
            made = aws.calls[:]
            aws.calls.clear()
            return made

        first = RecordingAws(calls=deploy())
        session = boto3.session.Session(region_name=REGION, aws_access_key_id="test", aws_secret_access_key="test")
        run = Run(DEV, session=At(session, aws.url), root=folder)
        gateway.configure(run, Deployed.read(state))
        settings = RecordingAws(calls=aws.calls[:])
        aws.calls.clear()
        second = deploy()
        assert aws.unknown == []
    return Deployment(first, settings, second, state)


@dataclass(frozen=True)
class At:
    """A session whose clients call the server."""

    session: Any
    url: str

    def client(self, service: str) -> Any:
        return self.session.client(service, endpoint_url=self.url)


def test_every_function_is_created_with_its_handler_and_its_own_role(deployment: Deployment) -> None:
    made = deployment.functions()
    assert set(made) == {function.deployed_as(DEV) for function in FUNCTIONS}
    roles = {name: body["Role"].rpartition("/")[2] for name, body in made.items()}
    assert len(set(roles.values())) == len(FUNCTIONS)
    handlers = {body["Handler"] for body in made.values()}
    assert handlers == {
        "app.app",
        *(auth.handler_string for auth in app.builtin_auth_handlers),
        *(source.handler_string for source in app.event_sources),
        *(pure.handler_string for pure in app.pure_lambda_functions),
        *(socket.handler_string for socket in app.websocket_handlers.values()),
    }
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    assert {body["Runtime"] for body in made.values()} == {version}


@pytest.mark.requirement("SO-9")
def test_each_role_gets_its_functions_policy_and_nothing_else(deployment: Deployment) -> None:
    config = json.loads((ROOT / ".chalice" / "config.json").read_text())
    put = {call.body["RoleName"]: call.body["PolicyDocument"] for call in deployment.first.of("iam:PutRolePolicy")}
    created = {call.body["RoleName"]: call.body for call in deployment.first.of("iam:CreateRole")}
    assert set(put) == set(created) == {role_of(function) for function in FUNCTIONS}
    for file, policy in policies(DEV, config).items():
        role = f"{DEV.prefix}-{Path(file).stem}"
        assert json.loads(put[role]) == policy
        assert len(json.dumps(policy, separators=(",", ":"))) < MOST_INLINE * 0.9, "the API's edge adds to it"
        (trust,) = json.loads(created[role]["AssumeRolePolicyDocument"])["Statement"]
        assert trust["Principal"] == {"Service": "lambda.amazonaws.com"}
    assert not deployment.first.of("iam:AttachRolePolicy")


def role_of(function: Function) -> str:
    return f"{DEV.prefix}-{function.name}"


def test_functions_may_write_the_log_groups_that_were_made_for_them(deployment: Deployment) -> None:
    groups = {call.body["logGroupName"] for call in deployment.first.of("logs:CreateLogGroup")}
    config = json.loads((ROOT / ".chalice" / "config.json").read_text())
    written = set()
    for policy in policies(DEV, config).values():
        (logs,) = [statement for statement in policy["Statement"] if statement["Sid"] == "Logs"]
        (resource,) = logs["Resource"]
        written.add(resource.split(":log-group:")[1].removesuffix(":log-stream:*"))
    ours = {call.body["logGroupName"] for call in deployment.settings.of("logs:CreateLogGroup")}
    assert ours == {f"/aws/lambda/{DEV.prefix}"}, "for this function Chalice makes a group of another name"
    assert written <= groups | ours
    kept = deployment.first.of("logs:PutRetentionPolicy") + deployment.settings.of("logs:PutRetentionPolicy")
    assert {call.body["logGroupName"] for call in kept} >= written
    assert {call.body["retentionInDays"] for call in kept} == {90}


@pytest.mark.requirement("SO-9")
def test_no_environment_holds_a_secret(deployment: Deployment) -> None:
    config = json.loads((ROOT / ".chalice" / "config.json").read_text())
    wanted = config["stages"]["dev"]["environment_variables"]
    for body in deployment.functions().values():
        given = body["Environment"]["Variables"]
        assert given == wanted
        assert [name for name in given if "SECRET" in name] == ["STREAM_SYNC_SECRET_PREFIX"]


@pytest.mark.requirement("SO-9")
def test_all_routes_of_the_app_are_deployed_and_the_broadcasters_ask_the_authorizer(deployment: Deployment) -> None:
    definition = deployment.definition()
    methods = {
        (path, verb.upper()): method for path, verbs in definition["paths"].items() for verb, method in verbs.items()
    }
    entries = {(path, verb): entry for path, verbs in app.routes.items() for verb, entry in verbs.items()}
    assert set(methods) == set(entries)
    assert len(methods) >= 47
    for route, method in methods.items():
        assert bool(method.get("security")) == (entries[route].authorizer is not None), route
        uri = method["x-amazon-apigateway-integration"]["uri"]
        assert uri.endswith(f"function:{DEV.prefix}/invocations")
    (authorizer,) = definition["securityDefinitions"].values()
    facts = authorizer["x-amazon-apigateway-authorizer"]
    assert facts["type"] == "token"
    assert facts["authorizerUri"].endswith(f"function:{DEV.prefix}-broadcaster_auth/invocations")


def test_the_rest_api_is_regional_compressed_and_deployed(deployment: Deployment) -> None:
    (created,) = deployment.first.of("apigateway:ImportRestApi")
    assert created.query["endpointConfigurationTypes"] == "REGIONAL"
    patched = [one for call in deployment.first.of("apigateway:UpdateRestApi") for one in call.body["patchOperations"]]
    assert {"op": "replace", "path": "/minimumCompressionSize", "value": "1024"} in patched
    (staged,) = deployment.first.of("apigateway:CreateDeployment")
    assert staged.body["stageName"] == API_STAGE


def test_the_websocket_api_has_its_three_routes_each_to_its_function(deployment: Deployment) -> None:
    (api,) = deployment.first.of("apigatewayv2:CreateApi")
    assert api.body["protocolType"] == "WEBSOCKET"
    integrations = [call.body["integrationUri"] for call in deployment.first.of("apigatewayv2:CreateIntegration")]
    routes = {
        call.body["routeKey"]: integrations[int(call.body["target"].removeprefix("integrations/integration")) - 1]
        for call in deployment.first.of("apigatewayv2:CreateRoute")
    }
    wanted = {"$connect": "connect", "$default": "message", "$disconnect": "disconnect"}
    assert set(routes) == set(wanted)
    for route, name in wanted.items():
        assert f"function:{DEV.prefix}-websocket_{name}/" in routes[route]
    (stage,) = deployment.first.of("apigatewayv2:CreateStage")
    assert stage.body["stageName"] == API_STAGE


def test_only_the_two_apis_and_the_schedules_may_call_functions(deployment: Deployment) -> None:
    allowed = {
        (call.path["FunctionName"].rpartition(":")[2], call.body["Principal"], call.body["SourceArn"])
        for call in deployment.first.of("lambda:AddPermission")
    }
    state = Deployed.read(deployment.state)
    rest, socket = (
        f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{api}/*" for api in (state.rest_api_id, state.websocket_api_id)
    )
    gateway_calls = {(name, source) for name, principal, source in allowed if principal == "apigateway.amazonaws.com"}
    assert gateway_calls == {
        (DEV.prefix, rest),
        (f"{DEV.prefix}-broadcaster_auth", rest),
        *((f"{DEV.prefix}-websocket_{name}", socket) for name in ("connect", "message", "disconnect")),
    }
    rules = {call.body["Name"]: call.body["ScheduleExpression"] for call in deployment.first.of("events:PutRule")}
    assert set(rules.values()) == {"rate(1 minute)"}
    scheduled = {source.rpartition("/")[2] for _, principal, source in allowed if principal == "events.amazonaws.com"}
    assert scheduled == set(rules)
    assert len(rules) == len(app.event_sources)


@pytest.mark.requirement("SO-16")
def test_api_gateways_own_answers_are_deployed_after_chalices_definition(deployment: Deployment) -> None:
    calls = [str(call) for call in deployment.settings.calls]
    put = {call.path["response_type"] for call in deployment.settings.of("apigateway:PutGatewayResponse")}
    assert put == set(GATEWAY_RESPONSES) - gateway.LOCAL_ONLY
    last_put = max(at for at, name in enumerate(calls) if name == "apigateway:PutGatewayResponse")
    assert calls.index("apigateway:CreateDeployment") > last_put, "or they stay dead"


def test_every_route_has_a_throttle_which_is_set_last(deployment: Deployment) -> None:
    """API Gateway finds a method's settings by `<path>/<verb>`, else by `*/*`: none has settings of its own."""
    calls = deployment.settings.of("apigateway:UpdateStage")
    patched = [one for call in calls for one in call.body["patchOperations"]]
    assert {(one["op"], one["path"], one["value"]) for one in patched} == {
        ("replace", "/*/*/throttling/rateLimit", "2000"),
        ("replace", "/*/*/throttling/burstLimit", "4000"),
    }
    assert {call.path["stage_name"] for call in calls} == {API_STAGE}
    everything = deployment.first.of("apigateway:UpdateStage") + [
        call for call in deployment.second if str(call) == "apigateway:UpdateStage"
    ]
    assert not everything, "Chalice takes no throttle away"
    names = [str(call) for call in deployment.settings.calls]
    assert names.index("apigateway:UpdateStage") > names.index("apigateway:CreateDeployment"), "the stage is there"
    sockets = deployment.settings.of("apigatewayv2:UpdateStage")
    assert [call.body["defaultRouteSettings"] for call in sockets] == [
        {"throttlingRateLimit": 1_000.0, "throttlingBurstLimit": 2_000}
    ]


def test_a_second_deployment_updates_what_the_first_one_made(deployment: Deployment) -> None:
    names = {str(call) for call in deployment.second}
    for creates in ("lambda:CreateFunction", "iam:CreateRole", "apigateway:ImportRestApi", "apigatewayv2:CreateApi"):
        assert creates not in names
    updated = {call.path["FunctionName"] for call in deployment.second if str(call) == "lambda:UpdateFunctionCode"}
    assert updated == {function.deployed_as(DEV) for function in FUNCTIONS}


def test_what_it_wrote_is_what_the_apis_edge_needs(deployment: Deployment) -> None:
    parameters = Deployed.read(deployment.state).parameters()
    functions = deployment.functions()
    for name, value in parameters.items():
        if name.endswith("Arn"):
            assert value.rpartition(":")[2] in functions
    roles = {body["Role"].rpartition("/")[2] for body in functions.values()}
    assert {value for name, value in parameters.items() if name.endswith("Role")} <= roles
