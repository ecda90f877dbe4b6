"""dashboard/src/contract.ts from the OpenAPI document: `python -m local.contract_types` writes it anew.

The types of what a signed-in broadcaster, an anonymous viewer and an administrator send and are answered, and of the
messages on the WebSockets; and the limits of what the first two send. openapi-typescript does the same, but needs the
compiler API that TypeScript 7 has not.
"""

import json
from collections.abc import Iterator
from typing import Any

import app  # noqa: F401 - it registers every route
from chalicelib.api.access import ACCEPTED, Audience
from chalicelib.api.openapi.document import document
from local.settings import ROOT

FILE = ROOT / "dashboard" / "src" / "contract.ts"
HEAD = "// Generated from the OpenAPI document by `make api-docs`; not to be edited.\n"
BROADCASTER: list[dict[str, list[str]]] = [{"bearer": []}]
ANYBODY: list[dict[str, list[str]]] = []
ADMINISTRATOR: list[dict[str, list[str]]] = [{credential.value: []} for credential in ACCEPTED[Audience.ADMIN]]
MESSAGES = ("OwnerMessage", "PublicMessage")
PREFIX = "#/components/schemas/"
LIMITS = ("minLength", "maxLength", "minItems", "maxItems")

Json = dict[str, Any]


def main() -> None:
    FILE.write_text(rendered())


def rendered() -> str:
    schemas: Json = document()["components"]["schemas"]
    parts = [HEAD]
    parts += [_declaration(name, schemas[name]) for name in sorted(_reachable(schemas))]
    return "\n".join([*parts, f"export const limits = {json.dumps(limits(), indent=2)} as const;\n"])


def limits() -> Json:
    """The bounds of every field of a request's body that has some, by body and field."""
    schemas: Json = document()["components"]["schemas"]
    operations = _operations(BROADCASTER, ANYBODY)
    bodies = sorted({name for operation in operations for name in _references(operation.get("requestBody"))})
    return {name: _bounds_of_fields(schemas[name]) for name in bodies}


def _operations(*security: list[dict[str, list[str]]]) -> Iterator[Json]:
    for methods in document()["paths"].values():
        yield from (one for one in methods.values() if one["security"] in security)


def _reachable(schemas: Json) -> set[str]:
    found: set[str] = set()
    operations = _operations(BROADCASTER, ANYBODY, ADMINISTRATOR)
    ahead = [*MESSAGES, *_references([[one.get("requestBody"), one["responses"]] for one in operations])]
    while ahead:
        name = ahead.pop()
        if name not in found:
            found.add(name)
            ahead += _references(schemas[name])
    return found


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str) and part["$ref"].startswith(PREFIX):
            yield part["$ref"].removeprefix(PREFIX)
        part = list(part.values())
    if isinstance(part, list):
        for each in part:
            yield from _references(each)


def _declaration(name: str, schema: Json) -> str:
    lines = list(_comment(schema, ""))
    if "properties" not in schema:
        return "\n".join([*lines, f"export type {name} = {_type(schema)};\n"])
    lines.append(f"export interface {name} {{")
    for field, value in schema["properties"].items():
        lines += _comment(value, "  ")
        optional = "" if field in schema.get("required", ()) else "?"
        lines.append(f"  readonly {field}{optional}: {_type(value)};")
    return "\n".join([*lines, "}\n"])


def _comment(schema: Json, indent: str) -> Iterator[str]:
    """The first paragraph of a description; others list what `Problem` and `EndReason` say themselves."""
    text = str(schema.get("description", "")).split("\n\n")[0].replace("\n", " ")
    if text:
        yield f"{indent}/** {text} */"


def _type(schema: Json) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).removeprefix(PREFIX)
    for alternatives in ("anyOf", "oneOf"):
        if alternatives in schema:
            return " | ".join(_type(one) for one in schema[alternatives])
    if "const" in schema:
        return json.dumps(schema["const"])
    if "enum" in schema:
        return " | ".join(json.dumps(value) for value in schema["enum"])
    kind = schema.get("type")
    if kind == "array":
        item = _type(schema["items"])
        return f"readonly ({item})[]" if " " in item else f"readonly {item}[]"
    if kind == "object":
        values = schema.get("additionalProperties", True)
        return f"Readonly<Record<string, {_type(values) if isinstance(values, dict) else 'unknown'}>>"
    return {"integer": "number"}.get(str(kind), str(kind)) if kind is not None else "unknown"


def _bounds_of_fields(schema: Json) -> Json:
    bounds = {field: _bounds(value) for field, value in schema["properties"].items()}
    return {field: found for field, found in bounds.items() if found}


def _bounds(schema: Json) -> Json:
    """Of a value that may also be null: of the value."""
    found: Json = {name: schema[name] for name in LIMITS if name in schema}
    for one in schema.get("anyOf", ()):
        found |= _bounds(one)
    if isinstance(schema.get("items"), dict) and (items := _bounds(schema["items"])):
        found["items"] = items
    return found


if __name__ == "__main__":
    main()
