"""What every HTTP route shares: errors as problems, bodies and queries validated, the caller's identity, CORS."""

import functools
import json
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from chalice.app import Blueprint, CORSConfig, Request, Response
from pydantic import BaseModel, ConfigDict, ValidationError

from chalicelib.api import problems
from chalicelib.config import settings
from chalicelib.domain.errors import InvalidInput, PayloadTooLarge, TokenMissing
from chalicelib.services import identity

MAX_BODY = 64 * 1024  # bytes; the largest body we know, a description, has 2,000 characters
MAX_DEPTH = 16  # of nested JSON
NO_STORE = {"Cache-Control": "no-store"}

View = TypeVar("View", bound=Callable[..., Any])
Model = TypeVar("Model", bound=BaseModel)


class RequestBody(BaseModel):
    """Base of every body we take: unknown fields are an error, so that a typo is not a silent no-op."""

    model_config = ConfigDict(extra="forbid", strict=True)


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def cors() -> CORSConfig:
    """For browsers of configured origins. API Gateway answers preflights with one origin: the first."""
    return CORSConfig(
        allow_origin=settings().allowed_origins[0],
        allow_headers=["Authorization", "Content-Type", "X-Api-Key"],
        max_age=600,
        allow_credentials=True,
    )


def route(blueprint: Blueprint, path: str, *methods: str, **options: Any) -> Callable[[View], View]:
    """Registers a view whose errors become problem details. Options are Chalice's."""

    def register(view: View) -> View:
        @functools.wraps(view)
        def answer(*args: Any, **kwargs: Any) -> Response:
            try:
                result = view(*args, **kwargs)
                out = result if isinstance(result, Response) else ok(result)
            except Exception as error:  # the edge: whatever it is, the caller gets problem details
                out = problems.response(problems.of_exception(error))
            _allow_origin(out, blueprint.current_request)
            return out

        # Chalice would answer 415 for another content type before we can say what to do about it.
        content_types = ["application/json"]
        options.setdefault("cors", cors())
        blueprint.route(path, methods=list(methods), content_types=content_types, **options)(answer)
        return view

    return register


def _allow_origin(response: Response, request: Request) -> None:
    """Names the caller's own origin if it is one of ours: the header takes a single one."""
    origin = request.headers.get("origin")
    if origin in settings().allowed_origins and "Access-Control-Allow-Origin" not in response.headers:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Vary"] = "Origin"


def ok(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """JSON; a pydantic model is dumped as JSON."""
    dumped = body.model_dump(mode="json") if isinstance(body, BaseModel) else body
    out: dict[str, str | list[str]] = {"Content-Type": "application/json", **(headers or {})}
    return Response(json.dumps(dumped, separators=(",", ":")), out, status)


def body_of(request: Request, model: type[Model]) -> Model:
    """The request's JSON body as `model`. Raises PayloadTooLarge, InvalidInput with one entry a bad field."""
    raw = request.raw_body or b""
    if len(raw) > MAX_BODY:
        raise PayloadTooLarge(f"The body has {len(raw)} bytes; {MAX_BODY} are allowed")
    try:
        parsed = json.loads(raw or b"{}")
    except (ValueError, RecursionError):
        raise InvalidInput("The body is not valid JSON", [{"field": "body", "problem": "not valid JSON"}]) from None
    if not isinstance(parsed, dict):
        raise InvalidInput("The body must be a JSON object", [{"field": "body", "problem": "must be an object"}])
    return _validated(model, parsed)


def query_of(request: Request, model: type[Model]) -> Model:
    """The query string as `model`; of a repeated parameter the last counts. Raises InvalidInput."""
    return _validated(model, dict(request.query_params or {}))


def _validated(model: type[Model], values: dict[str, Any]) -> Model:
    try:
        return model.model_validate_json(json.dumps(values))
    except ValidationError as error:
        raise problems.invalid(error) from None


def caller(request: Request) -> identity.Principal:
    """The broadcaster whom the authorizer let in. Raises TokenMissing if a route forgot its authorizer."""
    user_id = (request.context.get("authorizer") or {}).get("principalId")
    if not user_id:
        raise TokenMissing()
    return identity.Principal(str(user_id))


def check_admin(request: Request) -> None:
    """The shared secret in `X-Api-Key`. Raises AdminSecretInvalid."""
    identity.check_admin_secret(request.headers.get("x-api-key"))
