"""One registration a route: who may call it, what it takes, what it answers. The OpenAPI document is made of the same.

    @route(blueprint, "PATCH", "/api/channel", BROADCASTER, body=ChannelEdit, answer=contract.OwnChannel)
    def edit_channel(channel: Channel, body: ChannelEdit) -> contract.OwnChannel: ...

A view gets what it was registered with as keyword arguments: `channel` (the caller's, for broadcasters), `body`,
`query`, `address` (where it asks for the caller's), and the parameters of its path. It returns a model, a dict or a
Chalice `Response`; whatever it raises becomes problem details.
"""

import functools
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, TypeVar

from chalice.app import Blueprint, Response
from pydantic import BaseModel

from chalicelib.api import cors, http, once, problems
from chalicelib.api.authorizer import broadcaster_auth
from chalicelib.domain.errors import NotFound, StreamSyncError
from chalicelib.observability import logger
from chalicelib.services.keys import credentials

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
    idempotent: bool  # takes the header Idempotency-Key
    others: Mapping[int, Any]  # answers with another status that are no problem details

    @property
    def not_found(self) -> type[NotFound]:
        """What an id in the path is answered that cannot be one."""
        return next((problem for problem in self.problems if issubclass(problem, NotFound)), NotFound)


OPERATIONS: list[Operation] = []

_methods: dict[str, set[str]] = defaultdict(set)  # by path, for preflights


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
    idempotent: bool = False,
    address: bool = False,
    others: Mapping[int, Any] = MappingProxyType({}),
) -> Callable[[View], View]:
    """Registers a view. `no_store` is for answers that hold a secret or age at once, `any_origin` for public ones.

    `idempotent` is for what creates: with an `Idempotency-Key` it is done once, and answered the same again (the view
    returns a model then). `address` hands the caller's network address to the view.
    """

    def register(view: View) -> View:
        operation = Operation(
            method, path, audience, view, body, query, answer, status, problems, form, idempotent, others
        )
        OPERATIONS.append(operation)
        options: dict[str, Any] = {"authorizer": broadcaster_auth} if audience is BROADCASTER else {}
        blueprint.route(
            path,
            methods=[method],
            content_types=["application/x-www-form-urlencoded" if form else "application/json"],
            **options,
        )(_edge(blueprint, operation, http.NO_STORE if no_store else {}, address=address, any_origin=any_origin))
        if path not in _methods and audience is not MEDIA_SERVER:  # no browser calls those
            cors.register_preflight(blueprint, path, _methods[path], any_origin=any_origin)
        _methods[path].add(method)
        return view

    return register


def _edge(
    blueprint: Blueprint, operation: Operation, headers: dict[str, str], *, address: bool, any_origin: bool
) -> Callable[..., Response]:
    """The view with its arguments parsed, its caller checked, its result and errors made into responses."""

    @functools.wraps(operation.view)
    def edge(**path: str) -> Response:
        request = blueprint.current_request
        began = time.monotonic()
        asker = operation.audience.value
        try:
            arguments: dict[str, Any] = {}
            if operation.audience is BROADCASTER:
                user = http.caller(request)
                asker = user.user_id
                # Before anything else: who is blocked gets no stored answer either.
                arguments["channel"] = credentials.own_channel(user.user_id, http.now_ms(), user.email)
            elif operation.audience is ADMIN:
                http.check_admin(request)
            elif operation.audience is MEDIA_SERVER:
                http.check_hook(request)
            arguments |= http.path_of(path, operation.not_found)
            if operation.query is not None:
                arguments["query"] = http.query_of(request, operation.query)
            if operation.body is not None:
                read_body = http.form_of if operation.form else http.body_of
                arguments["body"] = read_body(request, operation.body)
            if address:
                arguments["address"] = http.address_of(request)
            work = functools.partial(operation.view, **arguments)
            if operation.idempotent and (key := once.key_of(request)) is not None:
                content = once.content_of(path, arguments.get("body"))
                route = f"{operation.method} {operation.path}"
                result = once.once(asker, route, key, content, work, once.remaining_ms(blueprint))
            else:
                result = work()
            answer = result if isinstance(result, Response) else http.ok(result, operation.status, headers)
        except Exception as error:  # the edge: whatever it is, the caller gets problem details
            answer = problems.response(problems.of_exception(error))
        answer.headers.update(cors.headers(request.headers.get("origin"), any_origin=any_origin))
        _log(operation, answer, asker, began)
        return answer

    return edge


def _log(operation: Operation, answer: Response, asker: str, began: float) -> None:
    """One line a request, with the route's template: a path may hold a stream key."""
    logger("control").info(
        "request",
        method=operation.method,
        route=operation.path,
        status=answer.status_code,
        ms=round((time.monotonic() - began) * 1000, 1),
        user=asker,
    )
