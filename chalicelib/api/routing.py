"""One declaration a route: whom it is for, what it takes, what it answers. The OpenAPI document is made of the same.

    @Route("PATCH", "/api/channel", BROADCASTER, body=ChannelEdit, answer=contract.OwnChannel).on(blueprint)
    def edit_channel(channel: Channel, body: ChannelEdit) -> contract.OwnChannel: ...

A view gets what its route declares as keyword arguments: `channel` (the caller's, for broadcasters), `body`, `query`,
`address`, `owner` and `operator` where they are asked for, and the parameters of its path. It returns a model, a dict
or a Chalice `Response`; whatever it raises becomes problem details.
"""

import functools
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

from chalice.app import Blueprint, Request, Response
from pydantic import BaseModel

from chalicelib.api import access, cors, http, metering, once, problems
from chalicelib.api.access import Audience, Caller
from chalicelib.api.authorizer import broadcaster_auth
from chalicelib.domain.errors import StreamSyncError
from chalicelib.domain.not_found import NotFound
from chalicelib.domain.timeline import Entry
from chalicelib.observability import logger
from chalicelib.services import audit
from chalicelib.services.audit import Action
from chalicelib.services.keys import credentials

View = TypeVar("View", bound=Callable[..., Any])

ANYONE, BROADCASTER, ADMIN, MEDIA_SERVER = Audience


@dataclass(frozen=True, slots=True)
class Route:
    """What a route takes and answers."""

    method: str
    path: str
    audience: Audience
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    answer: Any = None  # a pydantic model, a union of them, or None
    status: int = 200
    problems: tuple[type[StreamSyncError], ...] = ()  # errors of its own, beside those that every route may give
    others: Mapping[int, Any] = field(default_factory=dict)  # answers with another status that are no problem details
    text: str | None = None  # a further media type in which it answers, as text; the view returns a `Response`
    not_modified: bool = False  # answers 304 to who has the same already
    form: bool = False  # the body is a form, not JSON
    idempotent: bool = False  # takes `Idempotency-Key`: done once, answered the same again; the view returns a model
    no_store: bool = False  # the answer holds a secret, or is out of date at once
    max_age: int = 0  # seconds for which caches may answer in our place: only what everybody is told alike
    any_origin: bool = False  # pages of every origin may read it
    address: bool = False  # the view is given the caller's network address
    owner: bool = False  # the view is given the caller's user id, not their channel, which may be gone
    operator: bool = False  # the view is given who calls: a user id, or `access.SHARED_SECRET`

    def on(self, blueprint: Blueprint) -> Callable[[View], View]:
        """Registers a view for this route."""

        def register(view: View) -> View:
            operation = Operation(**{one.name: getattr(self, one.name) for one in fields(Route)}, view=view)
            OPERATIONS.append(operation)
            options: dict[str, Any] = {"authorizer": broadcaster_auth} if self.audience is BROADCASTER else {}
            blueprint.route(
                self.path,
                methods=[self.method],
                content_types=["application/x-www-form-urlencoded" if self.form else "application/json"],
                **options,
            )(_handler(blueprint, operation))
            if self.path not in _methods and self.audience is not MEDIA_SERVER:  # no browser calls those
                cors.register_preflight(blueprint, self.path, _methods[self.path], any_origin=self.any_origin)
            _methods[self.path].add(self.method)
            return view

        return register


@dataclass(frozen=True, slots=True)
class Operation(Route):
    """A route with its view."""

    view: Callable[..., Any] = field(kw_only=True)

    @property
    def name(self) -> str:
        """The view's name; administrators' begin with `admin_`, for there are keys and streams of both."""
        return ("admin_" if self.audience is ADMIN else "") + self.view.__name__

    @property
    def not_found(self) -> type[NotFound]:
        """The answer to an id in the path that cannot be one."""
        return next((problem for problem in self.problems if issubclass(problem, NotFound)), NotFound)


OPERATIONS: list[Operation] = []

_methods: dict[str, set[str]] = defaultdict(set)  # by path, for preflights


def _handler(blueprint: Blueprint, operation: Operation) -> Callable[..., Response]:
    """What Chalice calls: authenticates the caller, parses the request, runs the view, makes the response."""

    @functools.wraps(operation.view)
    def handle(**path: str) -> Response:
        request = blueprint.current_request
        began = time.monotonic()
        caller = Caller(operation.audience.value)
        record = None
        try:
            caller = access.authenticate(request, operation.audience)
            arguments = _arguments(request, operation, caller, path)
            record = _audit(request, operation, caller, path, arguments.get("body"))
            result = _run(blueprint, operation, caller, path, arguments)
            answer = result if isinstance(result, Response) else http.ok(result, operation.status)
            answer.headers.update(_caching(operation))
        except Exception as error:  # the edge: whatever it is, the caller gets problem details
            problem = problems.of_exception(error)
            metering.answered(problem)
            answer = problems.response(problem)
        if record is not None:
            audit.ended(record, answer.status_code)
        answer.headers.update(cors.headers(request.headers.get("origin"), any_origin=operation.any_origin))
        _log(operation, answer, caller, began)
        return answer

    return handle


def _caching(operation: Operation) -> Mapping[str, str]:
    """Errors have their own, and are never kept."""
    if operation.no_store:
        return http.NO_STORE
    return {"Cache-Control": f"public, max-age={operation.max_age}"} if operation.max_age else {}


def _arguments(request: Request, operation: Operation, caller: Caller, path: Mapping[str, str]) -> dict[str, Any]:
    """What the view is called with."""
    arguments: dict[str, Any] = {}
    user = caller.principal
    if operation.owner and user is not None:
        arguments["owner"] = user.user_id
    elif operation.audience is BROADCASTER and user is not None:
        # Before anything else: who is blocked gets no stored answer either.
        arguments["channel"] = credentials.own_channel(user.user_id, http.now_ms(), user.email)
    arguments |= http.path_of(path, operation.not_found)
    if operation.query is not None:
        arguments["query"] = http.query_of(request, operation.query)
    if operation.body is not None:
        read_body = http.form_of if operation.form else http.body_of
        arguments["body"] = read_body(request, operation.body)
    if operation.address:
        arguments["address"] = http.address_of(request)
    if operation.operator:
        arguments["operator"] = caller.name
    return arguments


def _run(
    blueprint: Blueprint, operation: Operation, caller: Caller, path: Mapping[str, str], arguments: dict[str, Any]
) -> Any:
    """The view's result, or that of the same request before."""
    work = functools.partial(operation.view, **arguments)
    key = once.key_of(blueprint.current_request) if operation.idempotent else None
    if key is None:
        return work()
    content = once.content_of(path, arguments.get("body"))
    route = f"{operation.method} {operation.path}"
    return once.once(caller.name, route, key, content, work, once.remaining_ms(blueprint))


def _audit(
    request: Request, operation: Operation, caller: Caller, path: Mapping[str, str], body: BaseModel | None
) -> Entry | None:
    """Who does what to whom, before it is done: administrators' changes leave a record even where they fail halfway.

    Paths of the admin API hold public ids only. Of a body, which may hold personal data, only a reason is kept.
    """
    if operation.audience is not ADMIN or operation.method == "GET":
        return None
    action = Action(
        operator=caller.name,
        email=caller.principal.email if caller.principal is not None else None,
        operation=operation.name,
        target=dict(path),
        address=http.address_of(request),
        why=getattr(body, "why", None) or None,
        by=getattr(body, "by", None),
    )
    return audit.begun(action, http.now_ms())


def _log(operation: Operation, answer: Response, caller: Caller, began: float) -> None:
    """One line a request, with the route's template: a path may hold a stream key."""
    logger("control").info(
        "Request",
        event="request",
        method=operation.method,
        route=operation.path,
        status=answer.status_code,
        ms=round((time.monotonic() - began) * 1000, 1),
        user=caller.name,
    )
