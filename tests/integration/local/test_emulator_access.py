"""Who may use the AWS emulator: whoever has this installation's credentials, on this machine, outside a browser."""

import http.client
import json
from dataclasses import dataclass

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from local.private_files import read_sign_in
from local.settings import HOST, REGION
from tests.support.stack import Emulator

pytestmark = pytest.mark.needs("ministack")

LIST_TABLES = {"X-Amz-Target": "DynamoDB_20120810.ListTables", "Content-Type": "application/x-amz-json-1.0"}


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def code(self) -> str:
        return str(json.loads(self.body)["__type"])


def ask(cloud: Emulator, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> Answer:
    connection = http.client.HTTPConnection(HOST, cloud.settings.cloud_port, timeout=10)
    try:
        connection.putrequest(method, path, skip_host=True)
        for name, value in ({"Host": f"{HOST}:{cloud.settings.cloud_port}"} | headers).items():
            connection.putheader(name, value)
        connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        response = connection.getresponse()
        found = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, found, response.read())
    finally:
        connection.close()


def signed(
    cloud: Emulator, credentials: Credentials | None = None, service: str = "dynamodb", host: str | None = None
) -> dict[str, str]:
    """The headers of a signed ListTables, by default with the right credentials."""
    known = Credentials(cloud.env["AWS_ACCESS_KEY_ID"], cloud.env["AWS_SECRET_ACCESS_KEY"])
    host = host or f"{HOST}:{cloud.settings.cloud_port}"
    request = AWSRequest("POST", f"http://{host}/", LIST_TABLES | {"Host": host}, b"{}")
    SigV4Auth(credentials or known, service, REGION).add_auth(request)
    return dict(request.headers)


def test_signed_request_is_answered(emulator: Emulator) -> None:
    answer = ask(emulator, "POST", "/", signed(emulator), b"{}")
    assert (answer.status, json.loads(answer.body)["TableNames"] != []) == (200, True)


@pytest.mark.requirement("HI-7")
@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("POST", "/", LIST_TABLES),
        ("POST", "/2015-03-31/functions", {"Content-Type": "text/plain"}),
        ("POST", "/2015-03-31/functions/f/invocations", {}),
        ("POST", "/_ministack/reset", {}),
        ("POST", "/_ministack/config", {"Content-Type": "application/json"}),
        ("GET", "/_ministack/health", {}),
        ("GET", "/_aws/ses", {}),
        ("PUT", "/bucket", {}),
        ("OPTIONS", "/", {"Access-Control-Request-Method": "POST"}),
    ],
)
def test_request_without_a_signature_is_refused(
    emulator: Emulator, method: str, path: str, headers: dict[str, str]
) -> None:
    answer = ask(emulator, method, path, headers, b"{}")
    assert (answer.status, answer.code) == (403, "MissingAuthenticationTokenException")
    assert not [name for name in answer.headers if name.startswith("access-control-")]


@pytest.mark.parametrize("key", ["test", "local", "000000000000", "AKIAIOSFODNN7EXAMPLE"])
def test_key_of_somebody_else_is_refused(emulator: Emulator, key: str) -> None:
    answer = ask(emulator, "POST", "/", signed(emulator, Credentials(key, key)), b"{}")
    assert (answer.status, answer.code) == (403, "UnrecognizedClientException")


def test_signature_with_another_secret_is_refused(emulator: Emulator) -> None:
    forged = Credentials(emulator.env["AWS_ACCESS_KEY_ID"], "a guess")
    answer = ask(emulator, "POST", "/", signed(emulator, forged), b"{}")
    assert (answer.status, answer.code) == (403, "SignatureDoesNotMatch")


def test_body_that_was_not_signed_is_refused(emulator: Emulator) -> None:
    answer = ask(emulator, "POST", "/", signed(emulator), b'{"Limit": 1}')
    assert (answer.status, answer.code) == (403, "SignatureDoesNotMatch")


@pytest.mark.requirement("HI-7")
@pytest.mark.parametrize("host", ["rebound.example", "rebound.example:4566", "127.0.0.1", ""])
def test_host_of_another_name_is_refused_though_it_is_signed(emulator: Emulator, host: str) -> None:
    headers = signed(emulator, host=host or "empty.example") | {"Host": host}
    answer = ask(emulator, "POST", "/", headers, b"{}")
    assert (answer.status, answer.code) == (403, "AccessDeniedException")


@pytest.mark.requirement("HI-7")
@pytest.mark.parametrize("header", ["Origin", "Sec-Fetch-Site"])
def test_browser_is_refused_though_it_signs(emulator: Emulator, header: str) -> None:
    answer = ask(emulator, "POST", "/", signed(emulator) | {header: "null"}, b"{}")
    assert (answer.status, answer.code) == (403, "AccessDeniedException")
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.requirement("HI-7")
@pytest.mark.parametrize("service", ["lambda", "sqs", "iam", "sts"])
def test_services_that_are_not_used_do_not_run(emulator: Emulator, service: str) -> None:
    answer = ask(emulator, "POST", "/", signed(emulator, service=service), b"{}")
    assert (answer.status, answer.code) == (403, "AccessDeniedException")


def test_readiness_and_public_keys_need_no_signature(emulator: Emulator) -> None:
    pool = read_sign_in(emulator.state_dir).user_pool
    for path in ("/_ministack/ready", f"/{pool}/.well-known/jwks.json"):
        answer = ask(emulator, "GET", path, {})
        assert answer.status == 200
        assert not [name for name in answer.headers if name.startswith("access-control-")]


@pytest.mark.requirement("HI-7")
def test_each_installation_has_credentials_of_its_own(emulator: Emulator) -> None:
    key, secret = emulator.env["AWS_ACCESS_KEY_ID"], emulator.env["AWS_SECRET_ACCESS_KEY"]
    assert (len(key), len(secret)) == (20, 40)
    assert secret in (emulator.state_dir / "secrets.json").read_text()
