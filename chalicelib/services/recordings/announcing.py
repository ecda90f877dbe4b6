"""What happens to recordings: onto the bus, and into the stream's timeline."""

from chalicelib.domain.events import RecordingStateChange
from chalicelib.domain.recordings import REASON_TEXT
from chalicelib.domain.timeline import Entry
from chalicelib.services import bus
from chalicelib.store import timeline


def announce(event: RecordingStateChange) -> None:
    """Raises StoreUnavailable; may be repeated."""
    bus.publish([event])
    facts = event.model_dump(mode="json", exclude_none=True, exclude={"event_name", "stream_id", "seq", "at"})
    if event.reason is not None:
        facts["detail"] = REASON_TEXT[event.reason]
    timeline.add(Entry(event.stream_id, event.seq, event.at, event.event_name.value, facts))
