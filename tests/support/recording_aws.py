"""An HTTP server in the place of AWS, for `chalice deploy`: notes every call, and answers as AWS documents.

A call is known by the service in its signature and by the operation that botocore's own model of that service gives for
its target, action, or method and path. What is created exists from then on: a later call that asks for it finds it, as
a second deployment must. There is nothing behind it: no function runs, no policy is checked.
"""

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from botocore.loaders import Loader

ACCOUNT, REGION = "123456789012", "eu-west-1"
SCOPE = re.compile(r"Credential=[^/]+/\d+/[^/]+/(?P<service>[^/]+)/aws4_request")
MODELS = {"apigateway": ("apigateway", "apigatewayv2")}  # two APIs sign with one name


@dataclass(frozen=True)
class Call:
    """`path` has the values of the request's path by their names in botocore's model."""

    service: str
    operation: str
    path: dict[str, str]
    query: dict[str, str]
    body: Any

    def __str__(self) -> str:
        return f"{self.service}:{self.operation}"


class NotFound(Exception):
    """The resource was never created."""


@dataclass
class RecordingAws:
    """`unknown` are the calls without an answer here; each gets status 501, and should be none."""

    calls: list[Call] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    made: dict[str, Any] = field(default_factory=dict)
    url: str = ""

    def of(self, operation: str) -> list[Call]:
        return [call for call in self.calls if str(call) == operation]

    def handle(self, method: str, target: str, headers: Any, raw: bytes) -> tuple[int, bytes, str]:
        call = _call(method, target, headers, raw)
        self.calls.append(call)
        answer = ANSWERS.get(str(call))
        if answer is None:
            self.unknown.append(str(call))
            return 501, b"{}", "application/json"
        try:
            found = answer(self, call)
        except NotFound:
            return _not_found(call)
        if isinstance(found, str):
            return 200, _xml(call.operation, found).encode(), "text/xml"
        return 200, json.dumps(found).encode(), "application/json"


@contextmanager
def recording_aws() -> Iterator[RecordingAws]:
    aws = RecordingAws()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, body, kind = aws.handle(self.command, self.path, self.headers, raw)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer  # noqa: N815 - the base class's names

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    aws.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield aws
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


# --- which call it is ------------------------------------------------------------------------------------------------


def _call(method: str, target: str, headers: Any, raw: bytes) -> Call:
    signed = SCOPE.search(headers.get("Authorization", ""))
    signer = signed["service"] if signed else "?"
    parts = urlsplit(target)
    query = {key: values[0] for key, values in parse_qs(parts.query, keep_blank_values=True).items()}
    if named := headers.get("X-Amz-Target"):
        return Call(signer, named.rpartition(".")[2], {}, query, json.loads(raw or b"{}"))
    if b"Action=" in raw:
        form = {key: values[0] for key, values in parse_qs(raw.decode(), keep_blank_values=True).items()}
        return Call(signer, form["Action"], {}, query, form)
    body = json.loads(raw) if raw else {}
    for service in MODELS.get(signer, (signer,)):
        for operation, wanted, fixed, pattern in _operations(service):
            found = pattern.fullmatch(parts.path) if wanted == method else None
            if found and fixed.items() <= query.items():
                return Call(service, operation, {k: unquote(v) for k, v in found.groupdict().items()}, query, body)
    return Call(signer, f"{method} {parts.path}", {}, query, body)


@cache
def _operations(service: str) -> list[tuple[str, str, dict[str, str], re.Pattern[str]]]:
    """Name, method, fixed query and path of each, those with a fixed query first."""
    model = Loader().load_service_model(service, "service-2")
    found = []
    for name, operation in model["operations"].items():
        path, _, fixed = operation["http"]["requestUri"].partition("?")
        pattern = "".join(
            f"(?P<{part[1:-1].rstrip('+').replace('-', '_')}>{'.+' if part.endswith('+}') else '[^/]+'})"
            if part.startswith("{")
            else re.escape(part)
            for part in re.split(r"(\{[^}]+\})", path)
        )
        query = {key: values[0] for key, values in parse_qs(fixed, keep_blank_values=True).items()}
        found.append((name, operation["http"]["method"], query, re.compile(pattern)))
    return sorted(found, key=lambda one: -len(one[2]))


# --- what AWS answers ------------------------------------------------------------------------------------------------


def _xml(operation: str, result: str) -> str:
    return (
        f"<{operation}Response><{operation}Result>{result}</{operation}Result>"
        f"<ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></{operation}Response>"
    )


def _not_found(call: Call) -> tuple[int, bytes, str]:
    if call.service == "iam":
        error = "<ErrorResponse><Error><Code>NoSuchEntity</Code><Message>none</Message></Error></ErrorResponse>"
        return 404, error.encode(), "text/xml"
    kind = "ResourceNotFoundException" if call.service in ("events", "lambda") else "NotFoundException"
    return 404, json.dumps({"__type": kind, "message": "none"}).encode(), "application/json"


def _role(aws: RecordingAws, call: Call) -> str:
    name = call.body["RoleName"]
    if call.operation == "CreateRole":
        aws.made[f"role/{name}"] = call.body
    elif f"role/{name}" not in aws.made:
        raise NotFound
    return (
        f"<Role><Path>/</Path><RoleName>{name}</RoleName><RoleId>AROA</RoleId>"
        f"<Arn>arn:aws:iam::{ACCOUNT}:role/{name}</Arn><CreateDate>2026-01-01T00:00:00Z</CreateDate></Role>"
    )


def _function(aws: RecordingAws, call: Call) -> dict[str, Any]:
    name = call.body["FunctionName"] if call.operation == "CreateFunction" else call.path["FunctionName"]
    name = name.rpartition(":")[2]
    if call.operation == "CreateFunction":
        aws.made[f"function/{name}"] = call.body
    elif f"function/{name}" not in aws.made:
        raise NotFound
    facts = {
        "FunctionName": name,
        "FunctionArn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}",
        "State": "Active",
        "LastUpdateStatus": "Successful",
        "Runtime": aws.made[f"function/{name}"].get("Runtime"),
    }
    return {"Configuration": facts, "Tags": {}} if call.operation == "GetFunction" else facts


def _role_deleted(aws: RecordingAws, call: Call) -> str:
    if aws.made.pop(f"role/{call.body['RoleName']}", None) is None:
        raise NotFound
    return ""


def _rule(aws: RecordingAws, call: Call) -> dict[str, Any]:
    key = f"rule/{call.body['Name']}"
    if call.operation == "PutRule":
        aws.made[key] = call.body
    elif key not in aws.made:
        raise NotFound
    elif call.operation == "DeleteRule":
        del aws.made[key]
    return {"RuleArn": f"arn:aws:events:{REGION}:{ACCOUNT}:{key}"}


def _made(kind: str, answer: Callable[[str, Call], dict[str, Any]]) -> Callable[[RecordingAws, Call], dict[str, Any]]:
    """Creates one more of a kind."""

    def create(aws: RecordingAws, call: Call) -> dict[str, Any]:
        identifier = f"{kind}{sum(1 for key in aws.made if key.startswith(f'{kind}/')) + 1}"
        aws.made[f"{kind}/{identifier}"] = call.body
        return answer(identifier, call)

    return create


def _found(kind: str, name: str) -> Callable[[RecordingAws, Call], dict[str, Any]]:
    def find(aws: RecordingAws, call: Call) -> dict[str, Any]:
        if f"{kind}/{call.path[name]}" not in aws.made:
            raise NotFound
        identifier = call.path[name]
        return {"id": identifier, "apiId": identifier, "endpointConfiguration": {"types": ["REGIONAL"]}}

    return find


def _deleted(kind: str, name: str) -> Callable[[RecordingAws, Call], dict[str, Any]]:
    def delete(aws: RecordingAws, call: Call) -> dict[str, Any]:
        if aws.made.pop(f"{kind}/{call.path[name].rpartition(':')[2]}", None) is None:
            raise NotFound
        return {}

    return delete


def _kept(kind: str, key: str) -> Callable[[RecordingAws, Call], dict[str, Any]]:
    return lambda aws, _call: {"items": [{key: name.partition("/")[2]} for name in aws.made if name.startswith(kind)]}


def _log_group(aws: RecordingAws, call: Call) -> dict[str, Any]:
    aws.made[f"log/{call.body['logGroupName']}"] = call.body
    return {}


def _log_groups(aws: RecordingAws, call: Call) -> dict[str, Any]:
    prefix = f"log/{call.body['logGroupNamePrefix']}"
    return {"logGroups": [{"logGroupName": key[4:]} for key in aws.made if key.startswith(prefix)]}


def _nothing(_aws: RecordingAws, _call: Call) -> dict[str, Any]:
    return {}


def _no_policy(_aws: RecordingAws, _call: Call) -> dict[str, Any]:
    raise NotFound


ANSWERS: dict[str, Callable[[RecordingAws, Call], dict[str, Any] | str]] = {
    "iam:GetRole": _role,
    "iam:CreateRole": _role,
    "iam:PutRolePolicy": lambda _aws, _call: "",
    "logs:DescribeLogGroups": _log_groups,
    "logs:CreateLogGroup": _log_group,
    "logs:PutRetentionPolicy": _nothing,
    "lambda:GetFunction": _function,
    "lambda:CreateFunction": _function,
    "lambda:UpdateFunctionCode": _function,
    "lambda:UpdateFunctionConfiguration": _function,
    "lambda:GetFunctionConfiguration": _function,
    "lambda:DeleteFunctionConcurrency": _nothing,
    "lambda:ListTags": lambda _aws, _call: {"Tags": {}},
    "lambda:TagResource": _nothing,
    "lambda:GetPolicy": _no_policy,
    "lambda:AddPermission": lambda _aws, _call: {"Statement": "{}"},
    "lambda:DeleteFunction": _deleted("function", "FunctionName"),
    "iam:ListRolePolicies": lambda _aws, _call: "<PolicyNames><member>Inline</member></PolicyNames>",
    "iam:DeleteRolePolicy": lambda _aws, _call: "",
    "iam:DeleteRole": _role_deleted,
    "events:DescribeRule": _rule,
    "events:RemoveTargets": lambda _aws, _call: {"FailedEntryCount": 0, "FailedEntries": []},
    "events:DeleteRule": _rule,
    "apigateway:DeleteRestApi": _deleted("rest", "restapi_id"),
    "apigatewayv2:DeleteApi": _deleted("socket", "apiId"),
    "events:PutRule": _rule,
    "events:PutTargets": lambda _aws, _call: {"FailedEntryCount": 0, "FailedEntries": []},
    "apigateway:ImportRestApi": _made("rest", lambda identifier, _call: {"id": identifier, "name": "stream-sync"}),
    "apigateway:PutRestApi": _found("rest", "restapi_id"),
    "apigateway:GetRestApi": _found("rest", "restapi_id"),
    "apigateway:UpdateRestApi": _found("rest", "restapi_id"),
    "apigateway:CreateDeployment": _made("deployment", lambda identifier, _call: {"id": identifier}),
    "apigateway:PutGatewayResponse": _nothing,
    "apigateway:UpdateStage": _nothing,
    "apigatewayv2:CreateApi": _made("socket", lambda identifier, _call: {"apiId": identifier}),
    "apigatewayv2:GetApi": _found("socket", "apiId"),
    "apigatewayv2:GetApis": lambda _aws, _call: {"Items": []},
    "apigatewayv2:CreateIntegration": _made("integration", lambda identifier, _call: {"integrationId": identifier}),
    "apigatewayv2:CreateRoute": _made("route", lambda identifier, _call: {"routeId": identifier}),
    "apigatewayv2:CreateDeployment": _made("v2deployment", lambda identifier, _call: {"deploymentId": identifier}),
    "apigatewayv2:CreateStage": _nothing,
    "apigatewayv2:GetRoutes": _kept("route/", "routeId"),
    "apigatewayv2:GetIntegrations": _kept("integration/", "integrationId"),
    "apigatewayv2:DeleteRoute": _nothing,
    "apigatewayv2:DeleteIntegration": _nothing,
    "apigatewayv2:UpdateStage": _nothing,
}
