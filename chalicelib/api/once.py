"""The header `Idempotency-Key`: a request that creates something is done once however often it is sent."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from chalice.app import Blueprint, Request
from pydantic import BaseModel

from chalicelib.domain.errors import InvalidInput
from chalicelib.services import idempotency

HEADER = "Idempotency-Key"
MAX_KEY = 255  # characters
FORM = "^[!-~]+$"
_FORM = re.compile(f"[!-~]{{1,{MAX_KEY}}}")


def key_of(request: Request) -> str | None:
    """The header's value. Raises InvalidInput."""
    key: str | None = request.headers.get(HEADER.lower())
    if key is None:
        return None
    if not _FORM.fullmatch(key):
        problem = f"must be 1 to {MAX_KEY} ASCII characters without spaces"
        raise InvalidInput("A header is not valid", [{"field": HEADER, "problem": problem}])
    return key


def content_of(path: Mapping[str, str], body: BaseModel | None) -> str:
    """What is asked for, however the JSON was written."""
    return json.dumps([dict(path), body.model_dump(mode="json") if body is not None else None], sort_keys=True)


def remaining_ms(blueprint: Blueprint) -> int:
    """Until Lambda ends this call: after that a request that did not finish may be taken over."""
    return int(blueprint.lambda_context.get_remaining_time_in_millis())


def once(
    asker: str, route: str, key: str, content: str, work: Callable[[], BaseModel], remaining: int
) -> dict[str, Any]:
    """The body of the answer. Raises IdempotencyKeyReused, StillInProgress, and what `work` raises."""
    answer = idempotency.once(asker, route, key, content, lambda: work().model_dump_json(), remaining)
    body: dict[str, Any] = json.loads(answer)
    return body
