"""docs/operations.md: what it copies from the code is current, and what it names exists."""

import re

from infra.costs import LOADS, Load, table
from infra.deploy.__main__ import parsed
from infra.stages import STAGES
from infra.tables import TABLES
from tests.infra.conftest import ROOT

PAGE = (ROOT / "docs" / "operations.md").read_text()


def test_the_table_of_costs_is_what_the_code_computes() -> None:
    """Otherwise: paste what `python -m infra.costs prod` prints between the two comments."""
    written = PAGE.partition("<!-- costs -->\n")[2].partition("\n<!-- /costs -->")[0]
    assert written == table(STAGES["prod"], [Load(streams) for streams in LOADS])


def test_the_commands_of_the_page_exist() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for verb in re.findall(r"`make ([a-z-]+)", PAGE):
        assert re.search(rf"^{verb}:", makefile, re.MULTILINE), verb
    for module in re.findall(r"python -m (infra\.\w+)", PAGE):
        assert (ROOT / f"{module.replace('.', '/')}.py").is_file()
    given = re.search(r"make deploy STAGE=dev ARGS='(--administrator [^']+)'", PAGE)
    assert given is not None
    assert parsed(["deploy", "dev", *given[1].split()]).stage == "dev"


def test_the_secrets_of_the_page_are_those_of_the_stage() -> None:
    source = (ROOT / "infra" / "data.py").read_text()
    rows = set(re.findall(r"^\| `stream-sync-S/([a-z-]+)`", PAGE, re.MULTILINE)) - {"first-administrator"}
    assert rows == set(
        re.findall(r'\("([a-z-]+)", "[A-Z]', source.partition("def _secrets")[2].partition("def _media")[0])
    )


def test_the_tables_that_are_restored_exist() -> None:
    names = {table.name for table in TABLES}
    assert set(re.findall(r"--source-table-name stream-sync-prod-(\w+)", PAGE)) <= names
