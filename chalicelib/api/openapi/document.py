"""The API as an OpenAPI 3.1 document, made of what the routes were registered with (`routing.OPERATIONS`).

    operation   audience -> security, tag     body, query -> requestBody, parameters     answer -> its success response
                errors   -> one response a status, whose `code` is one of the operation's own

Nothing is defined twice: shapes are pydantic's JSON schemas, texts are docstrings, errors are the error tree. Built on
the first request, once per process.
"""

import re
from collections import defaultdict
from functools import lru_cache
from typing import Any

from chalice.app import Blueprint

from chalicelib.api import once
from chalicelib.api.openapi import responses
from chalicelib.api.openapi.audiences import SECTIONS, SECURITY_SCHEMES, security
from chalicelib.api.openapi.schemas import Json, Schemas, reachable
from chalicelib.api.routing import ANYONE, OPERATIONS, Operation, Route
from chalicelib.contract.requests.base import ID_FORM

blueprint = Blueprint(__name__)

VERSION = "1"  # of the contract: moves when an existing client would break


PATH_PARAMETERS = {
    "broadcast_id": "A planned broadcast's id",
    "broadcaster_id": "A broadcaster's id, which is also the id of their channel",
    "channel_id": "A channel's public id",
    "event_id": "The id of a delivery's event",
    "key_id": "A stream key's public id, not the key itself",
    "key_or_id": "A stream key, or a stream's public id",
    "node_id": "An ingest node's id",
    "stream_id": "A stream's id",
    "webhook_id": "A webhook's id",
}


@Route("GET", "/openapi.json", ANYONE, answer=dict[str, Any], any_origin=True).on(blueprint)
def get_document() -> Json:
    """This API as an OpenAPI 3.1 document."""
    return document()


@lru_cache(maxsize=1)
def document() -> Json:
    """The document, ready for JSON, with the routes of all audiences."""
    schemas = Schemas(OPERATIONS)
    paths: Json = defaultdict(dict)
    for operation in OPERATIONS:
        paths[operation.path][operation.method.lower()] = _operation(operation, schemas)
    components = schemas.components | schemas.messages() | {"Problem": responses.problem_schema()}
    responses.describe_codes(components)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "stream-sync",
            "version": VERSION,
            "description": "RTMP ingest, live status and stream orchestration. Errors are RFC 9457 problem details "
            "with a stable `code` and the `action` to take. Times are ISO 8601, UTC.",
        },
        "servers": [{"url": ".", "description": "The server of this document"}],
        "tags": [{"name": section.tag, "description": section.text} for section in SECTIONS.values()],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": dict(sorted(reachable(components, paths).items())),
            "responses": responses.shared(),
            "parameters": {"IdempotencyKey": _IDEMPOTENCY_KEY},
            "securitySchemes": SECURITY_SCHEMES,
        },
    }


def _operation(operation: Operation, schemas: Schemas) -> Json:
    said = [operation.view.__doc__ or "", operation.query.__doc__ or "" if operation.query else ""]
    text = " ".join(" ".join(said).split())
    summary, more, _ = text.partition(". ")
    made: Json = {
        "operationId": operation.name,
        "tags": [SECTIONS[operation.audience].tag],
        "summary": summary.rstrip("."),
        "security": security(operation.audience),
        "parameters": [*_path_parameters(operation), *schemas.query(operation)],
        "responses": responses.responses(operation, schemas),
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
            "schema": {"type": "string", "pattern": ID_FORM},
        }
        for name in re.findall(r"{(\w+)}", operation.path)
    ]


_IDEMPOTENCY_KEY: Json = {
    "name": once.HEADER,
    "in": "header",
    "required": False,
    "description": "A unique value without spaces, such as a UUID. For a day, a repeated request with the same key is "
    "not executed again and gets the same response.",
    "schema": {"type": "string", "pattern": once.FORM, "maxLength": once.MAX_KEY},
}
