"""What happened to a stream, entry by entry: audit record and black box."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Entry:
    """`kind` is a short name (`connection`, `Stream Start` ...); `facts` is JSON without secrets. `at` in ms."""

    stream_id: str
    seq: int
    at: int
    kind: str
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ConnectionRecord:
    """The audit record of one publisher's connection. What does not apply or is not known is None.

    `reason` is an EndReason, the code of a refusal, or how the connection ended. A publisher that a full node has moved
    has two records: that of the full node says `moved_to`, and that of the node with the stream `moved_from`.
    """

    node_id: str
    client_ip: str | None
    reason: str
    key_id: str | None = None
    key_label: str | None = None  # of a refused publisher's key
    channel_id: str | None = None
    stream_id: str | None = None
    started_at: str | None = None  # ISO 8601
    duration_s: float | None = None
    bytes: int | None = None
    mean_kbps: float | None = None
    detail: str | None = None
    moved_to: str | None = None
    moved_from: str | None = None

    @property
    def facts(self) -> dict[str, Any]:
        return asdict(self)

    def entry(self, partition: str, seq: int, at: int) -> Entry:
        """In the timeline of its stream, or under `refused_at` its node."""
        return Entry(partition, seq, at, _CONNECTION, self.facts)


_CONNECTION = "connection"
_REFUSED = "refused#"


def refused_at(node_id: str) -> str:
    """Where the audit records of refused publishers go: they have no stream."""
    return _REFUSED + node_id


def refusals_of(channel_id: str) -> str:
    """Where a channel's refusals go, for its owner."""
    return _REFUSED + channel_id


def is_refusal(entry: Entry) -> bool:
    """Whether it is the audit record of a refused publisher; what its channel's owner is shown is written beside it."""
    return entry.kind == _CONNECTION and entry.stream_id.startswith(_REFUSED)


def day_of(at: int) -> str:
    """The day in UTC, `2026-11-26`, that `at` (ms) lies in."""
    return datetime.fromtimestamp(at / 1000, UTC).date().isoformat()


def about_broadcaster(channel_id: str) -> str:
    """Where it is written down who blocked a broadcaster, when, and why."""
    return f"broadcaster#{channel_id}"


def actions_on(day: str) -> str:
    """Where it is written down what administrators did that day (`day_of`)."""
    return f"audit#{day}"
