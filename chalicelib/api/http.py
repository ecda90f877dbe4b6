"""What every HTTP route shares: bodies and queries validated, JSON answers."""

import json
import re
import time
from collections.abc import Mapping
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from chalice.app import Request, Response
from pydantic import BaseModel, ValidationError

from chalicelib.api import problems
from chalicelib.contract.requests.base import ID_FORM
from chalicelib.domain.errors import InvalidInput, PayloadTooLarge
from chalicelib.domain.not_found import NotFound

MAX_BODY = 64 * 1024  # bytes; the largest body we know, a description, has 2,000 characters
NO_STORE = {"Cache-Control": "no-store"}
_ID = re.compile(ID_FORM)

Model = TypeVar("Model", bound=BaseModel)


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
