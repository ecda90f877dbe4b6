"""Responses: successes, and for each error status one response that lists the codes of the operation."""

from collections import defaultdict

from chalicelib.api.openapi.audiences import SECTIONS, Problems
from chalicelib.api.openapi.schemas import COMPONENT, Json, Schemas
from chalicelib.api.problems import MEDIA_TYPE
from chalicelib.api.routing import OPERATIONS, Operation
from chalicelib.domain import errors, not_found, refusals
from chalicelib.domain.errors import StreamSyncError
from chalicelib.domain.refusals import every_refusal
from chalicelib.domain.streams import END_REASON_ACTION, END_REASON_TEXT, EndReason

EVERYWHERE: Problems = (
    errors.InvalidInput,
    errors.UnsupportedMediaType,
    errors.TooManyRequests,
    errors.InternalError,
    refusals.StoreUnavailable,
)
# For paths and methods that are not in the document.
NOWHERE: Problems = (not_found.RouteNotFound, errors.MethodNotAllowed)

ONE_SECOND = {"type": "integer", "minimum": 1}
HEADERS: dict[int, Json] = {
    302: {"Location": {"description": "The new name of the stream", "required": True, "schema": {"type": "string"}}},
    429: {"Retry-After": {"description": "Seconds to wait", "schema": ONE_SECOND}},
}


def problems_of(operation: Operation) -> list[type[StreamSyncError]]:
    """Every error that the operation may answer, by status and code."""
    found = {*EVERYWHERE, *SECTIONS[operation.audience].problems, *operation.problems}
    if "{" in operation.path:
        found.add(not_found.RouteNotFound)  # API Gateway finds no route where an id holds control characters
    if operation.body is not None:
        found.add(errors.PayloadTooLarge)
    if operation.idempotent:
        found |= {errors.StillInProgress, errors.IdempotencyKeyReused}
    return sorted(found, key=lambda problem: (problem.http_status, problem.code))


def responses(operation: Operation, schemas: Schemas) -> Json:
    success: Json = {"description": _SUCCESS[operation.status]}
    if operation.answer is not None:
        success["content"] = {"application/json": {"schema": schemas.of(operation, "answer")}}
    if operation.text is not None:
        success.setdefault("content", {})[operation.text] = {"schema": {"type": "string"}}
    made: Json = {str(operation.status): _with_headers(success, operation.status)}
    for status, found in _by_status(operation).items():
        one = {"$ref": f"#/components/responses/{_name(found[0])}"}
        made[str(status)] = one if len(found) == 1 else _refusal(found)
    if operation.not_modified:
        made["304"] = {"description": "Not modified: the answer with the `ETag` of `If-None-Match`"}
    for status in operation.others:
        made[str(status)] = {
            "description": _SUCCESS.get(status, "The same, for a service that is not healthy"),
            "content": {"application/json": {"schema": schemas.of(operation, str(status))}},
        }
    return dict(sorted(made.items()))


def _by_status(operation: Operation) -> dict[int, list[type[StreamSyncError]]]:
    found: defaultdict[int, list[type[StreamSyncError]]] = defaultdict(list)
    for problem in problems_of(operation):
        found[problem.http_status].append(problem)
    return found


def shared() -> dict[str, Json]:
    """Components: the responses of errors that are the only one of their status in some operation."""
    alone = {
        *NOWHERE,
        *(found[0] for operation in OPERATIONS for found in _by_status(operation).values() if len(found) == 1),
    }
    return {_name(problem): _refusal([problem]) for problem in sorted(alone, key=_name)}


_SUCCESS = {
    200: "OK",
    201: "Created",
    202: "Accepted",
    204: "OK, without a body",
    302: "Accepted under another name",
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


def describe_codes(components: Json) -> None:
    """Adds a line for each code of the enumerations that pydantic lists without descriptions."""
    ends = [f"`{reason}`: {END_REASON_TEXT[reason]} {END_REASON_ACTION[reason] or ''}".rstrip() for reason in EndReason]
    components["EndReason"]["description"] = "\n\n".join(["Why a stream ended.", *ends])
    refused = every_refusal()
    for shape in ("LastRefusal", "RefusedMessage"):
        code: Json = components[shape]["properties"]["code"]
        code["enum"] = [refusal.code for refusal in refused]
        code["description"] += "".join(f"\n\n`{one.code}`: {one.title}. {one.action}" for one in refused)


def _name(problem: type[StreamSyncError]) -> str:
    return problem.__name__


def problem_schema() -> Json:
    """`problems.problem` as a schema."""
    used = {problem for operation in OPERATIONS for problem in problems_of(operation)} | set(NOWHERE)
    text = {"type": "string"}
    entry = {"type": "object", "required": ["field", "problem"], "properties": {"field": text, "problem": text}}
    return {
        "type": "object",
        "description": "RFC 9457 problem details. `code` is stable; the other texts are for people and may change.",
        "required": ["type", "title", "status", "detail", "code", "action"],
        "properties": {
            "type": {"const": "about:blank"},
            "title": text,
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": text,
            "code": {"enum": sorted({problem.code for problem in used})},
            "action": text,
            "errors": {"type": "array", "items": entry, "description": "The fields that are not valid"},
        },
    }
