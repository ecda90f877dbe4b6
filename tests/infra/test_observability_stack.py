"""The dashboard, the saved queries, the topic; and that no log is kept for ever."""

import ast
import json
import re
from typing import Any

import pytest

from chalicelib.domain.metrics import METRICS
from chalicelib.domain.timeline import ConnectionRecord
from infra.log_queries import QUERIES, Query
from infra.stages import StageName
from tests.infra.conftest import ROOT, Package, Template, Templates

pytestmark = pytest.mark.requirement("FX-19")

WORD = re.compile(r"@?[a-z_][a-z0-9_]{2,}")
# Of the query language; `service`, `level`, `message` and `exception_name` are in every line of the logger.
LANGUAGE = set(
    re.findall(r"\w+", "fields filter sort desc asc limit stats count count_distinct avg max pct and by or as")
)
OF_THE_LOGGER = {"service", "level", "message", "exception_name"}


def test_every_metric_is_on_the_dashboard(observability: Template) -> None:
    body = observability.only("AWS::CloudWatch::Dashboard")["DashboardBody"]
    text = "".join(part if isinstance(part, str) else "" for part in body["Fn::Join"][1])
    shown = {metric[1] for widget in json.loads(text)["widgets"] for metric in widget["properties"].get("metrics", [])}
    assert {name for metric in METRICS for name in metric.cloudwatch_names} - shown == {"Nodes", "PlacesFree"}


def logged_fields() -> set[str]:
    """What our log lines have: keywords of logger calls."""
    found: set[str] = set()
    for package in ("chalicelib", "ingest_container"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and any(keyword.arg == "event" for keyword in node.keywords):
                    found |= {keyword.arg for keyword in node.keywords if keyword.arg}
    return found | set(ConnectionRecord.__dataclass_fields__) | OF_THE_LOGGER


@pytest.mark.parametrize("query", QUERIES, ids=[query.name for query in QUERIES])
def test_a_saved_query_asks_for_what_is_logged(query: Query) -> None:
    text = re.sub(r"'[^']*'", "", " | ".join(query.lines))
    own_names = set(re.findall(r" as ([a-z0-9_]+)", text))
    words = {word for word in WORD.findall(text) if not word.startswith("@")}
    assert words - LANGUAGE - own_names <= logged_fields()
    events = set(re.findall(r"event = '([a-z_]+)'", " ".join(query.lines)))
    documented = (ROOT / "docs" / "operations.md").read_text()
    assert all(f"`{event}`" in documented for event in events)


def test_the_queries_search_the_logs_of_nodes_and_functions(observability: Template, stage: StageName) -> None:
    queries = observability.of_type("AWS::Logs::QueryDefinition").values()
    assert {query["Name"] for query in queries} == {f"stream-sync-{stage}/{query.name}" for query in QUERIES}
    (refused,) = [query for query in queries if query["Name"].endswith("/Why was a publisher refused")]
    assert f"/stream-sync-{stage}/ingest" in refused["LogGroupNames"]
    assert f"/aws/lambda/stream-sync-{stage}" in refused["LogGroupNames"]
    assert len(refused["LogGroupNames"]) == 12


def test_no_log_is_kept_for_ever(templates: dict[StageName, Templates], package: Package, stage: StageName) -> None:
    own = templates[stage]
    groups: dict[str, dict[str, Any]] = {}
    for template in (own.data, own.ingest, own.edge, own.observability, package.template):
        groups |= template.of_type("AWS::Logs::LogGroup")
    names = [str(group["LogGroupName"]) for group in groups.values()]
    assert f"/stream-sync-{stage}/ingest" in names
    assert f"/aws/ecs/containerinsights/stream-sync-{stage}/performance" in names
    assert all(0 < group["RetentionInDays"] <= 90 for group in groups.values())


def test_only_alarms_of_this_account_are_published(observability: Template) -> None:
    statements = observability.only("AWS::SNS::TopicPolicy")["PolicyDocument"]["Statement"]
    allowed = {each["Principal"]["Service"]: each["Condition"] for each in statements if each["Effect"] == "Allow"}
    assert set(allowed) == {"cloudwatch.amazonaws.com"}
    assert set(allowed["cloudwatch.amazonaws.com"]) == {"ArnLike"}
    (denied,) = [each for each in statements if each["Effect"] == "Deny"]
    assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_a_mail_address_is_asked_for_and_may_be_left_out(observability: Template) -> None:
    assert observability.body["Parameters"]["AlarmEmail"]["Default"] == ""
    assert observability.body["Resources"]["Mail"]["Condition"] == "HasEmail"
