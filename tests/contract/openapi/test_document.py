"""The document itself: valid, complete, without secrets; and docs/api.md, which is made of it."""

import json
import re
from operator import attrgetter
from typing import Any

import pytest
from openapi_spec_validator import validate

import app
from chalicelib.api.openapi.document import document
from chalicelib.api.openapi.responses import problems_of
from chalicelib.api.routing import OPERATIONS, Operation
from chalicelib.domain.keys import KEY_LENGTH
from local import api_docs
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


@pytest.mark.parametrize("operation", [one for one in OPERATIONS if one.body], ids=attrgetter("name"))
def test_a_body_has_an_example_that_is_valid_and_holds_no_key(operation: Operation) -> None:
    assert operation.body is not None
    examples = operation.body.model_json_schema()["examples"]
    for example in examples:
        operation.body.model_validate_json(json.dumps(example))
    assert not re.search(rf"\b[A-Za-z0-9]{{{KEY_LENGTH}}}\b", json.dumps(examples))


def test_the_page_for_people_is_fresh() -> None:
    page = api_docs.FILE.read_text()
    assert api_docs.renewed(page) == page, "run `make api-docs`"


def test_each_code_is_explained_on_the_page_for_people() -> None:
    page = api_docs.FILE.read_text()
    codes = document()["components"]["schemas"]["Problem"]["properties"]["code"]["enum"]
    assert [code for code in codes if f"| `{code}` |" not in page] == []


@pytest.mark.requirement("SO-16")
def test_it_is_served_to_any_page(target: Target) -> None:
    response = target.session.get(f"{target.url}/openapi.json", headers={"Origin": "https://elsewhere.example"})
    assert response.json() == document()
    assert response.headers["Access-Control-Allow-Origin"] == "*"
