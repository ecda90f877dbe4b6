"""What one audit record of a connection covers (SS-5.3)."""

from dataclasses import dataclass
from typing import Any

from chalicelib.domain.times import iso
from ingest_container.base.clock import now_ms


@dataclass(frozen=True, slots=True)
class AuditSpan:
    """From the connection's beginning to the end of its first stream; then from each further publish to its end."""

    began: int  # ms since the epoch
    began_at: float  # the loop's time
    received_before: int = 0  # bytes that earlier records have

    @classmethod
    def begin(cls, now: float, received: int = 0) -> "AuditSpan":
        """`now` is the loop's time, `received` what the connection had received by then."""
        return cls(now_ms(), now, received)

    def measures(self, now: float, received: int) -> dict[str, Any]:
        """Its part of the record, for an end at `now`."""
        seconds = now - self.began_at
        size = received - self.received_before
        return {
            "started_at": iso(self.began),
            "duration_s": round(seconds, 3),
            "bytes": size,
            "mean_kbps": round(size * 8 / 1000 / seconds, 1) if seconds > 0 else 0.0,
        }
