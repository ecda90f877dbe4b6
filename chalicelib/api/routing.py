"""One registration a route: who may call it, what it takes, what it answers. The OpenAPI document is made of the same.

    @route(blueprint, "PATCH", "/api/channel", BROADCASTER, body=ChannelEdit, answer=views.OwnChannel)
    def edit_channel(user: Principal, body: ChannelEdit) -> views.OwnChannel: ...

A view gets what it was registered with as keyword arguments: `user` (broadcasters only), `body`, `query`, and the
parameters of its path. It returns a model, a dict or a Chalice `Response`; whatever it raises becomes problem details.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from chalice.app import Blueprint, CORSConfig, Response
from pydantic import BaseModel

from chalicelib.api import http, problems
from chalicelib.api.authorizer import broadcaster_auth
from chalicelib.config import settings
from chalicelib.domain.errors import StreamSyncError

View = TypeVar("View", bound=Callable[..., Any])


class Audience(StrEnum):
    """Who calls, and so which credential: none, a JWT, the shared admin secret, a media server's hook secret."""

    ANYONE = "anyone"
    BROADCASTER = "broadcaster"
    ADMIN = "admin"
    MEDIA_SERVER = "media server"


ANYONE, BROADCASTER, ADMIN, MEDIA_SERVER = Audience


@dataclass(frozen=True, slots=True)
class Operation:
    """A route as it is documented. `problems` are errors of its own, beside those that every route may give."""

    method: str
    path: str
    audience: Audience
    view: Callable[..., Any]
    body: type[BaseModel] | None
    query: type[BaseModel] | None
    answer: Any  # a pydantic model, a union of them, or None
    status: int
    problems: tuple[type[StreamSyncError], ...]
    form: bool  # the body is a form, not JSON


OPERATIONS: list[Operation] = []


def route(
    blueprint: Blueprint,
    method: str,
    path: str,
    audience: Audience,
    *,
    body: type[BaseModel] | None = None,
    query: type[BaseModel] | None = None,
    answer: Any = None,
    status: int = 200,
    problems: tuple[type[StreamSyncError], ...] = (),
    no_store: bool = False,
    any_origin: bool = False,
    form: bool = False,
) -> Callable[[View], View]:
    """Registers a view. `no_store` is for answers that hold a secret or age at once, `any_origin` for public ones."""

    def register(view: View) -> View:
        operation = Operation(method, path, audience, view, body, query, answer, status, problems, form)
        OPERATIONS.append(operation)
        options: dict[str, Any] = {"authorizer": broadcaster_auth} if audience is BROADCASTER else {}
        blueprint.route(
            path,
            methods=[method],
            content_types=["application/x-www-form-urlencoded" if form else "application/json"],
            cors=CORSConfig(allow_origin="*") if any_origin else _cors(),
            **options,
        )(_edge(blueprint, operation, headers=http.NO_STORE if no_store else {}))
        return view

    return register


def _edge(blueprint: Blueprint, operation: Operation, headers: dict[str, str]) -> Callable[..., Response]:
    """The view with its arguments parsed, its caller checked, its result and errors made into responses."""

    @functools.wraps(operation.view)
    def edge(**path: str) -> Response:
        request = blueprint.current_request
        try:
            arguments: dict[str, Any] = dict(path)
            if operation.audience is BROADCASTER:
                arguments["user"] = http.caller(request)
            elif operation.audience is ADMIN:
                http.check_admin(request)
            elif operation.audience is MEDIA_SERVER:
                http.check_hook(request)
            if operation.query is not None:
                arguments["query"] = http.query_of(request, operation.query)
            if operation.body is not None:
                read_body = http.form_of if operation.form else http.body_of
                arguments["body"] = read_body(request, operation.body)
            result = operation.view(**arguments)
            answer = result if isinstance(result, Response) else http.ok(result, operation.status, headers)
        except Exception as error:  # the edge: whatever it is, the caller gets problem details
            answer = problems.response(problems.of_exception(error))
        _allow_origin(answer, request.headers.get("origin"))
        return answer

    return edge


def _cors() -> CORSConfig:
    """For browsers of configured origins. API Gateway answers preflights with one origin: the first."""
    return CORSConfig(
        allow_origin=settings().allowed_origins[0],
        allow_headers=["Authorization", "Content-Type", "X-Api-Key", "Idempotency-Key"],
        max_age=600,
        allow_credentials=True,
    )


def _allow_origin(response: Response, origin: str | None) -> None:
    """Names the caller's own origin if it is one of ours: the header takes a single one."""
    if origin in settings().allowed_origins and "Access-Control-Allow-Origin" not in response.headers:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Vary"] = "Origin"
