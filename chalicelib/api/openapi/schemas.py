"""The models' JSON schemas, made by pydantic, as components that refer to each other."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from chalicelib import contract
from chalicelib.api.routing import Operation

Json = dict[str, Any]

COMPONENT = "#/components/schemas/{model}"

WEBSOCKET = "websocket"
MESSAGES: dict[str, Any] = {"OwnerMessage": contract.OwnerMessage, "PublicMessage": contract.PublicMessage}


class _Generator(GenerateJsonSchema):
    """Without titles made of field names, which say nothing that the name does not; answers leave no field out."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def field_is_required(self, field: Any, total: bool) -> bool:
        return self.mode == "serialization" or super().field_is_required(field, total)


class Schemas:
    """All models' schemas, made together, so that they share their components."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        wanted: list[tuple[tuple[str, str], Any, TypeAdapter[Any]]] = []
        for operation in operations:
            here = operation.name
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
        return self._made[operation.name, part]

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


def reachable(components: Mapping[str, Json], paths: Json) -> Json:
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
