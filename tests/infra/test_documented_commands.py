"""The commands that operators are told to run exist, with these options and these routes.

AWS's own are looked up in the service models of botocore, of which the command line is made.
"""

import json
import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore import xform_name

import app  # noqa: F401 - it registers every route
from chalicelib.api.openapi.document import document
from infra import api_address, backup, costs
from infra.deploy.__main__ import parsed
from tests.infra.conftest import ROOT

PAGES = ("docs/operations.md", "docs/runbooks.md", "docs/webhooks.md", "infra/README.md")
# Of every command of AWS, and of those that add something to an operation.
GLOBAL = {"query", "output", "region", "cli-input-json"}
COMMANDS_OF_ITS_OWN = {("dynamodb", "wait", "table-exists"): {"table-name"}}
NOT_OPERATIONS = {"wait"}


def code(page: str) -> Iterator[str]:
    """Inline code and fenced lines, each as one line."""
    text = (ROOT / page).read_text()
    for block in re.findall(r"^ *```sh\n(.*?)^ *```", text, re.MULTILINE | re.DOTALL):
        yield from block.replace("\\\n", " ").splitlines()
    text = re.sub(r"^ *```.*?^ *```", "", text, flags=re.MULTILINE | re.DOTALL)
    yield from (" ".join(found.split()) for found in re.findall(r"`([^`]+)`", text))
    yield from (line.strip() for line in text.splitlines() if line.startswith("    "))


def commands(word: str) -> list[tuple[str, str]]:
    """What begins so, also in a pipe or a substitution, up to its end: with the page that it is on."""
    return [
        (page, found)
        for page in PAGES
        for line in code(page)
        for found in re.findall(rf"(?:^|[\s;(|])({word} (?:[^|;()`']|'[^']*'|\([^)]*\))+)", line)
    ]


AWS = [(page, found) for page, found in commands("aws") if re.match(r"aws [a-z-]+ [a-z-]+ ", found + " ")]


@cache
def operations(service: str) -> dict[str, Any]:
    model = botocore.session.get_session().get_service_model(service)
    return {xform_name(name, "-"): model.operation_model(name) for name in model.operation_names}


def options(command: str) -> set[str]:
    return set(re.findall(r"(?:^|\s)--([a-z][a-z-]+)", command)) - GLOBAL


@pytest.mark.parametrize(("page", "command"), AWS, ids=[found[:60] for _, found in AWS])
def test_an_aws_command_has_its_operation_and_its_options(page: str, command: str) -> None:
    _, service, operation, *rest = command.split()
    if operation in NOT_OPERATIONS:
        assert options(command) <= COMMANDS_OF_ITS_OWN[service, operation, rest[0]]
        return
    shape = operations(service)[operation].input_shape
    known = {xform_name(name, "-"): member for name, member in shape.members.items()}
    switches = {f"no-{name}" for name, member in known.items() if member.type_name == "boolean"}
    assert options(command) <= known.keys() | switches, f"{page}: {command}"
    given = {option.removeprefix("no-") for option in options(command)}
    if rest and "cli-input-json" not in command:
        assert {xform_name(name, "-") for name in shape.required_members} <= given, f"{page}: {command}"


def test_aws_commands_are_found_on_the_pages() -> None:
    assert len(AWS) > 25
    assert {page for page, _ in AWS} >= set(PAGES[:2])


MADE = [
    (verb, stage, arguments)
    for page in PAGES
    for verb, stage, arguments in re.findall(
        r"make (deploy|diff|rollback|destroy) STAGE=([\w<>]+)(?:\s+ARGS='([^']*)')?", (ROOT / page).read_text()
    )
]


@pytest.mark.parametrize(("verb", "stage", "arguments"), MADE)
def test_a_deployment_command_is_accepted(verb: str, stage: str, arguments: str) -> None:
    given = parsed([verb, stage.replace("<stage>", "prod"), *shlex.split(arguments.replace("...", "0"))])
    assert callable(given.function)


@pytest.mark.parametrize(
    "command", sorted({re.sub(r"<stage>", "prod", found) for _, found in commands(r"\.venv/bin/python -m infra\.\w+")})
)
def test_a_module_takes_the_arguments_that_it_is_told(command: str) -> None:
    _, _, module, *arguments = shlex.split(command)
    parsers = {"infra.backup": backup.parsed, "infra.costs": costs.parsed}
    if module in parsers:
        parsers[module](arguments)
    else:
        assert (ROOT / f"{module.replace('.', '/')}.py").is_file()


def test_the_routes_that_are_named_exist() -> None:
    paths = {
        (method.upper(), re.sub(r"\{\w+\}", "{}", path)) for path, of in document()["paths"].items() for method in of
    }
    for page in PAGES:
        named = re.findall(r"\b(GET|POST|PUT|PATCH|DELETE)\s+(/(?:api|hooks)/[\w/{}-]+)", (ROOT / page).read_text())
        missing = [one for one in named if (one[0], re.sub(r"\{\w+\}|[A-Z_]+", "{}", one[1])) not in paths]
        assert not missing, page


def test_all_tables_that_are_copied_are_restored() -> None:
    text = (ROOT / "docs" / "operations.md").read_text()
    loops = re.findall(r"for t in ([a-z ]+); do", text)
    assert len(loops) == 2
    assert {tuple(sorted(loop.split())) for loop in loops} == {tuple(sorted(backup.COPIED))}


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_links_to_is_there(page: str) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)\s]+)\)", (ROOT / page).read_text()):
        path, _, anchor = target.partition("#")
        found = (ROOT / page).parent / path if path else ROOT / page
        assert found.exists(), target
        if anchor:
            assert anchor in anchors(found.read_text()), target


def anchors(text: str) -> set[str]:
    """Of the headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_address_of_the_api_is_what_chalice_noted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["api_address", "prod"])
    assert api_address.main() == 1
    assert "run the step `api`" in capsys.readouterr().err
    (tmp_path / api_address.DEPLOYED).mkdir(parents=True)
    noted = {"resources": [{"name": "rest_api", "rest_api_url": "https://a.example.com/api/"}]}
    (tmp_path / api_address.DEPLOYED / "prod.json").write_text(json.dumps(noted))
    assert api_address.main() == 0
    assert capsys.readouterr().out == "https://a.example.com/api\n"
