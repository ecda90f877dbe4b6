"""The latest measures of each running stream, written by its node in batches."""

from collections.abc import Iterable

from chalicelib.domain.audience import Audience
from chalicelib.domain.measures import Pulse
from chalicelib.store import runtime_models
from chalicelib.store.guard import store_errors

KEPT = 300  # seconds


def put(pulses: Iterable[Pulse]) -> None:
    """25 rows a request."""
    with store_errors(), runtime_models.Pulse.batch_write() as batch:
        for pulse in pulses:
            batch.save(
                runtime_models.Pulse(
                    pulse.stream_id,
                    at=pulse.at,
                    pulse=pulse.model_dump(mode="json"),
                    ttl=pulse.at // 1000 + KEPT,
                )
            )


def many(stream_ids: Iterable[str]) -> dict[str, Pulse]:
    """Those that there are, by stream id; 100 a request."""
    wanted = sorted(set(stream_ids))
    with store_errors():
        found = runtime_models.Pulse.batch_get(wanted) if wanted else []
        return {row.stream_id: Pulse.model_validate(row.pulse) for row in found}


def audience(stream_id: str) -> Audience | None:
    """Of a stream whose node counts it, or did until now: at most as old as its last pulse."""
    pulse = find(stream_id)
    return pulse.audience if pulse is not None else None


def find(stream_id: str) -> Pulse | None:
    try:
        with store_errors():
            return Pulse.model_validate(runtime_models.Pulse.get(stream_id).pulse)
    except runtime_models.Pulse.DoesNotExist:
        return None
