"""Every text that a request may hold and that others read goes through the one check."""

import typing
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

import app  # noqa: F401 - it registers every route
from chalicelib.api.routing import ADMIN, ANYONE, BROADCASTER, OPERATIONS

# Texts of a form of their own: enumerations, codes, ids, times, networks, and the URL that is only parsed.
OTHER_FORMS = {
    "cursor",
    "broadcaster_id",
    "key_id",
    "broadcast_id",
    "reason",
    "client_ip",
    "allow_list",
    "url",
    "events",
    "action",
    "target",
    "time_zone",
}


def fields() -> Iterator[Any]:
    for operation in OPERATIONS:
        if operation.audience not in (ADMIN, ANYONE, BROADCASTER):
            continue  # what media servers say is shown to nobody
        for model in filter(None, (operation.body, operation.query)):
            for name, field in model.model_fields.items():
                if _holds_text(field.annotation) and name not in OTHER_FORMS:
                    yield pytest.param(model, name, id=f"{operation.name}-{name}")


def _holds_text(annotation: Any) -> bool:
    return annotation is str or any(_holds_text(part) for part in typing.get_args(annotation))


@pytest.mark.requirement("HI-10")
@pytest.mark.requirement("SO-16")
@pytest.mark.parametrize(("model", "name"), [*fields()])
@pytest.mark.parametrize("text", ["a\x00", "\x1b[31m", "\u202egnp.exe", "a\u2066"], ids=ascii)
def test_control_characters_are_refused_in_every_field_of_free_text(
    model: type[BaseModel], name: str, text: str
) -> None:
    values = [text, [text]]
    found = []
    for value in values:
        with pytest.raises(ValidationError) as refused:
            model.model_validate({name: value})
        found += [error["msg"] for error in refused.value.errors() if error["loc"][0] == name]
    assert any("must not contain the control character" in message for message in found)


def test_the_fields_are_found() -> None:
    names = {parameter.values[1] for parameter in fields()}
    assert {"title", "description", "category", "tags", "display_name", "contact", "label", "user_id", "q"} <= names
