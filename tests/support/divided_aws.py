"""One address in the place of AWS for the commands of `make deploy`: what the emulator cannot do is recorded instead.

    CloudFormation, S3, Systems Manager, Secrets Manager, Cognito, ECR ...   the emulator
    what `chalice deploy` and `chalice delete` ask for                       the recording server

Of templates, the emulator gets those resources that it knows: `without_unknown` leaves the others out. So a load
balancer, a service of ECS or a distribution of CloudFront exists there as a description, and nothing of it runs.
"""

import http.client
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.support.recording_aws import SCOPE, RecordingAws

# Services that Chalice deploys with.
RECORDED = frozenset({"apigateway", "events", "iam", "lambda", "logs"})
# Resources that the emulator does not know, and such as name functions that are only recorded.
UNKNOWN = (
    "AWS::ApplicationAutoScaling::",
    "AWS::Budgets::",
    "AWS::EC2::EgressOnlyInternetGateway",
    "AWS::EC2::SecurityGroupEgress",
    "AWS::EC2::SecurityGroupIngress",
    "AWS::EC2::VPCCidrBlock",
    "AWS::Lambda::",
    "AWS::Logs::QueryDefinition",
    "AWS::WAFv2::LoggingConfiguration",
    "AWS::WAFv2::WebACLAssociation",
)
PER_HOP = frozenset({"connection", "transfer-encoding", "content-length", "keep-alive"})


def without_unknown(template: dict[str, Any]) -> dict[str, Any]:
    """The template with those resources alone that the emulator knows, and without what refers to the others."""
    resources: dict[str, Any] = template["Resources"]
    left_out = {name for name, one in resources.items() if _is_unknown(one, template.get("Parameters", {}))}
    kept = {name: one for name, one in resources.items() if name not in left_out}
    for resource in kept.values():
        depends = resource.pop("DependsOn", [])
        names = [depends] if isinstance(depends, str) else depends
        if remaining := [name for name in names if name not in left_out]:
            resource["DependsOn"] = remaining
        if resource["Type"] == "AWS::EC2::Subnet":  # of the VPC's IPv6 block, which is left out
            for name in ("Ipv6CidrBlock", "AssignIpv6AddressOnCreation"):
                resource["Properties"].pop(name, None)
    known: dict[str, Any] = _with_networks({**template, "Resources": kept}, resources)
    return known


def _is_unknown(resource: dict[str, Any], parameters: dict[str, Any]) -> bool:
    kind, properties = resource["Type"], resource.get("Properties", {})
    if kind == "AWS::IAM::Policy":  # of a role that is only recorded
        return any(role.get("Ref") in parameters for role in properties["Roles"])
    if kind == "AWS::CloudWatch::Alarm":  # of metric math
        return "Metrics" in properties
    return str(kind).startswith(UNKNOWN)


def _with_networks(part: Any, resources: dict[str, Any]) -> Any:
    """Addresses of a VPC instead of references to them, which the emulator does not resolve."""
    match part:
        case {"Fn::GetAtt": [name, "CidrBlock"]}:
            return resources[name]["Properties"]["CidrBlock"]
        case dict():
            return {key: _with_networks(value, resources) for key, value in part.items()}
        case list():
            return [_with_networks(value, resources) for value in part]
    return part


@contextmanager
def divided_aws(emulator: str, recording: RecordingAws) -> Iterator[str]:
    """Serves until the end; answers the address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            raw = self._body()
            signed = SCOPE.search(self.headers.get("Authorization", ""))
            if signed is not None and signed["service"] in RECORDED:
                status, body, kind = recording.handle(self.command, self.path, self.headers, raw)
                self._send(status, body, {"Content-Type": kind})
            else:
                if signed is not None and signed["service"] == "cloudformation":
                    raw = _known_to_the_emulator(raw)
                self._send(*_asked(emulator, self.command, self.path, dict(self.headers), raw))

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = answer  # noqa: N815 - the base class's names

        def _body(self) -> bytes:
            if self.headers.get("Expect") == "100-continue":
                self.send_response_only(100)
                self.end_headers()
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))

        def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response_only(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if self.command == "HEAD":
                self.send_header("Content-Length", headers.get("content-length", "0"))
                body = b""
            else:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def handle_expect_100(self) -> bool:
            return True

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _known_to_the_emulator(raw: bytes) -> bytes:
    form = dict(parse_qsl(raw.decode(), keep_blank_values=True))
    if "TemplateBody" in form:
        form["TemplateBody"] = json.dumps(without_unknown(json.loads(form["TemplateBody"])))
    return urlencode(form).encode()


def _asked(
    emulator: str, method: str, target: str, headers: dict[str, str], raw: bytes
) -> tuple[int, bytes, dict[str, str]]:
    there = urlsplit(emulator)
    connection = http.client.HTTPConnection(there.hostname or "", there.port, timeout=60)
    try:
        kept = {name: value for name, value in headers.items() if name.lower() not in {*PER_HOP, "expect"}}
        connection.request(method, target, raw, kept)
        answer = connection.getresponse()
        answered = {
            name: value
            for name, value in answer.getheaders()
            if name.lower() not in (PER_HOP - ({"content-length"} if method == "HEAD" else set()))
        }
        return answer.status, answer.read(), answered
    finally:
        connection.close()


__all__ = ["divided_aws", "without_unknown"]
