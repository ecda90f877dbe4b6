"""What Cognito takes, by the model of its API that botocore has. The emulator itself checks little of it."""

import json
from functools import lru_cache
from typing import Any

import botocore.session
from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape

WRONG_TYPE = "SerializationException"
WRONG_VALUE = "InvalidParameterException"
# Of a list or a map of which the model says no number. Cognito has 50 custom attributes beside some 20 of its own.
MOST_MEMBERS = 100


class NotTaken(Exception):
    """Input that Cognito refuses. `kind` is its name for that; `message` repeats no value, which may be a password."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message


@lru_cache(maxsize=64)
def input_of(operation: str) -> StructureShape:
    model = botocore.session.get_session().get_service_model("cognito-idp").operation_model(operation)
    assert model.input_shape is not None  # noqa: S101 - every operation of Cognito has one
    return model.input_shape


def checked(operation: str, body: bytes) -> dict[str, Any]:
    """The input of an operation without what it does not know and without nulls, as Cognito reads it.

    Raises NotTaken.
    """
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise NotTaken(WRONG_TYPE, "The request must be a JSON object.") from None
    value: dict[str, Any] = _checked(input_of(operation), document, "The request")
    return value


def _checked(shape: Shape, value: Any, where: str) -> Any:
    match shape, value:
        case StructureShape(), dict():
            return _structure(shape, value, where)
        case MapShape(), dict():
            _check_number(len(value), shape, f"{where} must have", "members", MOST_MEMBERS)
            for key in value:
                _checked(shape.key, key, f"A name in {where}")
            return {key: _checked(shape.value, item, f"A value in {where}") for key, item in value.items()}
        case ListShape(), list():
            _check_number(len(value), shape, f"{where} must have", "members", MOST_MEMBERS)
            return [_checked(shape.member, item, f"A member of {where}") for item in value]
        case StringShape(), str():
            _check_text(value, shape, where)
            return value
        case Shape(type_name="boolean"), bool():
            return value
    raise NotTaken(WRONG_TYPE, f"{where} must be a {shape.type_name}.")


def _structure(shape: StructureShape, value: dict[str, Any], where: str) -> dict[str, Any]:
    given = {name: value[name] for name in shape.members if value.get(name) is not None}
    for name in shape.required_members:
        if name not in given:
            raise NotTaken(WRONG_VALUE, f"{where} must have {name}.")
    return {name: _checked(shape.members[name], item, name) for name, item in given.items()}


def _check_text(value: str, shape: StringShape, where: str) -> None:
    try:
        value.encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        raise NotTaken(WRONG_TYPE, f"{where} must be Unicode text.") from None
    _check_number(len(value), shape, f"{where} must have", "characters")
    if shape.enum and value not in shape.enum:
        raise NotTaken(WRONG_VALUE, f"{where} must be one of {', '.join(shape.enum)}.")


def _check_number(number: int, shape: Shape, must: str, of_what: str, most: int | None = None) -> None:
    least, most = shape.metadata.get("min", 0), shape.metadata.get("max", most)
    if number < least:
        raise NotTaken(WRONG_VALUE, f"{must} {least} {of_what} at least.")
    if most is not None and number > most:
        raise NotTaken(WRONG_VALUE, f"{must} {most} {of_what} at most.")
