"""docs/operations.md: what it copies from the code is current, and what it names exists."""

import re
from dataclasses import replace

from infra.costs import LOADS, PART_S, SEGMENT_S, Load, monthly, table, total
from infra.deploy.__main__ import parsed
from infra.prices import HOURS, S3_GB_MONTH, S3_PUT, WEB_ACL_REQUEST
from infra.stages import STAGES, Stage
from tests.infra.conftest import ROOT

PAGE = (ROOT / "docs" / "operations.md").read_text()


def test_the_table_of_costs_is_what_the_code_computes() -> None:
    """Otherwise: paste what `python -m infra.costs prod` prints between the two comments."""
    written = PAGE.partition("<!-- costs -->\n")[2].partition("\n<!-- /costs -->")[0]
    assert written == table(STAGES["prod"], [Load(streams) for streams in LOADS])


def test_the_prices_beside_the_table_are_what_the_code_computes() -> None:
    text = " ".join(PAGE.split())
    prod = STAGES["prod"]

    def bill(load: Load, stage: Stage = prod) -> dict[str, float]:
        return {item.name: item.dollars for item in monthly(stage, load)}

    watched, alone = bill(Load(100, viewers=10)), bill(Load(100))
    viewer_hours = 100 * 10 * HOURS
    assert f"costs {watched['Viewers (CloudFront)'] / viewer_hours:.2f} dollars in CloudFront" in text
    assert f"{(watched['WebSocket'] - alone['WebSocket']) / viewer_hours:.4f} for its WebSocket" in text
    assert f"{2 / PART_S * 3_600 * WEB_ACL_REQUEST:.3f} in the firewall" in text
    assert f"{3_600 / SEGMENT_S * S3_PUT:.3f} an hour for its segments" in text
    assert f"{6 * 3_600 / 8_000 * S3_GB_MONTH:.2f} a month for each hour" in text
    further = total(monthly(replace(prod, remote=("eu-west-1",)), Load(0))) - total(monthly(prod, Load(0)))
    assert f"each adds {further:.0f} dollars a month" in text


def test_the_commands_of_the_page_exist() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for verb in re.findall(r"`make ([a-z-]+)", PAGE):
        assert re.search(rf"^{verb}:", makefile, re.MULTILINE), verb
    given = re.search(r"make deploy STAGE=dev ARGS='(--administrator [^']+)'", PAGE)
    assert given is not None
    assert parsed(["deploy", "dev", *given[1].split()]).stage == "dev"


def test_the_secrets_of_the_page_are_those_of_the_stage() -> None:
    source = (ROOT / "infra" / "data.py").read_text()
    rows = set(re.findall(r"^\| `stream-sync-S/([a-z-]+)`", PAGE, re.MULTILINE)) - {"first-administrator"}
    assert rows == set(
        re.findall(r'\("([a-z-]+)", "[A-Z]', source.partition("def _secrets")[2].partition("def _media")[0])
    )
