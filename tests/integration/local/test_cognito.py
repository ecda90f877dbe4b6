"""`/cognito/`: whatever a browser puts into a field, the emulator is asked nothing that breaks it."""

import json
from typing import Any

import pytest
from botocore.model import ListShape, Shape, StringShape, StructureShape

from local.gateway.cognito import OPERATIONS
from local.gateway.cognito_input import input_of
from tests.integration.local.cognito_browser import Browser

pytestmark = pytest.mark.needs("ministack")

SAMPLES: dict[str, Any] = {"string": "x" * 24, "boolean": True, "map": {"USERNAME": "x", "PASSWORD": "y"}}
LONE_SURROGATE = r"\ud800"
WRONG = (
    *("null", "0", "1.5", "true", "[]", "[1]", '[["a"]]', "{}", '{"a": []}', '{"a": null}', '""', '"x"'),
    *(f'"{LONE_SURROGATE}"', f'{{"{LONE_SURROGATE}": "a"}}', '"\\u0000"', '"' + "x" * 5_000 + '"', "NaN", "1e999"),
)


def sample(shape: Shape, client_id: str) -> Any:
    match shape:
        case StructureShape():
            return {name: sample(member, client_id) for name, member in shape.members.items()}
        case ListShape():
            return [sample(shape.member, client_id)]
        case StringShape() if shape.enum:
            return shape.enum[0]
    return client_id if shape.name == "ClientIdType" else SAMPLES[shape.type_name]


def others(shape: Shape) -> list[str]:
    """The other values of the field that are right."""
    return [json.dumps(value) for value in shape.enum] if isinstance(shape, StringShape) else []


@pytest.mark.requirement("HI-8")
@pytest.mark.parametrize("name", sorted(OPERATIONS))
async def test_wrong_value_in_any_field_is_refused_in_cognitos_form(browser: Browser, name: str) -> None:
    shape = input_of(name)
    good = sample(shape, browser.client_id)
    for field, member in shape.members.items():
        for wrong in (*WRONG, *others(member)):
            body = json.dumps(good | {field: "@"}).replace('"@"', wrong, 1)
            status, answer = await browser.ask(name, body)
            assert status < 500, (field, wrong)
            if status >= 400:
                assert answer["__type"], (field, wrong)
                assert answer["message"], (field, wrong)


@pytest.mark.requirement("HI-8")
@pytest.mark.parametrize(
    ("field", "wrong", "kind"),
    [
        ("ClientId", "[]", "SerializationException"),
        ("ClientId", "{}", "SerializationException"),
        ("ClientId", f'"{LONE_SURROGATE}"', "SerializationException"),
        ("ClientId", "null", "InvalidParameterException"),
        ("ClientId", '""', "InvalidParameterException"),
        ("AuthFlow", '"MINE"', "InvalidParameterException"),
        ("AuthParameters", "[]", "SerializationException"),
        ("AuthParameters", '{"USERNAME": 1}', "SerializationException"),
        ("AuthParameters", '{"USERNAME": null}', "SerializationException"),
        ("AuthParameters", f'{{"{LONE_SURROGATE}": "a"}}', "SerializationException"),
    ],
)
async def test_sign_in_says_which_field_is_wrong(browser: Browser, field: str, wrong: str, kind: str) -> None:
    good = {"AuthFlow": "USER_SRP_AUTH", "ClientId": browser.client_id, "AuthParameters": {}}
    status, answer = await browser.ask("InitiateAuth", json.dumps(good | {field: "@"}).replace('"@"', wrong, 1))
    assert (status, answer["__type"]) == (400, kind)
    assert field in answer["message"]


@pytest.mark.parametrize("body", ["", "[]", "1", '"a"', "{", "[" * 60_000, "{}"])
async def test_what_is_no_input_is_refused(browser: Browser, body: str) -> None:
    status, _ = await browser.ask("InitiateAuth", body)
    assert status == 400
