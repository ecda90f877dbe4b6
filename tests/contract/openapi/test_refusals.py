"""What is not a request that the API knows is refused in one form: problem details with a documented code."""

import json
from operator import attrgetter
from typing import Any

import pytest
import requests

import app  # noqa: F401 - it registers every route
from chalicelib.api.http import MAX_BODY
from chalicelib.api.openapi.responses import NOWHERE, problems_of
from chalicelib.api.routing import ADMIN, ANYONE, BROADCASTER, MEDIA_SERVER, OPERATIONS, Operation
from tests.contract.openapi.conftest import Target

pytestmark = pytest.mark.requirement("SO-16")

SECURED = [operation for operation in OPERATIONS if operation.audience is not ANYONE]
WRONG_CREDENTIALS = {
    BROADCASTER: {"Authorization": "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJub2JvZHkifQ."},
    ADMIN: {"X-Api-Key": "wrong" * 8},
    MEDIA_SERVER: {"X-Hook-Secret": "wrong" * 8},
}


def code_of(response: requests.Response) -> str:
    assert response.headers["Content-Type"] == "application/problem+json"
    problem = response.json()
    assert problem["status"] == response.status_code
    assert problem["action"]
    return str(problem["code"])


def operation_named(name: str) -> Operation:
    return next(operation for operation in OPERATIONS if operation.name == name)


@pytest.mark.requirement("SO-9")
@pytest.mark.requirement("SO-15")
@pytest.mark.parametrize("operation", SECURED, ids=attrgetter("name"))
def test_without_the_right_credential_nothing_is_done(operation: Operation, target: Target) -> None:
    target.forgive()
    path = target.url + operation.path.replace("{", "").replace("}", "")
    kind = "application/x-www-form-urlencoded" if operation.form else "application/json"
    documented = {problem.code for problem in problems_of(operation) if problem.http_status == 401}
    for credential in ({}, WRONG_CREDENTIALS[operation.audience]):
        headers = {"Content-Type": kind, **credential}
        response = target.session.request(operation.method, path, headers=headers, data=b"", timeout=15)
        assert response.status_code == 401
        assert code_of(response) in documented


def test_one_audiences_credential_opens_nothing_of_anothers(target: Target) -> None:
    target.forgive()
    for operation in SECURED:
        strange = {
            name: value
            for audience, names in target.credentials.items()
            for name, value in names.items()
            if audience is not operation.audience
        }
        kind = "application/x-www-form-urlencoded" if operation.form else "application/json"
        path = target.url + operation.path.replace("{", "").replace("}", "")
        response = target.session.request(operation.method, path, headers=strange | {"Content-Type": kind}, timeout=15)
        signed_in = operation.audience is ADMIN  # as a broadcaster
        assert response.status_code == (403 if signed_in else 401), operation.name


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x00",
        b"\xff\xfe{}",
        b"[]",
        b"null",
        b"{" * 10_000,
        b"[" * 30_000,
        b'{"title": NaN}',
        b'{"title": "\\ud800"}',
        b'{"title": 1}',
        b'{"title": ' + b"9" * 5_000 + b"}",
        b'{"title": "a", "titel": "b"}',
        json.dumps({"title": "x" * 141}).encode(),
        b'{"tags": ["a", null]}',
        b'{"visibility": "PUBLIC"}',
    ],
    ids=lambda body: repr(body[:24]),
)
def test_a_body_that_is_not_what_was_asked_for(body: bytes, target: Target) -> None:
    response = target.call("PATCH", "/api/channel", BROADCASTER, data=body)
    if body:
        assert (response.status_code, code_of(response)) == (400, "invalid_input")
    else:
        assert response.status_code == 200  # nothing to change


@pytest.mark.parametrize(
    "title",
    ["😀" * 35, "👩\u200d👩\u200d👧", "e\u0301", "<script>", "' OR 1=1", "נסה", "\u0646\u06cc\u0645\u200c\u0641"],
)
def test_any_text_is_kept_as_it_was_sent(title: str, target: Target) -> None:
    response = target.call("PATCH", "/api/channel", BROADCASTER, json={"title": title})
    assert response.status_code == 200
    assert target.call("GET", "/api/channel", BROADCASTER).json()["title"] == title


def test_a_body_that_is_too_large(target: Target) -> None:
    response = target.call("PATCH", "/api/channel", BROADCASTER, json={"title": "x" * MAX_BODY})
    assert (response.status_code, code_of(response)) == (413, "payload_too_large")


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "multipart/form-data; boundary=x", "json"])
def test_a_body_of_another_kind(kind: str, target: Target) -> None:
    response = target.call("PATCH", "/api/channel", BROADCASTER, data=b"{}", headers={"Content-Type": kind})
    assert (response.status_code, code_of(response)) == (415, "unsupported_media_type")


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "Application/JSON"])
def test_the_kind_of_a_body_may_be_spelled_otherwise(kind: str, target: Target) -> None:
    response = target.call("PATCH", "/api/channel", BROADCASTER, data=b"{}", headers={"Content-Type": kind})
    assert response.status_code == 200


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=1e3", "limit=", "limit=%00", "cursor=", "cursor=%F0%9F%98%80", "unknown=1"]
)
def test_a_query_that_is_not_what_was_asked_for(query: str, target: Target) -> None:
    response = target.call("GET", f"/api/streams/public?{query}", ANYONE)
    assert (response.status_code, code_of(response)) == (400, "invalid_input")


@pytest.mark.parametrize("name", ["%20", "%C3%B6", "%FF", "x" * 129, "x" * 5_000, "%2e%2e", "a%2Fb", "{}"])
@pytest.mark.parametrize(
    ("operation", "code"),
    [
        ("get_public_channel", "channel_not_found"),
        ("get_stream", "stream_not_found"),
        ("admin_get_key", "key_not_found"),
        ("admin_get_broadcaster", "broadcaster_not_found"),
        ("admin_get_stream_details", "stream_not_found"),
        ("admin_get_webhook", "webhook_not_found"),
    ],
)
def test_an_id_that_cannot_be_one_is_not_found(operation: str, code: str, name: str, target: Target) -> None:
    target.forgive()
    known = operation_named(operation)
    path = known.path[: known.path.index("{")] + name
    response = target.call(known.method, path, known.audience)
    assert (response.status_code, code_of(response)) == (404, code)


@pytest.mark.parametrize("field", ["expires_at", "not_before"])
@pytest.mark.parametrize(
    "time", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "2100-13-01T00:00:00Z", "2100-01-01T00:00:00", 0]
)
def test_a_time_that_is_none(field: str, time: Any, target: Target) -> None:
    response = target.call("POST", "/api/channel/keys", BROADCASTER, json={field: time})
    assert (response.status_code, code_of(response)) == (400, "invalid_input")
    assert response.json()["errors"][0]["field"] == field


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/nothing", "/hooks/unknown", "/api//channel"])
def test_a_route_that_there_is_not(path: str, target: Target) -> None:
    response = target.call("GET", path, ADMIN)
    assert (response.status_code, code_of(response)) == (404, NOWHERE[0].code)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "TRACE", "QUERY"])
def test_a_method_that_the_route_does_not_take(method: str, target: Target) -> None:
    response = target.call(method, "/api/channel", BROADCASTER)
    assert (response.status_code, code_of(response)) == (405, NOWHERE[1].code)
    assert {"GET", "PATCH"} <= set(response.headers["Allow"].split(", "))


@pytest.mark.parametrize(
    "headers",
    [
        {"Idempotency-Key": "x" * 256},
        {"Idempotency-Key": "two words"},
        {"Idempotency-Key": "\xf6".encode("latin-1")},
    ],
    ids=str,
)
def test_an_idempotency_key_that_is_none(headers: dict[str, Any], target: Target) -> None:
    response = target.call("POST", "/api/channel/credentials/reset", BROADCASTER, headers=headers)
    assert (response.status_code, code_of(response)) == (400, "invalid_input")
