"""What every HTTP route shares: bodies and queries validated, JSON answers."""

import json
import re
import time
from collections.abc import Mapping
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from chalice.app import Request, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from chalicelib.api import problems
from chalicelib.domain.cursors import MAX_CURSOR
from chalicelib.domain.errors import InvalidInput, NotFound, PayloadTooLarge

MAX_BODY = 64 * 1024  # bytes; the largest body we know, a description, has 2,000 characters
NO_STORE = {"Cache-Control": "no-store"}
PAGE = 50
MAX_PAGE = 200
MAX_LIST_PAGE = 100  # rows that are then read in one batch

# Ids in paths, and stream keys: printable ASCII. DynamoDB takes no empty and no endless key.
ID_FORM = "^[!-~]{1,128}$"
_ID = re.compile(ID_FORM)

Model = TypeVar("Model", bound=BaseModel)


class RequestModel(BaseModel):
    """Base of every body and query we take: unknown fields are an error, so that a typo is not a silent no-op."""

    model_config = ConfigDict(extra="forbid", strict=True)


def example(**fields: Any) -> ConfigDict:
    """A model's configuration with an example of it, for the documentation."""
    return ConfigDict(json_schema_extra={"examples": [fields]})


class Page(RequestModel):
    """`limit` rows, after the row that `cursor` names; a cursor is the `next_cursor` of the page before."""

    limit: int = Field(default=PAGE, ge=1, le=MAX_PAGE, strict=False)
    cursor: str | None = Field(default=None, min_length=26, max_length=26, pattern="^[0-9A-Z]+$")


class ListPage(RequestModel):
    """The same for lists whose cursor is not a stream's id."""

    limit: int = Field(default=PAGE, ge=1, le=MAX_LIST_PAGE, strict=False)
    cursor: str | None = Field(default=None, min_length=1, max_length=MAX_CURSOR, pattern="^[0-9A-Za-z_-]+$")


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def ok(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """JSON; a pydantic model is dumped as JSON."""
    text = body.model_dump_json() if isinstance(body, BaseModel) else json.dumps(body, separators=(",", ":"))
    return ok_text(text, status, headers)


def ok_text(text: str, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """JSON that is text already."""
    return Response(text, {"Content-Type": "application/json", **(headers or {})}, status)


def path_of(parameters: Mapping[str, str], not_found: type[NotFound]) -> dict[str, str]:
    """A path's ids. One that cannot be an id is not looked for: `not_found` is raised."""
    if not all(_ID.fullmatch(value) for value in parameters.values()):
        raise not_found()
    return dict(parameters)


def body_of(request: Request, model: type[Model]) -> Model:
    """The request's JSON body as `model`. Raises PayloadTooLarge, InvalidInput with one entry a bad field."""
    raw = raw_body(request)
    try:
        parsed = json.loads(raw or b"{}")
    except (ValueError, RecursionError):
        raise InvalidInput("The body is not valid JSON", [{"field": "body", "problem": "not valid JSON"}]) from None
    if not isinstance(parsed, dict):
        raise InvalidInput("The body must be a JSON object", [{"field": "body", "problem": "must be an object"}])
    return _validated(model, parsed)


def form_of(request: Request, model: type[Model]) -> Model:
    """A form body as `model`; of a repeated field the first counts. Raises PayloadTooLarge, InvalidInput.

    nginx-rtmp appends the publisher's own query to its form: what comes later must not speak for the server.
    """
    raw = raw_body(request)
    pairs = parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True)
    return _validated(model, dict(reversed(pairs)))


def query_of(request: Request, model: type[Model]) -> Model:
    """The query string as `model`; of a repeated parameter the last counts. Raises InvalidInput."""
    return _validated(model, dict(request.query_params or {}))


def raw_body(request: Request) -> bytes:
    """Raises PayloadTooLarge."""
    body = request.raw_body or b""
    raw = body.encode() if isinstance(body, str) else body
    if len(raw) > MAX_BODY:
        raise PayloadTooLarge(f"The body has {len(raw)} bytes; {MAX_BODY} are allowed")
    return raw


def _validated(model: type[Model], values: dict[str, Any]) -> Model:
    try:
        return model.model_validate_json(json.dumps(values))
    except ValidationError as error:
        raise problems.invalid(error) from None


def address_of(request: Request) -> str:
    """The caller's network address, as API Gateway saw it."""
    return str((request.context.get("identity") or {}).get("sourceIp", ""))
