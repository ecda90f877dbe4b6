"""The latest measures of each running stream, written by its node in batches."""

from collections.abc import Iterable

from chalicelib.domain.measures import NOT_COUNTED, Counted, Pulse
from chalicelib.domain.packing import packed, unpacked
from chalicelib.domain.samples import as_lists, from_lists
from chalicelib.store import runtime_models
from chalicelib.store.guard import store_errors

KEPT = 300  # seconds
# Facts are in the stream's own row as soon as they are known. With them most pulses would take two write units.
LEFT_OUT = {"facts"}


def put(pulses: Iterable[Pulse]) -> None:
    """Without their facts, 25 rows a request."""
    with store_errors(), runtime_models.Pulse.batch_write() as batch:
        for pulse in pulses:
            batch.save(row(pulse))


def row(pulse: Pulse) -> runtime_models.Pulse:
    """The pulse itself is plain JSON: while nodes are replaced, functions of the version before read it too."""
    totals = pulse.totals.model_dump(mode="json", exclude_defaults=True) if pulse.totals is not None else None
    return runtime_models.Pulse(
        pulse.stream_id,
        at=pulse.at,
        pulse=pulse.model_dump(mode="json", exclude_defaults=True, exclude=LEFT_OUT),
        history=packed({"recent": as_lists(pulse.recent), "totals": totals}),
        ttl=pulse.at // 1000 + KEPT,
    )


def many(stream_ids: Iterable[str]) -> dict[str, Pulse]:
    """Those that there are, by stream id; 100 a request."""
    wanted = sorted(set(stream_ids))
    with store_errors():
        found = runtime_models.Pulse.batch_get(wanted) if wanted else []
        return {row.stream_id: _pulse(row) for row in found}


def counted(stream_id: str) -> Counted:
    """Of a stream whose node counts, or did until now: at most as old as its last pulse."""
    pulse = find(stream_id)
    return pulse.counted if pulse is not None else NOT_COUNTED


def find(stream_id: str) -> Pulse | None:
    try:
        with store_errors():
            return _pulse(runtime_models.Pulse.get(stream_id))
    except runtime_models.Pulse.DoesNotExist:
        return None


def _pulse(row: runtime_models.Pulse) -> Pulse:
    """Nodes before 0.3 write no history."""
    history = unpacked(row.history) if row.history is not None else {}
    more = {"recent": from_lists(history.get("recent", ())), "totals": history.get("totals")}
    return Pulse.model_validate({**row.pulse, **more})
