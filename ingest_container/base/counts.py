"""What a node counts as it happens: plain numbers, read when metrics are written. `chalicelib.domain.metrics` names
them."""

from collections import Counter
from dataclasses import dataclass, field

from ingest_container.base.histogram import Histogram


@dataclass(slots=True)
class NodeCounts:
    """Since the node began."""

    refusals: Counter[str] = field(default_factory=Counter)  # by code
    rejected: Counter[str] = field(default_factory=Counter)  # connections, by reason
    moves: Counter[str] = field(default_factory=Counter)  # of publishers to peers, by result
    bytes_of_closed: int = 0  # received by connections that are closed
    publish_to_live: Histogram = field(default_factory=Histogram)
    renewals_failed: int = 0  # by the thread that renews
    leases_lost: int = 0
    events_dropped: int = 0
    findings: Counter[str] = field(default_factory=Counter)  # by code
    parts: int = 0
    parts_late: int = 0
    packaging_stopped: int = 0
    recording_failures: int = 0
    recordings_incomplete: int = 0
