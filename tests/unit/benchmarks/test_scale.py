"""The arithmetic of the scale benchmark, and that its document says what it found."""

import json
import re

import pytest

from benchmarks.api.meter import Item
from benchmarks.scale import report, units
from benchmarks.scale.__main__ import DOCUMENT, RESULTS
from benchmarks.scale.fleet import Assumed, hour, traffic
from benchmarks.scale.units import Charge
from infra import actions
from infra.actions import Measured
from infra.costs import Load, monthly
from infra.prices import HOURS
from infra.stages import STAGES
from infra.tables import Index, Table
from local.settings import ROOT

pytestmark = pytest.mark.requirement("FX-24")

PROD = STAGES["prod"]
TABLE = Table("t", "id", indexes=(Index("all", "group", "id"), Index("keys", "owner", "id", keys_only=True)))
ROW = {"id": {"S": "1"}, "note": {"S": "n"}}
LISTED = ROW | {"group": {"S": "g"}, "owner": {"S": "o"}}
LARGE = LISTED | {"note": {"S": "x" * 1_500}}


def charges(before: Item, after: Item, *, transactional: bool = False) -> list[Charge]:
    return list(units.write(TABLE, before, after, transactional=transactional))


def test_a_row_that_no_index_has_costs_the_table_alone() -> None:
    assert charges({}, ROW) == [Charge("t", "1", 1)]


def test_a_transaction_costs_the_table_twice_and_its_indexes_once() -> None:
    written = [Charge("t", "1", 2), Charge("t/all", "g", 1), Charge("t/keys", "o", 1)]
    assert charges({}, LISTED, transactional=True) == written


def test_an_index_of_keys_is_not_charged_for_other_attributes() -> None:
    assert charges(LISTED, LARGE) == [Charge("t", "1", 2), Charge("t/all", "g", 2)]


def test_an_entry_that_goes_is_charged_as_one_that_comes() -> None:
    assert charges(LISTED, ROW) == [Charge("t", "1", 1), Charge("t/all", "g", 1), Charge("t/keys", "o", 1)]


def test_an_entry_whose_key_changes_goes_from_one_partition_and_comes_to_another() -> None:
    moved = LISTED | {"owner": {"S": "p"}}
    assert charges(LISTED, moved) == [
        Charge("t", "1", 1),
        Charge("t/all", "g", 1),
        Charge("t/keys", "o", 1),
        Charge("t/keys", "p", 1),
    ]


def test_a_write_that_changes_nothing_is_charged_all_the_same() -> None:
    assert charges(LISTED, LISTED) == [Charge("t", "1", 1)]


@pytest.fixture(scope="module")
def found() -> report.Document:
    document: report.Document = json.loads(RESULTS.read_text())
    return document


def test_the_document_holds_the_results(found: report.Document) -> None:
    text = DOCUMENT.read_text()
    assert report.measured_table(found) in text
    assert report.fleet_table(found) in text


def test_the_computed_rows_follow_from_the_measured_ones(found: report.Document) -> None:
    measured = {name: Measured(**row) for name, row in found["measured"].items()}
    assert report.document(measured, found["machine"]) == found


def test_costs_grow_with_streams_and_not_with_their_square(found: report.Document) -> None:
    measured = {name: Measured(**row) for name, row in found["measured"].items()}
    small, large = (hour(streams, measured, Assumed()) for streams in (10_000, 100_000))
    for name in ("calls", "read_units", "write_units", "events", "lambda_seconds", "total"):
        assert getattr(large, name) < 11 * getattr(small, name)


@pytest.mark.parametrize("streams", [100, 10_000])
def test_the_bill_of_a_month_is_the_fleets_hour_times_its_hours(streams: int) -> None:
    """docs/operations.md and docs/scale.md never name two prices for one thing."""
    load = Load(streams, dashboards=0.5, broadcast_hours=1, viewers=3)
    bill = {item.name.partition(", ")[0] if "Fargate" in item.name else item.name: item for item in monthly(PROD, load)}
    assumed = Assumed(stream_hours=1, dashboards=0.5, viewers=3, api_lists_s=0)
    fleet = {name: HOURS * dollars for name, dollars in hour(streams, actions.measured(), assumed).dollars.items()}
    assert bill["DynamoDB"].dollars == pytest.approx(fleet["DynamoDB writes"] + fleet["DynamoDB reads"])
    assert bill["WebSocket"].dollars == pytest.approx(fleet["WebSocket"])
    assert bill["Fargate"].dollars == pytest.approx(fleet["Nodes (Fargate)"])
    balancer = bill["Load balancer, hours"].dollars + bill["Load balancer, traffic"].dollars
    assert balancer == pytest.approx(fleet["Load balancer"])
    # The bill has the REST API and the scheduled functions as well.
    assert bill["EventBridge and Lambda"].dollars > fleet["EventBridge"] + fleet["Lambda"]


def test_a_node_without_streams_looks_at_no_watches() -> None:
    assert actions.rates(actions.Traffic(0, 2, 1, 1))["look at watches"] == 0


def test_every_action_is_measured(found: report.Document) -> None:
    assert found["measured"].keys() == actions.rates(traffic(1_000, Assumed())).keys()


def test_a_start_and_end_takes_fewer_than_six_calls_in_a_storm(found: report.Document) -> None:
    assert found["measured"]["start and end"]["calls"] < 6


def test_filling_in_keeps_all_text_around_the_tables(found: report.Document) -> None:
    text = "a\n\n<!-- measured -->\n<!-- /measured -->\n\nb\n\n<!-- fleet -->\nold\n<!-- /fleet -->\n\nc\n"
    filled = report.fill_in(text, found)
    assert report.fill_in(filled, found) == filled
    assert "old" not in filled
    for kept in ("a\n\n<!--", "-->\n\nb\n\n<!--", "-->\n\nc\n"):
        assert kept in filled


def test_the_tests_that_the_document_names_exist() -> None:
    named = re.findall(r"`([\w/]+\.py)::(test_\w+)`", DOCUMENT.read_text())
    assert len(named) > 10
    for path, test in named:
        assert re.search(rf"^(async )?def {test}\(", (ROOT / "tests" / path).read_text(), re.MULTILINE), test
