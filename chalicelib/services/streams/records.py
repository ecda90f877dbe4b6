"""What a node leaves behind: timelines of state changes, audit records, pulses, samples."""

from collections.abc import Sequence

from chalicelib.domain.events import StreamHealthChange, StreamStateChange
from chalicelib.domain.measures import Pulse
from chalicelib.domain.samples import SampleRow
from chalicelib.domain.timeline import Entry
from chalicelib.services.streams import lifecycle
from chalicelib.store import pulses, samples


def keep(batch: Sequence[StreamStateChange | StreamHealthChange | Entry]) -> None:
    """Changes and audit records, into the timelines. Raises StoreUnavailable; may be repeated as a whole."""
    lifecycle.record(batch)


def keep_pulses(measured: Sequence[Pulse]) -> None:
    """The latest measures of each stream, 25 rows a request. Raises StoreUnavailable."""
    pulses.put(measured)


def keep_samples(rows: Sequence[SampleRow]) -> None:
    """Minutes of streams' charts. Raises StoreUnavailable; may be repeated as a whole."""
    samples.put(rows)
