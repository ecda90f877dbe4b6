"""The API as an OpenAPI 3.1 document, made of what the routes were registered with (`routing.OPERATIONS`).

    operation   audience -> security, tag     body, query -> requestBody, parameters     answer -> its success response
                errors   -> one response a status, whose `code` is one of the operation's own

Nothing is written twice: shapes are pydantic's JSON schemas, texts are docstrings, refusals are the error tree. Built
when it is first asked for, once a process.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from chalice.app import Blueprint
from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from chalicelib import contract
from chalicelib.api import http, once
from chalicelib.api.problems import MEDIA_TYPE
from chalicelib.api.routing import ADMIN, ANYONE, BROADCASTER, MEDIA_SERVER, OPERATIONS, Audience, Operation, route
from chalicelib.domain import errors, refusals
from chalicelib.domain.errors import StreamSyncError
from chalicelib.domain.refusals import every_refusal
from chalicelib.domain.streams import END_REASON_ACTION, END_REASON_TEXT, EndReason

blueprint = Blueprint(__name__)

VERSION = "1"  # of the contract: moves when an existing client would break

Json = dict[str, Any]
Problems = tuple[type[StreamSyncError], ...]

COMPONENT = "#/components/schemas/{model}"

# Who may call, in the order of the document: tag, what it says, what is refused beside the operation's own problems.
AUDIENCES: dict[Audience, tuple[str, str, Problems]] = {
    ANYONE: ("Public", "Open to everybody, without a credential.", ()),
    BROADCASTER: (
        "Broadcasters",
        "For somebody who is signed in, about their own channel: `Authorization: Bearer <JWT>`.",
        (
            *(errors.TokenMissing, errors.TokenInvalid, errors.TokenExpired, errors.IdentityUnavailable),
            refusals.BroadcasterBlocked,
        ),
    ),
    ADMIN: (
        "Administrators",
        "For operators and backends: the shared secret in `X-Api-Key`.",
        (errors.AdminSecretInvalid,),
    ),
    MEDIA_SERVER: (
        "Media servers",
        "Hooks of MediaMTX, nginx-rtmp, SRS and OvenMediaEngine, with the hook secret.",
        (errors.HookSecretInvalid,),
    ),
}
EVERYWHERE: Problems = (
    errors.InvalidInput,
    errors.UnsupportedMediaType,
    errors.TooManyRequests,
    errors.InternalError,
    refusals.StoreUnavailable,
)
# For paths and methods that are not in the document.
NOWHERE: Problems = (errors.RouteNotFound, errors.MethodNotAllowed)

SECURITY: dict[Audience, list[Json]] = {
    ANYONE: [],
    BROADCASTER: [{"bearer": []}],
    ADMIN: [{"apiKey": []}],
    MEDIA_SERVER: [{"hookSecret": []}, {"hookPassword": []}, {"hookParameter": []}, {"hookSignature": []}],
}
SECURITY_SCHEMES: Json = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "Of the configured issuer (Cognito's ID or access token), or of the user service (HS256).",
    },
    "apiKey": {"type": "apiKey", "in": "header", "name": "X-Api-Key", "description": "The shared admin secret."},
    "hookSecret": {"type": "apiKey", "in": "header", "name": "X-Hook-Secret", "description": "The hook secret."},
    "hookPassword": {"type": "http", "scheme": "basic", "description": "The hook secret as password, for any user."},
    "hookParameter": {
        "type": "apiKey",
        "in": "query",
        "name": "secret",
        "description": "The hook secret, from servers that can neither set headers nor sign.",
    },
    "hookSignature": {
        "type": "apiKey",
        "in": "header",
        "name": "X-OME-Signature",
        "description": "Base64url of the body's HMAC-SHA1 under the hook secret, as OvenMediaEngine makes it.",
    },
}

WEBSOCKET = "websocket"
MESSAGES: dict[str, Any] = {"OwnerMessage": contract.OwnerMessage, "PublicMessage": contract.PublicMessage}

PATH_PARAMETERS = {
    "broadcaster_id": "A broadcaster's id, which is that of their channel",
    "channel_id": "A channel's public id",
    "event_id": "The id of a delivery's event",
    "key_id": "A stream key's public id, never the key",
    "key_or_id": "A stream key, or a stream's public id",
    "node_id": "An ingest node's id",
    "stream_id": "A stream's id",
    "webhook_id": "A webhook's id",
}
ONE_SECOND = {"type": "integer", "minimum": 1}
HEADERS: dict[int, Json] = {
    302: {"Location": {"description": "The stream's new name", "required": True, "schema": {"type": "string"}}},
    429: {"Retry-After": {"description": "Seconds to wait", "schema": ONE_SECOND}},
}


@route(blueprint, "GET", "/openapi.json", ANYONE, answer=dict[str, Any], any_origin=True)
def get_document() -> Json:
    """This API as an OpenAPI 3.1 document."""
    return document()


@lru_cache(maxsize=1)
def document() -> Json:
    """The document, JSON-ready. It names every route, whichever caller it is for."""
    schemas = _Schemas(OPERATIONS)
    paths: Json = defaultdict(dict)
    for operation in OPERATIONS:
        paths[operation.path][operation.method.lower()] = _operation(operation, schemas)
    used = {problem for operation in OPERATIONS for problem in problems_of(operation)} | set(NOWHERE)
    components = schemas.components | schemas.messages() | {"Problem": _problem(used)}
    _describe_codes(components)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "stream-sync",
            "version": VERSION,
            "description": "RTMP ingest, live status and stream orchestration. Errors are RFC 9457 problem details "
            "with a stable `code` and the `action` to take. Times are ISO 8601, UTC.",
        },
        "servers": [{"url": ".", "description": "Where this document was loaded from"}],
        "tags": [{"name": tag, "description": text} for tag, text, _ in AUDIENCES.values()],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": dict(sorted(_reachable(components, paths).items())),
            "responses": {_name(problem): _refusal([problem]) for problem in sorted(_alone(), key=_name)},
            "parameters": {"IdempotencyKey": _IDEMPOTENCY_KEY},
            "securitySchemes": SECURITY_SCHEMES,
        },
    }


def operation_id(operation: Operation) -> str:
    """The view's name; administrators' begin with `admin_`, for there are keys and streams of both."""
    return ("admin_" if operation.audience is ADMIN else "") + operation.view.__name__


def problems_of(operation: Operation) -> list[type[StreamSyncError]]:
    """Every error that the operation may answer, by status and code."""
    found = {*EVERYWHERE, *AUDIENCES[operation.audience][2], *operation.problems}
    if operation.body is not None:
        found.add(errors.PayloadTooLarge)
    if operation.idempotent:
        found |= {errors.StillInProgress, errors.IdempotencyKeyReused}
    return sorted(found, key=lambda problem: (problem.http_status, problem.code))


def _operation(operation: Operation, schemas: "_Schemas") -> Json:
    said = [operation.view.__doc__ or "", operation.query.__doc__ or "" if operation.query else ""]
    text = " ".join(" ".join(said).split())
    summary, more, _ = text.partition(". ")
    made: Json = {
        "operationId": operation_id(operation),
        "tags": [AUDIENCES[operation.audience][0]],
        "summary": summary.rstrip("."),
        "security": SECURITY[operation.audience],
        "parameters": [*_path_parameters(operation), *schemas.query(operation)],
        "responses": _responses(operation, schemas),
    }
    if more:
        made["description"] = text
    if operation.idempotent:
        made["parameters"].append({"$ref": "#/components/parameters/IdempotencyKey"})
    if operation.body is not None:
        media_type = "application/x-www-form-urlencoded" if operation.form else "application/json"
        made["requestBody"] = {
            "required": bool(schemas.model(operation, "body").get("required")),
            "content": {media_type: {"schema": schemas.of(operation, "body")}},
        }
    return made


def _path_parameters(operation: Operation) -> list[Json]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": PATH_PARAMETERS[name],
            "schema": {"type": "string", "pattern": http.ID_FORM},
        }
        for name in re.findall(r"{(\w+)}", operation.path)
    ]


_IDEMPOTENCY_KEY: Json = {
    "name": once.HEADER,
    "in": "header",
    "required": False,
    "description": "Any text without spaces, new for each thing to create. Sent again with the same key, within a day, "
    "the request is not done again and gets the same answer.",
    "schema": {"type": "string", "pattern": once.FORM, "maxLength": once.MAX_KEY},
}


# --- responses -------------------------------------------------------------------------------------------------------


def _responses(operation: Operation, schemas: "_Schemas") -> Json:
    success: Json = {"description": _SUCCESS[operation.status]}
    if operation.answer is not None:
        success["content"] = {"application/json": {"schema": schemas.of(operation, "answer")}}
    made: Json = {str(operation.status): _with_headers(success, operation.status)}
    for status, found in _by_status(operation).items():
        one = {"$ref": f"#/components/responses/{_name(found[0])}"}
        made[str(status)] = one if len(found) == 1 else _refusal(found)
    for status in operation.others:
        made[str(status)] = {
            "description": _SUCCESS.get(status, "The same, with what is wrong"),
            "content": {"application/json": {"schema": schemas.of(operation, str(status))}},
        }
    return dict(sorted(made.items()))


def _by_status(operation: Operation) -> dict[int, list[type[StreamSyncError]]]:
    found: defaultdict[int, list[type[StreamSyncError]]] = defaultdict(list)
    for problem in problems_of(operation):
        found[problem.http_status].append(problem)
    return found


def _alone() -> set[type[StreamSyncError]]:
    """Errors that are the only one of their status in some operation: these responses are shared."""
    return {
        *NOWHERE,
        *(found[0] for operation in OPERATIONS for found in _by_status(operation).values() if len(found) == 1),
    }


_SUCCESS = {
    200: "Done",
    201: "Created",
    202: "Under way",
    204: "Done; the answer has no body",
    302: "Let in, under another name",
}


def _refusal(found: list[type[StreamSyncError]]) -> Json:
    codes = [problem.code for problem in found]
    own = {"properties": {"status": {"const": found[0].http_status}, "code": {"enum": codes}}}
    refusal: Json = {
        "description": "\n\n".join(f"`{problem.code}`: {problem.title}. {problem.action}" for problem in found),
        "content": {MEDIA_TYPE: {"schema": {"allOf": [{"$ref": COMPONENT.format(model="Problem")}, own]}}},
    }
    return _with_headers(refusal, found[0].http_status)


def _with_headers(response: Json, status: int) -> Json:
    return response | {"headers": HEADERS[status]} if status in HEADERS else response


def _describe_codes(components: Json) -> None:
    """A line each, for what pydantic knows as names only."""
    ends = [f"`{reason}`: {END_REASON_TEXT[reason]} {END_REASON_ACTION[reason] or ''}".rstrip() for reason in EndReason]
    components["EndReason"]["description"] = "\n\n".join(["Why a stream ended.", *ends])
    refused = every_refusal()
    for shape in ("LastRefusal", "RefusedMessage"):
        code: Json = components[shape]["properties"]["code"]
        code["enum"] = [refusal.code for refusal in refused]
        code["description"] += "".join(f"\n\n`{one.code}`: {one.title}. {one.action}" for one in refused)


def _name(problem: type[StreamSyncError]) -> str:
    return problem.__name__


def _problem(used: Iterable[type[StreamSyncError]]) -> Json:
    """`problems.problem` as a schema."""
    text = {"type": "string"}
    entry = {"type": "object", "required": ["field", "problem"], "properties": {"field": text, "problem": text}}
    return {
        "type": "object",
        "description": "RFC 9457 problem details. `code` is stable; `detail` and `action` are for people.",
        "required": ["type", "title", "status", "detail", "code", "action"],
        "properties": {
            "type": {"const": "about:blank"},
            "title": text,
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": text,
            "code": {"enum": sorted({problem.code for problem in used})},
            "action": text,
            "errors": {"type": "array", "items": entry, "description": "Each field that is to be mended"},
        },
    }


# --- schemas ---------------------------------------------------------------------------------------------------------


class _Generator(GenerateJsonSchema):
    """Without titles made of field names, which say nothing that the name does not; answers leave no field out."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def field_is_required(self, field: Any, total: bool) -> bool:
        return self.mode == "serialization" or super().field_is_required(field, total)


class _Schemas:
    """All models' schemas, made together, so that they share their components."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        wanted: list[tuple[tuple[str, str], Any, TypeAdapter[Any]]] = []
        for operation in operations:
            here = operation_id(operation)
            if operation.body is not None:
                wanted.append(((here, "body"), "validation", TypeAdapter(operation.body)))
            if operation.query is not None:
                wanted.append(((here, "query"), "validation", TypeAdapter(operation.query)))
            if operation.answer is not None:
                wanted.append(((here, "answer"), "serialization", TypeAdapter(operation.answer)))
            for status, shape in operation.others.items():
                wanted.append(((here, str(status)), "serialization", TypeAdapter(shape)))
        for name, message in MESSAGES.items():
            wanted.append(((WEBSOCKET, name), "serialization", TypeAdapter(message)))
        made, definitions = TypeAdapter.json_schemas(wanted, ref_template=COMPONENT, schema_generator=_Generator)
        self._made = {key: schema for (key, _mode), schema in made.items()}
        self.components: Json = definitions["$defs"]

    def of(self, operation: Operation, part: str) -> Any:
        """`part` is `body`, `query`, `answer`, or the status of another answer."""
        return self._made[operation_id(operation), part]

    def messages(self) -> Json:
        """What may come on a WebSocket, one component a kind of listener."""
        return {name: self._made[WEBSOCKET, name] for name in MESSAGES}

    def model(self, operation: Operation, part: str) -> Json:
        """The component that `part` refers to."""
        component: Json = self.components[self.of(operation, part)["$ref"].rpartition("/")[2]]
        return component

    def query(self, operation: Operation) -> Iterator[Json]:
        """A query model's fields, each as a parameter."""
        if operation.query is None:
            return
        model = self.model(operation, "query")
        for name, schema in model["properties"].items():
            yield {
                "name": name,
                "in": "query",
                "required": name in model.get("required", ()),
                "schema": _present(schema),
            }


def _present(schema: Json) -> Json:
    """Without null: a parameter that is there is text."""
    kinds = [kind for kind in schema.get("anyOf", ()) if kind != {"type": "null"}]
    if len(kinds) != 1:
        return schema
    rest = {name: value for name, value in schema.items() if name not in ("anyOf", "default")}
    return {**kinds[0], **rest}


def _reachable(components: Mapping[str, Json], paths: Json) -> Json:
    """Those that something refers to, and messages: query models are spelled out as parameters."""
    kept: Json = {"Problem": components["Problem"]}
    ahead = [*MESSAGES, *_references(paths)]
    while ahead:
        name = ahead.pop()
        if name not in kept:
            kept[name] = components[name]
            ahead += _references(components[name])
    return kept


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        reference = part.get("$ref")
        if isinstance(reference, str) and reference.startswith(COMPONENT.format(model="")):
            yield reference.rpartition("/")[2]
        part = list(part.values())
    if isinstance(part, list):
        for each in part:
            yield from _references(each)
