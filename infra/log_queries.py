"""Saved queries of CloudWatch Logs Insights, as data. What stands in <angle brackets> is to be filled in."""

from dataclasses import dataclass
from enum import StrEnum


class Logs(StrEnum):
    """Whose log groups are searched."""

    NODES = "nodes"
    FUNCTIONS = "functions"


@dataclass(frozen=True, slots=True)
class Query:
    """`lines` are joined by pipes."""

    name: str
    logs: tuple[Logs, ...]
    lines: tuple[str, ...]


_BOTH = (Logs.NODES, Logs.FUNCTIONS)

QUERIES = (
    Query(
        "Why was a publisher refused",
        _BOTH,
        (
            "fields @timestamp, code, node_id, channel_id, key_id, client_ip",
            "filter event = 'publisher_refused'",
            "filter channel_id = '<channel id>' or client_ip = '<client address>'",
            "sort @timestamp desc",
            "limit 100",
        ),
    ),
    Query(
        "What happened to a stream",
        _BOTH,
        (
            "fields @timestamp, event, message, reason, node_id, client_ip, @message",
            "filter stream_id = '<stream id>'",
            "sort @timestamp asc",
            "limit 1000",
        ),
    ),
    Query(
        "Refusals by code",
        _BOTH,
        (
            "filter event = 'publisher_refused'",
            "stats count(*) as refusals, count_distinct(client_ip) as addresses by code",
            "sort refusals desc",
        ),
    ),
    Query(
        "Connections by the reason of their end",
        (Logs.NODES,),
        (
            "filter event = 'audit_record'",
            "stats count(*) as connections, avg(bytes) as average_bytes by reason",
            "sort connections desc",
        ),
    ),
    Query(
        "What failed",
        _BOTH,
        (
            "fields @timestamp, service, event, message, exception_name, @log",
            "filter level = 'ERROR'",
            "sort @timestamp desc",
            "limit 200",
        ),
    ),
    Query(
        "Slow and failed API requests",
        (Logs.FUNCTIONS,),
        (
            "filter event = 'request'",
            "stats count(*) as requests, max(status) as worst, pct(ms, 50) as median_ms, pct(ms, 99) as p99_ms "
            "by method, route",
            "sort p99_ms desc",
        ),
    ),
    Query(
        "What an administrator did",
        (Logs.FUNCTIONS,),
        (
            "fields @timestamp, operator, action, target",
            "filter event = 'admin_action'",
            "sort @timestamp desc",
            "limit 200",
        ),
    ),
)
