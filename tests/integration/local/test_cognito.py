"""`/cognito/`: whatever a browser puts into a field, the emulator is asked nothing that breaks it."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientSession, web
from botocore.model import ListShape, Shape, StringShape, StructureShape

from local.gateway.cognito import MEDIA_TYPE, OPERATIONS, PREFIX, Cognito
from local.gateway.cognito_input import input_of
from local.gateway.protocol import listening
from local.private_files import load_or_make_secrets, read_sign_in
from local.settings import HOST
from tests.support.ports import free_ports
from tests.support.stack import Emulator

pytestmark = pytest.mark.needs("ministack")

SAMPLES: dict[str, Any] = {"string": "x" * 24, "boolean": True, "map": {"USERNAME": "x", "PASSWORD": "y"}}
LONE_SURROGATE = r"\ud800"
WRONG = (
    *("null", "0", "1.5", "true", "[]", "[1]", '[["a"]]', "{}", '{"a": []}', '{"a": null}', '""', '"x"'),
    *(f'"{LONE_SURROGATE}"', f'{{"{LONE_SURROGATE}": "a"}}', '"\\u0000"', '"' + "x" * 5_000 + '"', "NaN", "1e999"),
)


class Browser:
    """A client of `/cognito/`."""

    def __init__(self, http: ClientSession, url: str, client_id: str) -> None:
        self._http = http
        self._url = url
        self.client_id = client_id

    async def ask(self, name: str, body: str) -> tuple[int, dict[str, Any]]:
        headers = {"X-Amz-Target": PREFIX + name, "Content-Type": MEDIA_TYPE}
        async with self._http.post(self._url, data=body.encode(), headers=headers) as answer:
            return answer.status, json.loads(await answer.read() or b"{}")


@pytest.fixture
async def browser(emulator: Emulator) -> AsyncIterator[Browser]:
    secrets = load_or_make_secrets(emulator.state_dir)
    cognito = Cognito(emulator.url, secrets.access_key_id, secrets.secret_access_key)
    app = web.Application()
    app.router.add_post("/cognito/", cognito.handle)
    (port,) = free_ports(1)
    async with listening(app, HOST, port), ClientSession() as http:
        yield Browser(http, f"http://{HOST}:{port}/cognito/", read_sign_in(emulator.state_dir).client_id)
    await cognito.close()


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
    good = {"AuthFlow": "USER_PASSWORD_AUTH", "ClientId": browser.client_id, "AuthParameters": {}}
    status, answer = await browser.ask("InitiateAuth", json.dumps(good | {field: "@"}).replace('"@"', wrong, 1))
    assert (status, answer["__type"]) == (400, kind)
    assert field in answer["message"]


@pytest.mark.parametrize("body", ["", "[]", "1", '"a"', "{", "[" * 60_000, "{}"])
async def test_what_is_no_input_is_refused(browser: Browser, body: str) -> None:
    status, _ = await browser.ask("InitiateAuth", body)
    assert status == 400
