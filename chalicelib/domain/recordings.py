"""Recordings of streams: their states, and how long they are kept.

    (nothing) --first segment stored--> RECORDING --stream ended--> AVAILABLE | INCOMPLETE --deleted, expired--> DELETED
        `--stream ended, nothing stored--> FAILED

A recording belongs to a stream id: it goes on across interruptions and nodes. Its facts are in the stream's row; what
it consists of is in the names of its objects alone (`recording_objects`).
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from chalicelib.domain.metadata import Visibility

DAY = 24 * 3_600_000  # ms
# Once its stream has ended, a recording waits so long for its node to finish it before the sweep does.
NODE_FINISHES = 60_000  # ms
LEAST_NOTICE = DAY  # ms that a recording stays after its owner has given it an expiry again


class RecordingStatus(StrEnum):
    RECORDING = "recording"
    AVAILABLE = "available"
    INCOMPLETE = "incomplete"
    FAILED = "failed"
    DELETED = "deleted"


PLAYABLE = frozenset({RecordingStatus.AVAILABLE, RecordingStatus.INCOMPLETE})


class RecordingReason(StrEnum):
    """Why a recording is incomplete or failed, permanently or for now."""

    STORAGE_UNREACHABLE = "storage_unreachable"
    STORAGE_REFUSED = "storage_refused"
    STORAGE_FULL = "storage_full"
    STORAGE_CORRUPT = "storage_corrupt"  # what was stored is not what was sent
    STORAGE_SLOW = "storage_slow"
    TOO_LONG = "too_long"
    PACKAGING_STOPPED = "packaging_stopped"
    NODE_LOST = "node_lost"
    INTERNAL_ERROR = "internal_error"


REASON_TEXT: dict[RecordingReason, str] = {
    RecordingReason.STORAGE_UNREACHABLE: "The storage for recordings could not be reached.",
    RecordingReason.STORAGE_REFUSED: "The storage for recordings refused to store them.",
    RecordingReason.STORAGE_FULL: "The storage for recordings is full.",
    RecordingReason.STORAGE_CORRUPT: "The storage for recordings stored corrupted data.",
    RecordingReason.STORAGE_SLOW: "The storage for recordings was too slow.",
    RecordingReason.TOO_LONG: "The stream exceeded the maximum length of a recording.",
    RecordingReason.PACKAGING_STOPPED: "Packaging stopped before the end of the stream.",
    RecordingReason.NODE_LOST: "The ingest server failed; up to one segment is missing.",
    RecordingReason.INTERNAL_ERROR: "The ingest server stopped recording because of a defect.",
}


class StorageFailed(Exception):
    """A request to the storage failed; another attempt may succeed."""

    def __init__(self, reason: RecordingReason) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Recording:
    """What the stream's row says of its recording. Times in ms; `expires_at` is None while it is kept or goes on."""

    status: RecordingStatus
    reason: RecordingReason | None = None
    duration_ms: int = 0
    size_bytes: int = 0
    expires_at: int | None = None
    kept: bool = False

    @property
    def is_playable(self) -> bool:
        return self.status in PLAYABLE

    def as_read(self, now: int) -> "Recording":
        """Nobody gets what has expired, though nobody has deleted it yet."""
        if self.expires_at is not None and self.expires_at <= now:
            return replace(self, status=RecordingStatus.DELETED, expires_at=None)
        return self


def is_private(channel: Visibility, stream: Visibility) -> bool:
    """A recording is private while its channel is, and always if its stream was private at the end."""
    return Visibility.PRIVATE in (channel, stream)


def status_at_end(segments: int, reason: RecordingReason | None) -> RecordingStatus:
    """Of a recording whose stream has ended; `reason` is why something of it is missing."""
    if not segments:
        return RecordingStatus.FAILED
    return RecordingStatus.AVAILABLE if reason is None else RecordingStatus.INCOMPLETE


def expiry(ended_at: int, days: int, now: int | None = None) -> int:
    """When a recording is deleted. `now`: its owner has just given up keeping it, and gets notice."""
    at = ended_at + days * DAY
    return at if now is None else max(at, now + LEAST_NOTICE)
