"""Alarms are about metrics that exist, say what to do, and change state where their sentence says so."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from chalicelib.domain.metrics import METRICS, Service
from infra.alarm_shapes import Alarm, Comparison, Of
from infra.alarms import ALARMS, BACKGROUND, BUDGET, REQUESTS, RUNBOOKS
from infra.functions import FUNCTIONS
from tests.infra.conftest import ROOT, Template

pytestmark = pytest.mark.requirement("FX-19")

SECTION = re.compile(r"^## (.+)$", re.MULTILINE)
MIB = 1024 * 1024
# For each alarm values of its series that fire it, and values that are nothing to be told of.
EXAMPLES: dict[str, tuple[dict[str, float], dict[str, float]]] = {
    "no-healthy-node": ({"healthy": 0}, {"healthy": 1}),
    "nodes-silent": ({"nodes": 0}, {"nodes": 1}),
    "places-free": ({"free": 199, "places": 1_000}, {"free": 200, "places": 1_000}),
    "refused-full": ({"refused": 1}, {"refused": 0}),
    "loop-lag": ({"lag": 201}, {"lag": 60}),
    "renewals-failed": ({"failed": 5}, {"failed": 1}),
    "leases-lost": ({"lost": 1}, {"lost": 0}),
    "lease-conflicts": ({"nodes": 12, "functions": 8}, {"nodes": 12}),
    "target-resets": ({"resets": 51}, {"resets": 20}),
    "server-errors": ({"errors": 5}, {"errors": 4}),
    "request-functions-fail": ({"errors0": 1, "errors4": 2}, {"errors0": 1, "errors1": 1}),
    "background-functions-fail": ({"errors5": 3}, {"errors0": 2}),
    "functions-throttled": ({"throttles": 1}, {"throttles": 0}),
    "sweeps-stopped": ({"sweeps": 0}, {"sweeps": 3}),
    "events-lost": ({"functions": 4, "dropped": 6}, {"functions": 4, "nodes": 5}),
    "dead-events": ({"dead": 1}, {"dead": 0}),
    "dead-webhook-events": ({"dead": 1}, {"dead": 0}),
    "webhook-events-wait": ({"age": 901}, {"age": 60}),
    "webhooks-dead": ({"dead": 1}, {"dead": 0}),
    "fanout-failures": ({"failures": 6, "posts": 100}, {"posts": 100}),
    "parts-late": ({"late": 6, "parts": 100}, {"late": 5, "parts": 100}),
    "recordings-incomplete": ({"incomplete": 1}, {"incomplete": 0}),
    "recordings-wait": ({"waiting": 257 * MIB}, {"waiting": 200 * MIB}),
}
HOLDS: dict[Comparison, Callable[[float, float], bool]] = {
    Comparison.BELOW: lambda value, threshold: value < threshold,
    Comparison.ABOVE: lambda value, threshold: value > threshold,
    Comparison.AT_LEAST: lambda value, threshold: value >= threshold,
}

alarms = pytest.mark.parametrize("alarm", ALARMS, ids=[alarm.name for alarm in ALARMS])


def value_of(properties: Mapping[str, Any], values: Mapping[str, float]) -> float:
    """Of a template's alarm: its own metric, or its expression with the few functions that ours use."""
    metrics = properties.get("Metrics")
    if metrics is None:
        (value,) = values.values()
        return value
    (expression,) = [each["Expression"] for each in metrics if "Expression" in each]
    names = {each["Id"] for each in metrics if "MetricStat" in each}
    assert set(values) <= names, "the example is about this alarm"
    functions = {
        "FILL": lambda value, instead: instead if value is None else value,
        "SUM": sum,
        "METRICS": lambda: list(values.values()),
    }
    known = dict[str, float | None](dict.fromkeys(names)) | dict(values)  # a series without data is missing
    return float(eval(expression, {"__builtins__": {}} | functions | known))  # noqa: S307 - our own text


@alarms
def test_an_alarm_fires_by_its_example_and_not_by_what_is_usual(alarm: Alarm, observability: Template) -> None:
    """The expressions are evaluated here: no emulator does. `test_alarms_fire` has the alarms without expression."""
    properties = alarm_named(observability, alarm.name)
    firing, usual = EXAMPLES[alarm.name]
    holds = HOLDS[Comparison(properties["ComparisonOperator"])]
    assert holds(value_of(properties, firing), properties["Threshold"])
    assert not holds(value_of(properties, usual), properties["Threshold"])


def alarm_named(template: Template, name: str) -> dict[str, Any]:
    (found,) = [
        each
        for each in template.of_type("AWS::CloudWatch::Alarm").values()
        if each["AlarmName"].endswith(f"-{name}")
        and each["AlarmName"].removeprefix("stream-sync-").partition("-")[2] == name
    ]
    return found


def test_each_alarm_has_its_runbook_and_each_runbook_its_alarm() -> None:
    sections = SECTION.findall((ROOT / RUNBOOKS).read_text())
    assert sections == [*(alarm.name for alarm in ALARMS), BUDGET]


def test_each_runbook_says_what_it_means_what_to_look_at_and_what_to_do() -> None:
    _, *sections = re.split(SECTION, (ROOT / RUNBOOKS).read_text())
    for name, text in zip(sections[::2], sections[1::2], strict=True):
        assert re.findall(r"^\*\*(.+?)\.\*\*", text, re.MULTILINE) == ["Means", "Look first", "Do"], name


@alarms
def test_an_alarm_says_what_to_do_and_tells_the_topic(alarm: Alarm, observability: Template) -> None:
    properties = alarm_named(observability, alarm.name)
    (topic,) = observability.of_type("AWS::SNS::Topic")
    assert properties["AlarmActions"] == properties["OKActions"] == [{"Ref": topic}]
    assert properties["AlarmDescription"]["Fn::Join"][1] == [
        f"{alarm.says}. What to do: ",
        {"Ref": "RunbooksUrl"},
        f"#{alarm.name}",
    ]


@alarms
def test_an_alarm_is_about_metrics_that_are_published(alarm: Alarm) -> None:
    published = {
        service: {n for m in METRICS if service in m.services for n in m.cloudwatch_names} for service in Service
    }
    for series in alarm.series.values():
        if series.of in (Of.INGEST, Of.CONTROL):
            assert series.name in published[Service(series.of.value)]
        else:
            assert series.namespace.startswith("AWS/")


@alarms
def test_our_own_metrics_have_no_dimension_but_stage_and_service(alarm: Alarm, observability: Template) -> None:
    properties = alarm_named(observability, alarm.name)
    shown = [each["MetricStat"]["Metric"] for each in properties.get("Metrics", []) if "MetricStat" in each]
    for metric in shown or [properties]:
        if metric["Namespace"] == "StreamSync":
            assert {each["Name"] for each in metric["Dimensions"]} == {"stage", "service"}
    assert len(shown) <= 10, "CloudWatch takes no more in one alarm"


@alarms
def test_silence_is_an_alarm_only_where_it_is_the_failure(alarm: Alarm, observability: Template) -> None:
    properties = alarm_named(observability, alarm.name)
    silent = {"no-healthy-node", "nodes-silent", "sweeps-stopped"}
    assert properties["TreatMissingData"] == ("breaching" if alarm.name in silent else "notBreaching")


def test_every_function_is_watched() -> None:
    assert sorted((*REQUESTS, *BACKGROUND)) == sorted(function.name for function in FUNCTIONS)
