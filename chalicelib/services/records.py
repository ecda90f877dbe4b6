"""What a node leaves behind: state changes told and recorded, audit records, pulses."""

from collections.abc import Sequence

from chalicelib.domain.events import Pulse, StreamStateChange
from chalicelib.domain.timeline import Entry
from chalicelib.services import lifecycle
from chalicelib.store import pulses, timeline


def deliver(batch: Sequence[StreamStateChange | Entry]) -> None:
    """State changes onto the bus and into timelines, in order; then the audit records. Raises StoreUnavailable."""
    lifecycle.announce([item for item in batch if isinstance(item, StreamStateChange)])
    for item in batch:
        if isinstance(item, Entry):
            timeline.add(item)


def keep_pulses(measured: Sequence[Pulse]) -> None:
    """The latest measures of each stream, 25 rows a request. Raises StoreUnavailable."""
    pulses.put(measured)
