"""IAM's decision on one request, offline: identity policies as AWS evaluates them, for the parts that ours use.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html: an explicit deny wins, then
an allow; otherwise the request is denied. An element or operator that this module does not know raises
NotImplementedError, so that a policy is never judged by half of it.
"""

import fnmatch
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

KNOWN = frozenset({"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"})


@dataclass(frozen=True)
class Request:
    """`context`: values of condition keys, by name."""

    action: str
    resource: str
    context: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def is_allowed(policies: Iterable[Mapping[str, Any]], request: Request) -> bool:
    effects = {
        statement["Effect"]
        for policy in policies
        for statement in _list(policy["Statement"])
        if _applies(statement, request)
    }
    return "Allow" in effects and "Deny" not in effects


def _applies(statement: Mapping[str, Any], request: Request) -> bool:
    if unknown := statement.keys() - KNOWN:
        raise NotImplementedError(f"Elements of a statement: {sorted(unknown)}")
    return (
        _is_of(statement, "Action", request.action.lower(), str.lower)
        and _is_of(statement, "Resource", request.resource, str)
        and all(
            _holds(operator, key, _list(values), request.context)
            for operator, keys in statement.get("Condition", {}).items()
            for key, values in keys.items()
        )
    )


def _is_of(statement: Mapping[str, Any], element: str, value: str, as_compared: Callable[[str], str]) -> bool:
    """Actions are compared without case, resources with it."""
    wanted = element in statement
    patterns = _list(statement[element if wanted else f"Not{element}"])
    return any(_like(value, as_compared(pattern)) for pattern in patterns) is wanted


def _holds(operator: str, key: str, values: list[str], context: Mapping[str, tuple[str, ...]]) -> bool:
    found = context.get(key)
    if operator == "Null":
        return (found is None) is (values == ["true"])
    quantifier, _, single = operator.rpartition(":")
    optional = single.endswith("IfExists")
    test = _OPERATORS.get(single.removesuffix("IfExists"))
    if test is None or quantifier not in ("", "ForAllValues", "ForAnyValue"):
        raise NotImplementedError(f"Condition operator {operator}")
    if found is None:
        return optional or quantifier == "ForAllValues"
    passed = [any(test(one, value) for value in values) for one in found]
    return all(passed) if quantifier == "ForAllValues" else any(passed)


def _like(value: str, pattern: str) -> bool:
    """IAM's wildcards are `*` and `?`; a bracket is an ordinary character."""
    return fnmatch.fnmatchcase(value, pattern.replace("[", "[[]"))


_OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": str.__eq__,
    "StringLike": _like,
    "ArnEquals": _like,
    "ArnLike": _like,
    "Bool": lambda found, wanted: found.lower() == wanted.lower(),
}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
