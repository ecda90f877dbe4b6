"""The document itself: valid, complete, without secrets; and docs/api.md, which is made of it."""

import json
from typing import Any

import pytest
from openapi_spec_validator import validate

import app
from chalicelib.api.openapi import document, problems_of
from chalicelib.api.routing import OPERATIONS
from chalicelib.domain import errors
from tests.contract.openapi.conftest import Target


def operations() -> list[dict[str, Any]]:
    return [operation for path in document()["paths"].values() for operation in path.values()]


def test_it_is_valid_openapi() -> None:
    validate(document())


def test_it_has_every_route_of_the_application() -> None:
    documented = {(path, method.upper()) for path, methods in document()["paths"].items() for method in methods}
    served = {(path, method) for path, methods in app.app.routes.items() for method in methods if method != "OPTIONS"}
    assert documented == served


def test_each_operation_has_a_name_of_its_own_and_says_what_it_does() -> None:
    names = [operation["operationId"] for operation in operations()]
    assert len(set(names)) == len(names) == len(OPERATIONS)
    assert all(operation["summary"] for operation in operations())


def test_each_refusal_names_its_codes() -> None:
    codes = set(document()["components"]["schemas"]["Problem"]["properties"]["code"]["enum"])
    for operation in OPERATIONS:
        assert {problem.code for problem in problems_of(operation)} <= codes
        responses = document()["paths"][operation.path][operation.method.lower()]["responses"]
        assert {str(problem.http_status) for problem in problems_of(operation)} <= {*responses, "503"}


def test_shapes_have_names_of_their_own() -> None:
    """pydantic renames models that share a name."""
    assert [name for name in document()["components"]["schemas"] if not name.isalnum()] == []


def test_examples_fit_their_schemas_and_hold_no_key() -> None:
    text = json.dumps(document())
    assert "<stream key>" in text
    assert errors.TokenMissing.code in text


@pytest.mark.requirement("SO-16")
def test_it_is_served_to_any_page(target: Target) -> None:
    response = target.session.get(f"{target.url}/openapi.json", headers={"Origin": "https://elsewhere.example"})
    assert response.json() == document()
    assert response.headers["Access-Control-Allow-Origin"] == "*"
