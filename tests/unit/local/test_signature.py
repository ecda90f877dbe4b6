"""A signature holds for a quarter of an hour and for exactly what was signed."""

from datetime import UTC, datetime, timedelta

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from local.gateway.signature import CLOCK_SKEW, TIME_FORMAT, Received, Unsigned, Verifier

SECRET = "s" * 40
VERIFIER = Verifier("LOCAL", SECRET, "execute-api", "us-east-1")
HOST, TARGET = "127.0.0.1:8000", "/ws-management/%40connections/abc%3D?b=2&a=1"


def received(target: str = TARGET, region: str = "us-east-1") -> tuple[Received, datetime]:
    """A good request, and when it was signed."""
    request = AWSRequest("POST", f"http://{HOST}{target}", {"Host": HOST}, b"body")
    SigV4Auth(Credentials("LOCAL", SECRET), "execute-api", region).add_auth(request)
    headers = {name.lower(): value for name, value in request.headers.items()}
    at = datetime.strptime(headers["x-amz-date"], TIME_FORMAT).replace(tzinfo=UTC)
    return Received("POST", target, headers, b"body"), at


@pytest.mark.parametrize("target", [TARGET, "/", "/ws-management/@connections/a+b~%20=", "/x?a=&a=b%20c"])
def test_signed_request_passes(target: str) -> None:
    VERIFIER.check(*received(target))


@pytest.mark.parametrize("sign", [1, -1])
def test_clocks_may_differ_by_a_quarter_of_an_hour(sign: int) -> None:
    request, at = received()
    VERIFIER.check(request, at + sign * CLOCK_SKEW)
    with pytest.raises(Unsigned):
        VERIFIER.check(request, at + sign * (CLOCK_SKEW + timedelta(seconds=1)))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("method", "DELETE"),
        ("target", TARGET.replace("abc", "abd")),
        ("target", TARGET.replace("a=1", "a=2")),
        ("target", "http://[/x"),
        ("body", b""),
        ("body", b"bodz"),
    ],
)
def test_nothing_that_was_signed_may_change(name: str, value: object) -> None:
    request, at = received()
    parts = {field: getattr(request, field) for field in ("method", "target", "headers", "body")}
    with pytest.raises(Unsigned):
        VERIFIER.check(Received(**(parts | {name: value})), at)


@pytest.mark.parametrize("value", ["other:1", "\udcff", ""])
def test_signed_header_may_not_change(value: str) -> None:
    request, at = received()
    with pytest.raises(Unsigned):
        VERIFIER.check(Received("POST", TARGET, {**request.headers, "host": value}, b"body"), at)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("host;x-amz-date", "x-amz-date"),
        ("host;x-amz-date", "host"),
        ("host;x-amz-date", "host;x-amz-date;x-not-sent"),
        ("Credential=LOCAL", "Credential=LOCAM"),
        ("Credential=LOCAL", "Credential=\udcff"),
        ("/execute-api/", "/dynamodb/"),
        ("SignedHeaders", "Signed"),
        ("Signature=", "Signature=0"),
    ],
)
def test_authorization_must_be_whole_and_of_this_service(old: str, new: str) -> None:
    request, at = received()
    headers = {**request.headers, "authorization": request.headers["authorization"].replace(old, new)}
    with pytest.raises(Unsigned):
        VERIFIER.check(Received("POST", TARGET, headers, b"body"), at)


def test_another_regions_signature_is_refused() -> None:
    with pytest.raises(Unsigned):
        VERIFIER.check(*received(region="eu-central-1"))
