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
from chalicelib.api.gateway_responses import GATEWAY_RESPONSES
from chalicelib.domain.events import EVENT_TYPES, EventName, RecordingEventName
from chalicelib.domain.webhooks import EVENT_NAMES
from infra.chalice_extras import API_STAGE, LOCAL_ONLY
from tests.infra.conftest import ROOT, Package, offline_environment

FUNCTION = "AWS::Serverless::Function"

# https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
API_GATEWAY_TYPES = {
    *("ACCESS_DENIED", "API_CONFIGURATION_ERROR", "AUTHORIZER_CONFIGURATION_ERROR", "AUTHORIZER_FAILURE"),
    *("BAD_REQUEST_BODY", "BAD_REQUEST_PARAMETERS", "DEFAULT_4XX", "DEFAULT_5XX", "EXPIRED_TOKEN"),
    *("INTEGRATION_FAILURE", "INTEGRATION_TIMEOUT", "INVALID_API_KEY", "INVALID_SIGNATURE"),
    *("MISSING_AUTHENTICATION_TOKEN", "QUOTA_EXCEEDED", "REQUEST_TOO_LARGE", "RESOURCE_NOT_FOUND"),
    *("THROTTLED", "UNAUTHORIZED", "UNSUPPORTED_MEDIA_TYPE", "WAF_FILTERED"),
}

# Lambda's limit is 250 MB, unzipped; imports are read at every cold start, so we stay far below it.
MOST_UNZIPPED = 100 * 2**20

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


def test_all_websockets_together_are_throttled(package: Package) -> None:
    stage = package.template.only("AWS::ApiGatewayV2::Stage")
    assert stage["DefaultRouteSettings"] == {"ThrottlingRateLimit": 1_000, "ThrottlingBurstLimit": 2_000}
    assert stage["DeploymentId"], "merged into the stage that Chalice makes"


def test_every_function_of_the_app_is_packaged(package: Package) -> None:
    handlers = {function["Handler"] for function in package.template.of_type(FUNCTION).values()}
    assert handlers == {
        "app.app",
        *(auth.handler_string for auth in app.builtin_auth_handlers),
        *(source.handler_string for source in app.event_sources),
        *(pure.handler_string for pure in app.pure_lambda_functions),
        *(socket.handler_string for socket in app.websocket_handlers.values()),
    }


def test_the_sweep_runs_every_minute_and_ends_before_the_next(package: Package) -> None:
    sweep = function(package, "SweepDeadNodes")
    (schedule,) = sweep["Events"].values()
    assert schedule["Properties"]["Schedule"] == "rate(1 minute)"
    assert sweep["Timeout"] < 60


def test_the_functions_have_our_policy_and_no_generated_one(package: Package) -> None:
    ours = json.loads((ROOT / ".chalice" / "policy-dev.json").read_text())
    authorizers = json.loads((ROOT / ".chalice" / "policy-dev-authorizer.json").read_text())
    for name, role in package.template.of_type("AWS::IAM::Role").items():
        (policy,) = role["Policies"]
        assert policy["PolicyDocument"] == (authorizers if name == "BroadcasterAuthRole" else ours)


def test_what_the_planes_tell_reaches_its_function(package: Package) -> None:
    rules = package.template.of_type("AWS::Events::Rule")
    assert rules["StreamNews"]["EventBusName"] == "stream-sync-dev"
    assert rules["StreamNews"]["EventPattern"] == {"source": [{"prefix": "stream-sync."}]}
    assert rules["IngestTaskStopped"]["EventPattern"]["detail"]["lastStatus"] == ["STOPPED"]
    permissions = package.template.of_type("AWS::Lambda::Permission").values()
    function = {"Fn::GetAtt": ["OnStreamEvent", "Arn"]}
    for name in ("StreamNews", "IngestTaskStopped"):
        assert [target["Arn"] for target in rules[name]["Targets"]] == [function]
        (permission,) = [p for p in permissions if p.get("SourceArn") == {"Fn::GetAtt": [name, "Arn"]}]
        assert (permission["FunctionName"], permission["Principal"]) == (function, "events.amazonaws.com")


@pytest.mark.requirement("FX-10")
def test_every_event_that_webhooks_offer_is_kept_for_a_day_until_their_function_took_it(package: Package) -> None:
    """In a queue: a function that the bus itself calls is tried three times within three minutes, and no more."""
    rule = package.template.of_type("AWS::Events::Rule")["WebhookNews"]
    told = set(rule["EventPattern"]["detail-type"])
    assert told <= set(EVENT_TYPES)
    named = {name.value: "Stream State Change" for name in EventName}
    named |= {name.value: "Recording State Change" for name in RecordingEventName}
    offered = {named.get(name, name) for name in EVENT_NAMES}
    assert told == offered | {"Webhook Deliveries Due"}
    (target,) = rule["Targets"]
    queue = {"Fn::GetAtt": ["WebhookEvents", "Arn"]}
    assert (target["Arn"], target["RetryPolicy"]["MaximumEventAgeInSeconds"]) == (queue, 86_400)
    (sends,) = package.template.only("AWS::SQS::QueuePolicy")["PolicyDocument"]["Statement"]
    assert (sends["Principal"], sends["Action"], sends["Resource"]) == (
        {"Service": "events.amazonaws.com"},
        "sqs:SendMessage",
        queue,
    )
    assert sends["Condition"] == {"ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": ["WebhookNews", "Arn"]}}}

    mapping = package.template.only("AWS::Lambda::EventSourceMapping")
    assert (mapping["EventSourceArn"], mapping["FunctionName"]) == (queue, {"Ref": "OnWebhookEvent"})
    assert mapping["BatchSize"] == 1, "one event that fails holds up no other"
    kept = package.template.only("AWS::SQS::Queue")
    assert kept["MessageRetentionPeriod"] == 86_400
    assert kept["VisibilityTimeout"] >= 6 * function(package, "OnWebhookEvent")["Timeout"], "as Lambda advises"
    takes = package.template.of_type("AWS::IAM::Policy")["WebhookEventsTaken"]
    assert takes["Roles"] == [{"Ref": "OnWebhookEventRole"}]
    (statement,) = takes["PolicyDocument"]["Statement"]
    assert set(statement["Action"]) == {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}
    assert statement["Resource"] == [queue]


@pytest.mark.requirement("SO-16")
def test_api_gateways_own_answers_are_problem_details(package: Package) -> None:
    responses = definition(package)["x-amazon-apigateway-gateway-responses"]
    assert set(responses) == set(GATEWAY_RESPONSES) - LOCAL_ONLY
    assert set(responses) <= API_GATEWAY_TYPES
    for kind, response in responses.items():
        body = json.loads(response["responseTemplates"]["application/json"])
        assert {"type", "title", "status", "detail", "code", "action"} <= set(body)
        assert response["statusCode"] == str(body["status"]) == str(GATEWAY_RESPONSES[kind].status)
        headers = response["responseParameters"]
        assert headers["gatewayresponse.header.Content-Type"] == "'application/problem+json'"
        assert headers["gatewayresponse.header.X-Content-Type-Options"] == "'nosniff'"
        assert headers["gatewayresponse.header.Strict-Transport-Security"].startswith("'max-age=")


def test_secrets_are_references_and_only_where_they_are_checked(package: Package) -> None:
    secrets = {
        (name, variable): value
        for name in package.template.of_type(FUNCTION)
        for variable, value in variables(package, name).items()
        if "SECRET" in variable and variable != "STREAM_SYNC_SECRETS_ROTATED"
    }
    kickers = ("APIHandler", "OnStreamEvent", "ReconcileMediaServers")
    mediamtx = "{{resolve:secretsmanager:stream-sync-dev/mediamtx-api}}"
    assert secrets == {
        ("APIHandler", "STREAM_SYNC_ADMIN_SECRETS"): "{{resolve:secretsmanager:stream-sync-dev/admin}}",
        ("APIHandler", "STREAM_SYNC_HOOK_SECRETS"): "{{resolve:secretsmanager:stream-sync-dev/hooks}}",
        ("APIHandler", "STREAM_SYNC_PLAYBACK_SECRETS"): "{{resolve:secretsmanager:stream-sync-dev/playback}}",
        **{(name, "STREAM_SYNC_MEDIAMTX_API_SECRET"): mediamtx for name in kickers},
        ("APIHandler", "STREAM_SYNC_SECRET_KEY"): "{{resolve:secretsmanager:stream-sync-dev/user-service}}",
        ("BroadcasterAuth", "STREAM_SYNC_SECRET_KEY"): "{{resolve:secretsmanager:stream-sync-dev/user-service}}",
        ("WebsocketConnect", "STREAM_SYNC_SECRET_KEY"): "{{resolve:secretsmanager:stream-sync-dev/user-service}}",
    }


def test_who_pushes_to_dashboards_knows_the_way_and_may(package: Package) -> None:
    stage = package.template.only("AWS::ApiGatewayV2::Stage")["StageName"]
    assert stage == API_STAGE
    push = package.template.of_type("AWS::IAM::Policy")["WebsocketPush"]
    (statement,) = push["PolicyDocument"]["Statement"]
    assert statement["Action"] == ["execute-api:ManageConnections"]
    for name in ("OnStreamEvent", "WebsocketMessage"):
        url = variables(package, name)["STREAM_SYNC_WS_MANAGEMENT_URL"]["Fn::Sub"]
        assert url == f"https://${{WebsocketAPI}}.execute-api.${{AWS::Region}}.${{AWS::URLSuffix}}/{stage}"
        assert {"Ref": f"{name}Role"} in push["Roles"]
        assert function(package, name)["Role"] == {"Fn::GetAtt": [f"{name}Role", "Arn"]}


def test_logs_are_kept_for_ninety_days(package: Package) -> None:
    groups = package.template.of_type("AWS::Logs::LogGroup").values()
    assert {group["RetentionInDays"] for group in groups} == {90}
    named = {group["LogGroupName"]["Fn::Sub"] for group in groups}
    assert named == {f"/aws/lambda/${{{name}}}" for name in package.template.of_type(FUNCTION)}


def test_the_package_holds_the_control_plane_and_nothing_of_the_other_plane(unzipped: Path) -> None:
    assert {"app.py", "chalicelib", "pynamodb"} <= {entry.name for entry in unzipped.iterdir()}
    assert not (unzipped / "ingest_container").exists()
    assert sum(f.stat().st_size for f in unzipped.rglob("*") if f.is_file()) < MOST_UNZIPPED


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
        settings = {k: v for k, v in variables(package, logical_id).items() if isinstance(v, str) and "{{" not in v}
        handler = function(package, logical_id)["Handler"]
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", INVOKE, str(unzipped), handler, json.dumps(event)],
            env=offline_environment(**settings, AWS_REGION="us-east-1", AWS_DEFAULT_REGION="us-east-1"),
            capture_output=True,
            text=True,
            timeout=60,
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
