"""docs/operations.md lists every event code that is logged, and no other."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}
# Each plane's heading in the document.
PLANES = {"ingest_container": "Ingest node", "chalicelib": "Control plane"}
CODE = re.compile(r"`([a-z_]+)`")


def log_calls(package: str) -> Iterator[tuple[str, ast.Call]]:
    """Calls of a Powertools logger, each with its place."""
    for path in sorted((ROOT / package).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and (_is_on_a_logger(node) or codes(node)):
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node


def _is_on_a_logger(call: ast.Call) -> bool:
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in LEVELS:
        return False
    receiver = ast.unparse(call.func.value)
    return receiver == "log" or receiver.endswith((".log", "._log")) or receiver.startswith("logger(")


def codes(call: ast.Call) -> set[str]:
    """The codes that a call may log: a literal, or one of two."""
    event = next((keyword.value for keyword in call.keywords if keyword.arg == "event"), None)
    choices = [event.body, event.orelse] if isinstance(event, ast.IfExp) else [event]
    return {one.value for one in choices if isinstance(one, ast.Constant) and isinstance(one.value, str)}


def documented(plane: str) -> set[str]:
    logs = (ROOT / "docs" / "operations.md").read_text().partition("\n## Logs\n")[2].partition("\n## ")[0]
    table = logs.partition(f"**{plane}**")[2].partition("\n**")[0]
    return {
        code
        for line in table.splitlines()
        if line.startswith("| `") and "`event`" not in line
        for code in CODE.findall(line.split("|")[1])
    }


@pytest.mark.parametrize("package", PLANES)
def test_every_log_line_has_a_literal_event_code(package: str) -> None:
    calls = [*log_calls(package)]
    assert len(calls) > 20
    assert [place for place, call in calls if not codes(call)] == []


@pytest.mark.parametrize("package", PLANES)
def test_the_table_of_event_codes_is_complete(package: str) -> None:
    logged = {code for _, call in log_calls(package) for code in codes(call)}
    assert documented(PLANES[package]) == logged
