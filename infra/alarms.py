"""The alarms of a stage, as data: what is compared with what, for how long, and the sentence that people get.

Each has a section in docs/runbooks.md of the same name; a test looks. `infra.observability` makes them.
"""

from collections.abc import Mapping
from dataclasses import replace

from chalicelib.domain import metrics
from chalicelib.domain.metrics import Metric, Service
from infra.alarm_shapes import Alarm, Comparison, Missing, Of, Series

RUNBOOKS = "docs/runbooks.md"
FIVE_MINUTES = 300


def _node(metric: Metric, statistic: str = "Sum") -> Series:
    return Series(metric.cloudwatch_names[-1], Of.INGEST, statistic)


def _function(metric: Metric) -> Series:
    return Series(metric.cloudwatch_names[-1], Of.CONTROL)


def _both(metric: Metric) -> dict[str, Series]:
    assert metric.services == (Service.INGEST, Service.CONTROL)  # noqa: S101
    return {"nodes": _node(metric), "functions": _function(metric)}


BOTH = "FILL(nodes, 0) + FILL(functions, 0)"

ALARMS: tuple[Alarm, ...] = (
    Alarm(
        "no-healthy-node",
        "The load balancer has no node to send new publishers to",
        {"healthy": Series("HealthyHostCount", Of.TARGETS, "Maximum", "AWS/NetworkELB")},
        Comparison.BELOW,
        1,
        times=2,
        missing=Missing.BAD,
    ),
    Alarm(
        "nodes-silent",
        "No node reports its metrics",
        {"nodes": _node(metrics.NODES)},
        Comparison.BELOW,
        1,
        times=3,
        missing=Missing.BAD,
    ),
    Alarm(
        "places-free",
        "Less than 20 % of all places for publishers are free",
        {"free": _node(metrics.PLACES_FREE), "places": _node(metrics.PLACES)},
        Comparison.BELOW,
        20,
        expression="100 * free / places",
        times=3,
    ),
    Alarm(
        "refused-full",
        "Publishers with a valid key are refused because no place is free",
        {"refused": _node(metrics.REFUSALS_FULL)},
        Comparison.AT_LEAST,
        1,
    ),
    Alarm(
        "loop-lag",
        "A node's event loop is late: its media waits",
        {"lag": _node(metrics.LOOP_LAG, "Maximum")},
        Comparison.ABOVE,
        200,
        times=3,
    ),
    Alarm(
        "renewals-failed",
        "Nodes cannot renew their sessions: they do not reach the database",
        {"failed": _node(metrics.RENEWALS_FAILED)},
        Comparison.AT_LEAST,
        5,
    ),
    Alarm(
        "leases-lost",
        "A node lost the channel of a running stream to another publisher",
        {"lost": _node(metrics.LEASES_LOST)},
        Comparison.AT_LEAST,
        1,
    ),
    Alarm(
        "lease-conflicts",
        "Publishers compete for channels unusually often",
        _both(metrics.LEASE_CONFLICTS),
        Comparison.AT_LEAST,
        20,
        expression=BOTH,
        period_s=FIVE_MINUTES,
    ),
    Alarm(
        "target-resets",
        "Nodes reset connections of publishers or viewers",
        {"resets": Series("TCP_Target_Reset_Count", Of.BALANCER, "Sum", "AWS/NetworkELB")},
        Comparison.ABOVE,
        50,
        period_s=FIVE_MINUTES,
    ),
    Alarm(
        "server-errors",
        "The API answers with 5xx",
        {"errors": _function(metrics.SERVER_ERRORS)},
        Comparison.AT_LEAST,
        5,
        period_s=FIVE_MINUTES,
    ),
    Alarm(
        "request-functions-fail",
        "Functions that callers wait for crash or run into their time limit",
        {"errors": Series("Errors", Of.REQUESTS, "Sum", "AWS/Lambda")},
        Comparison.AT_LEAST,
        3,
        period_s=FIVE_MINUTES,
    ),
    Alarm(
        "background-functions-fail",
        "Functions for events and schedules crash or run into their time limit",
        {"errors": Series("Errors", Of.BACKGROUND, "Sum", "AWS/Lambda")},
        Comparison.AT_LEAST,
        3,
        period_s=FIVE_MINUTES,
    ),
    Alarm(
        "functions-throttled",
        "Lambda refuses invocations: the account's concurrency is used up",
        {"throttles": Series("Throttles", Of.ACCOUNT, "Sum", "AWS/Lambda")},
        Comparison.AT_LEAST,
        1,
        period_s=FIVE_MINUTES,
    ),
    Alarm(
        "sweeps-stopped",
        "No scheduled sweep has run to its end for five minutes",
        {"sweeps": _function(metrics.SWEEPS)},
        Comparison.BELOW,
        1,
        period_s=FIVE_MINUTES,
        missing=Missing.BAD,
    ),
    Alarm(
        "events-lost",
        "Events did not reach the event bus, or were dropped on a node",
        _both(metrics.EVENTS_FAILED) | {"dropped": _node(metrics.EVENTS_DROPPED)},
        Comparison.AT_LEAST,
        10,
        expression=f"{BOTH} + FILL(dropped, 0)",
        period_s=FIVE_MINUTES,
    ),
    Alarm(
        "dead-events",
        "Events for dashboards were given up and lie in the dead-letter queue",
        {"dead": Series("ApproximateNumberOfMessagesVisible", Of.DEAD_EVENTS, "Maximum", "AWS/SQS")},
        Comparison.AT_LEAST,
        1,
        period_s=FIVE_MINUTES,
    ),
    Alarm(
        "dead-webhook-events",
        "Events for webhooks were given up and lie in the dead-letter queue",
        {"dead": Series("ApproximateNumberOfMessagesVisible", Of.DEAD_WEBHOOK_EVENTS, "Maximum", "AWS/SQS")},
        Comparison.AT_LEAST,
        1,
        period_s=FIVE_MINUTES,
    ),
    Alarm(
        "webhook-events-wait",
        "Events for webhooks wait longer than 15 minutes",
        {"age": Series("ApproximateAgeOfOldestMessage", Of.WEBHOOK_EVENTS, "Maximum", "AWS/SQS")},
        Comparison.ABOVE,
        900,
        period_s=FIVE_MINUTES,
    ),
    Alarm(
        "webhooks-dead",
        "Webhook deliveries were given up after a day of attempts",
        {"dead": _function(metrics.WEBHOOKS_DEAD)},
        Comparison.AT_LEAST,
        1,
        period_s=FIVE_MINUTES,
    ),
    Alarm(
        "fanout-failures",
        "More than 5 % of the messages to dashboards and viewers fail",
        {"failures": _function(metrics.FANOUT_FAILURES), "posts": _function(metrics.FANOUT_POSTS)},
        Comparison.ABOVE,
        5,
        expression="100 * FILL(failures, 0) / posts",
        period_s=FIVE_MINUTES,
    ),
    Alarm(
        "parts-late",
        "More than 5 % of the HLS parts are late",
        {"late": _node(metrics.PARTS_LATE), "parts": _node(metrics.PARTS)},
        Comparison.ABOVE,
        5,
        expression="100 * late / parts",
        times=5,
    ),
    Alarm(
        "recordings-incomplete",
        "Recordings lack something",
        {"incomplete": _node(metrics.RECORDINGS_INCOMPLETE)},
        Comparison.AT_LEAST,
        1,
        period_s=FIVE_MINUTES,
    ),
    Alarm(
        "recordings-wait",
        "More than 256 MB of a node's recordings wait to be stored",
        {"waiting": _node(metrics.RECORDING_QUEUE, "Maximum")},
        Comparison.ABOVE,
        256 * 1024 * 1024,
        times=3,
    ),
)


def _of_nodes(alarm: Alarm) -> Alarm | None:
    """What is left of it in a region that has nodes and nothing else."""
    kept = {name: series for name, series in alarm.series.items() if series.of in (Of.INGEST, Of.BALANCER, Of.TARGETS)}
    if len(kept) == len(alarm.series) or not kept:
        return alarm if kept else None
    added_up = " + ".join(f"FILL({name}, 0)" for name in kept) if len(kept) > 1 else None
    return replace(alarm, series=kept, expression=added_up)


NODE_ALARMS = tuple(alarm for alarm in map(_of_nodes, ALARMS) if alarm is not None)

# AWS Budgets warns by itself (`infra.budget`), not by an alarm; it has its section all the same.
BUDGET = "budget"

# The functions behind `Of.REQUESTS` and `Of.BACKGROUND`, by Chalice's names. CloudWatch adds up ten metrics at most.
REQUESTS = ("api_handler", "broadcaster_auth", "websocket_connect", "websocket_message", "websocket_disconnect")
BACKGROUND = (
    "on_stream_event",
    "on_webhook_event",
    "sweep_dead_nodes",
    "sweep_recordings",
    "sweep_webhooks",
    "reconcile_media_servers",
)
FUNCTIONS: Mapping[Of, tuple[str, ...]] = {Of.REQUESTS: REQUESTS, Of.BACKGROUND: BACKGROUND}
