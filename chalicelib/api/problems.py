"""Errors as RFC 9457 problem details, mapped here once for every route.

A body reads `{type, title, status, detail, code, action}` and, for bad input, `errors: [{field, problem}]`.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from chalice.app import Request, Response
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from chalicelib.domain.errors import (
    InternalError,
    InvalidInput,
    MethodNotAllowed,
    StreamSyncError,
    Unauthenticated,
    UnsupportedMediaType,
)
from chalicelib.domain.not_found import NotFound
from chalicelib.observability import logger

MEDIA_TYPE = "application/problem+json"


def problem(error: StreamSyncError) -> dict[str, Any]:
    """The problem details of one error of the tree."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": error.title,
        "status": error.http_status,
        "detail": error.detail,
        "code": error.code,
        "action": error.action,
    }
    if isinstance(error, InvalidInput) and error.problems:
        body["errors"] = error.problems
    return body


def response(error: StreamSyncError, headers: Mapping[str, str | list[str]] | None = None) -> Response:
    out: dict[str, str | list[str]] = {"Content-Type": MEDIA_TYPE, "Cache-Control": "no-store", **(headers or {})}
    if error.retry_after_s is not None:
        out["Retry-After"] = str(error.retry_after_s)
    if isinstance(error, Unauthenticated):
        out["WWW-Authenticate"] = "Bearer"
    return Response(json.dumps(problem(error)), out, error.http_status)


# Where pydantic's own words say less than they could, or not to the person in front of a form.
_WORDS = {
    "extra_forbidden": "is not a field of this request",
    "missing": "is required",
    "string_too_long": "may have at most {max_length} characters",
    "string_too_short": "must have {min_length} or more characters",
    "too_long": "may have at most {max_length} entries",
}


def _words(item: ErrorDetails) -> str:
    words = _WORDS.get(item["type"])
    return words.format(**item.get("ctx", {})) if words else item["msg"].removeprefix("Value error, ")


# Names of fields as ours are written; what else stands in their place may be a secret, or as long as the request.
_NAME = re.compile(r"[a-z][a-zA-Z_]{0,23}[0-9]{0,2}")


def _place(part: str | int) -> str:
    return str(part) if isinstance(part, int) or _NAME.fullmatch(part) else "(unknown name)"


def invalid(error: ValidationError) -> InvalidInput:
    """What pydantic found, without the values: they may be secrets. So may be a name that is no field's."""
    found = [
        {
            "field": ".".join(_place(part) for part in item["loc"]) or "body",
            "problem": _words(item),
        }
        for item in error.errors(include_url=False, include_input=False)
    ]
    return InvalidInput(f"{len(found)} field{'s are' if len(found) > 1 else ' is'} not valid", found)


# What Chalice itself answers, and the error of ours that says the same.
_CHALICE_ERRORS: dict[int, type[StreamSyncError]] = {
    400: InvalidInput,
    404: NotFound,
    405: MethodNotAllowed,
    415: UnsupportedMediaType,
    500: InternalError,
}


def middleware(request: Request, get_response: Callable[[Request], Response]) -> Response:
    """Turns Chalice's own error answers into problem details; everything else passes."""
    answer = get_response(request)
    headers = {name.lower(): value for name, value in answer.headers.items()}
    error = _CHALICE_ERRORS.get(answer.status_code)
    if error is None or headers.get("content-type") == MEDIA_TYPE:
        return answer
    kept = {name: value for name, value in answer.headers.items() if name.lower() != "content-type"}
    return response(error(), kept)


def of_exception(error: Exception) -> StreamSyncError:
    """Any exception a view raises as one of the tree; a defect is logged with its trace and told without it."""
    if isinstance(error, StreamSyncError):
        return error
    if isinstance(error, ValidationError):  # of a row or an answer of ours; its own text quotes values
        logger("control").error(
            "Stored or returned data is not valid",
            event="data_invalid",
            model=error.title,
            problems=invalid(error).problems,
        )
        return InternalError()
    logger("control").exception("Unhandled error", event="unhandled_error")
    return InternalError()
