"""docs/api.md from the OpenAPI document: `python -m local.api_docs` writes anew what stands between its marks.

The sample of an error; then by audience the routes, the shapes they share, every refusal with what to do, why
publishers are refused and why streams end. What surrounds it is written by hand.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import app  # noqa: F401 - it registers every route
from chalicelib.api.access import Audience
from chalicelib.api.openapi.audiences import SECTIONS
from chalicelib.api.openapi.document import document
from chalicelib.api.openapi.responses import EVERYWHERE, NOWHERE, problems_of
from chalicelib.api.problems import problem
from chalicelib.api.routing import OPERATIONS, Operation
from chalicelib.domain.errors import NotLive, PayloadTooLarge
from chalicelib.domain.refusals import every_refusal
from chalicelib.domain.streams import END_REASON_ACTION, END_REASON_TEXT, EndReason
from local.settings import ROOT

FILE = ROOT / "docs" / "api.md"
BEGIN = "<!-- made by `make api-docs`: {part} -->"
END = "<!-- end -->"

CODE_LINE = re.compile("`[a-z_]+`: ")

Json = dict[str, Any]


def main() -> None:
    FILE.write_text(renewed(FILE.read_text()))


def renewed(text: str) -> str:
    """The page with the parts between the marks made anew."""
    for part, lines in (("an error", _sample_error()), ("the reference", _reference())):
        begin = BEGIN.format(part=part)
        before, _, rest = text.partition(begin)
        _, _, after = rest.partition(END)
        text = "".join([before, begin, "\n\n", "\n".join(lines), "\n", END, after])
    return text


def _sample_error() -> Iterator[str]:
    """The response to a stop request for a channel that is not live."""
    yield from ["```json", json.dumps(problem(NotLive()), indent=2), "```", ""]


def _reference() -> Iterator[str]:
    for audience in SECTIONS:
        yield from _audience(audience)
    yield from ["## Shapes", "", "Fields are always present unless they are marked as optional.", ""]
    for name, schema in document()["components"]["schemas"].items():
        yield from _shape(name, schema)
    yield from _problems()
    yield from _refused_publishers()
    yield from _ends()


# --- routes ----------------------------------------------------------------------------------------------------------


def _audience(audience: Audience) -> Iterator[str]:
    section = SECTIONS[audience]
    yield from [f"## {section.tag}", "", section.text, ""]
    if section.problems:
        yield from [f"Errors of authentication: {_codes(section.problems)}.", ""]
    for operation in OPERATIONS:
        if operation.audience is audience:
            yield from _operation(operation)


def _operation(operation: Operation) -> Iterator[str]:
    spec: Json = document()["paths"][operation.path][operation.method.lower()]
    yield from [f"### `{operation.method} {operation.path}`", "", spec.get("description", spec["summary"] + "."), ""]
    parameters = [_resolved(parameter) for parameter in spec["parameters"]]
    rows = [(f"`{p['name']}`", p["in"], _with_default(p["schema"]), p.get("description", "")) for p in parameters]
    yield from _table(("parameter", "in", "value", ""), rows)
    for kind, content in spec.get("requestBody", {}).get("content", {}).items():
        sent = "Form" if "form" in kind else "Body"
        optional = "" if spec["requestBody"]["required"] else ", optional"
        yield from [f"{sent}{optional}: {_type(content['schema'])}", ""]
    success = spec["responses"][str(operation.status)]
    shape = [_type(content["schema"]) for content in success.get("content", {}).values()]
    yield from [f"Responds with {operation.status}" + (f", {shape[0]}" if shape else ", without a body") + ".", ""]
    own = set(problems_of(operation)) - {*EVERYWHERE, PayloadTooLarge, *SECTIONS[operation.audience].problems}
    if own:
        yield from [f"Errors: {_codes(own)}.", ""]


def _resolved(parameter: Json) -> Json:
    reference = parameter.get("$ref")
    if reference is None:
        return parameter
    found: Json = document()["components"]["parameters"][reference.rpartition("/")[2]]
    return found


# --- shapes ----------------------------------------------------------------------------------------------------------


def _shape(name: str, schema: Json) -> Iterator[str]:
    yield from [f"### {name}", ""]
    if "description" in schema:
        yield from [_lead(schema), ""]
    if "enum" in schema or "oneOf" in schema:
        yield from [_type(schema) + ".", ""]
    required = schema.get("required", ())
    rows = []
    for field, shape in schema.get("properties", {}).items():
        remark = _lead(shape)
        if field not in required:
            remark = f"optional; {remark}" if remark else "optional"
        rows.append((f"`{field}`", _with_default(shape), remark))
    yield from _table(("field", "value", ""), rows)
    for example in schema.get("examples", ()):
        yield from ["```json", json.dumps(example, ensure_ascii=False), "```", ""]


def _lead(schema: Json) -> str:
    """A description without the list of codes behind its first paragraph: the page has tables of them."""
    first, *others = str(schema.get("description", "")).split("\n\n")
    return " ".join([first, *(other for other in others if not CODE_LINE.match(other))]).replace("\n", " ")


def _with_default(schema: Json) -> str:
    default = schema.get("default")
    return _type(schema) + (f"; default `{json.dumps(default)}`" if default not in (None, "", []) else "")


def _type(schema: Json) -> str:
    """A schema in a few words."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    for alternatives in ("anyOf", "oneOf"):
        if alternatives in schema:
            return " or ".join(_type(one) for one in schema[alternatives])
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    kind = schema.get("type", "any")
    if kind == "array":
        return f"list of {_type(schema.get('items', {}))}{_limits(schema)}"
    named = " or ".join(kind) if isinstance(kind, list) else kind
    return (f"{named} ({schema['format']})" if "format" in schema else named) + _limits(schema)


def _limits(schema: Json) -> str:
    for low, high, unit in (
        ("minLength", "maxLength", " characters"),
        ("minItems", "maxItems", " items"),
        ("minimum", "maximum", ""),
    ):
        least, most = schema.get(low), schema.get(high)
        if most is not None:
            span = f"up to {most}" if not least else f"{most}" if least == most else f"{least} to {most}"
            return f", {span}{unit}"
        if least is not None:
            return f", {least}{unit} or more"
    return ""


# --- refusals --------------------------------------------------------------------------------------------------------


def _problems() -> Iterator[str]:
    used = {problem for operation in OPERATIONS for problem in problems_of(operation)} | set(NOWHERE)
    yield from ["## Error codes", ""]
    rows = [
        (f"`{problem.code}`", str(problem.http_status), problem.title, problem.action)
        for problem in sorted(used, key=lambda problem: (problem.http_status, problem.code))
    ]
    yield from _table(("code", "status", "what happened", "what to do"), rows)


def _refused_publishers() -> Iterator[str]:
    yield from ["## Why a publisher is refused", ""]
    yield from [
        "In `last_refusal`, the `refused` message and the `Stream Refused` webhook. An encoder receives the RTMP code "
        "with the same text; a media server's hook receives the status.",
        "",
    ]
    rows = [
        (f"`{one.code}`", one.title, one.action, f"`{one.rtmp_code}`", str(one.http_status)) for one in every_refusal()
    ]
    yield from _table(("code", "what happened", "what to do", "RTMP code", "status"), rows)


def _ends() -> Iterator[str]:
    yield from ["## Why a stream ends", ""]
    yield from [
        "`end_reason` of a stream, `reason` in `last_end`, in the `status` message, in the `Stream End` webhook and in "
        "the timeline.",
        "",
    ]
    rows = [(f"`{reason}`", END_REASON_TEXT[reason], END_REASON_ACTION[reason] or "nothing") for reason in EndReason]
    yield from _table(("code", "what happened", "what to do"), rows)


def _codes(problems: Iterable[Any]) -> str:
    ordered = sorted(problems, key=lambda problem: (problem.http_status, problem.code))
    return ", ".join(f"`{problem.code}` ({problem.http_status})" for problem in ordered)


def _table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    if rows:
        yield "| " + " | ".join(heads) + " |"
        yield "|" + "---|" * len(heads)
        for row in rows:
            yield "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) + " |"
        yield ""


if __name__ == "__main__":
    main()
