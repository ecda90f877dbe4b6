"""What happens to recordings: onto the bus, and what goes wrong with them, and deletion, into the timeline."""

from chalicelib.domain.events import RecordingEventName, RecordingStateChange
from chalicelib.domain.recordings import REASON_TEXT
from chalicelib.domain.timeline import Entry
from chalicelib.services import bus
from chalicelib.store import timeline

_EXPECTED = (RecordingEventName.RECORDING_START, RecordingEventName.RECORDING_END)


def announce(event: RecordingStateChange) -> None:
    """Raises StoreUnavailable; may be repeated.

    A timeline ends with the end of its stream: a recording that went well is in the stream's `recording`.
    """
    bus.publish([event])
    if event.reason is None and event.event_name in _EXPECTED:
        return
    facts = event.model_dump(mode="json", exclude_none=True, exclude={"event_name", "stream_id", "seq", "at"})
    if event.reason is not None:
        facts["detail"] = REASON_TEXT[event.reason]
    timeline.add(Entry(event.stream_id, event.seq, event.at, event.event_name.value, facts))
