"""Keeps the proofs in docs/requirements.md: the tests that carry a row's id as `@pytest.mark.requirement`.

`python -m tests.support.proofs` writes the column anew; a test fails while it is stale.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "requirements.md"
ROW = re.compile(r"^\| ((?:SS|SO|ST|FX|HI|EN)-[\d.]+) \| (.*?) \| (.*?) \| (.*?) \|$")
MOST_NAMED = 4  # files a row names; the marker finds the rest


def markers() -> dict[str, list[str]]:
    """Requirement id -> test files that prove it, those with the most tests first."""
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for file in sorted((ROOT / "tests").rglob("test_*.py")):
        for requirement in _ids_in(ast.parse(file.read_text())):
            counts[requirement][str(file.relative_to(ROOT))] += 1
    return {row: sorted(files, key=lambda name: (-files[name], name)) for row, files in counts.items()}


def _ids_in(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "requirement":
            for argument in node.args:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield argument.value


def rows(text: str) -> dict[str, tuple[str, str, str]]:
    """Requirement id -> what it says, its proofs, and what else is to be said of it."""
    found = (ROW.match(line) for line in text.splitlines())
    return {m[1]: (m[2], m[3], m[4]) for m in found if m}


def with_proofs(text: str) -> str:
    """The document with its column of proofs made anew."""
    proofs = markers()

    def line(match: re.Match[str]) -> str:
        row, what, _, note = match.groups()
        files = proofs.get(row, [])
        named = ", ".join(f"[{Path(f).stem.removeprefix('test_')}](../{f})" for f in files[:MOST_NAMED])
        more = f" and {len(files) - MOST_NAMED} more" if len(files) > MOST_NAMED else ""
        return f"| {row} | {what} | {named + more or '-'} | {note} |"

    return "\n".join(line(m) if (m := ROW.match(each)) else each for each in text.splitlines()) + "\n"


if __name__ == "__main__":
    DOCUMENT.write_text(with_proofs(DOCUMENT.read_text()))
