"""Samples of one track that wait to be written, in the track's own units.

What a trun box says of a sample (14496-12, 8.8.8) is written down as the sample comes, so that a fragment needs no more
work for each.
"""

from .fmp4 import ENTRY_SIZE, NOT_SYNC, SYNC, Fragment

# Own names: plain C numbers where this is compiled. Fields of an entry: duration, size, flags, composition offset.
_ENTRY, _SIZE, _FLAGS, _COMPOSITION = ENTRY_SIZE, 4, 8, 12
_SYNC, _NOT_SYNC = SYNC, NOT_SYNC
_NO_ENTRY = bytes(ENTRY_SIZE)


class Run:
    """The first `skips[n]` bytes of payload n are not the sample's."""

    __slots__ = ("_table", "count", "first", "first_is_key", "last", "payloads", "skips", "track_id")

    def __init__(self, track_id: int) -> None:
        self.track_id = track_id
        self.clear()

    def clear(self) -> None:
        self.count = 0
        self.first = self.last = 0  # decoding times of the oldest and the newest sample, if there are any
        self.first_is_key = False
        self.payloads: list[bytes] = []
        self.skips: list[int] = []
        self._table = bytearray()  # durations are those of samples with another behind them

    def add(self, time: int, composition: int, keyframe: bool, payload: bytes, skip: int) -> None:
        """A sample that is decoded at `time`, no earlier than the one before."""
        end = self.count * _ENTRY
        if self.count:
            _write(self._table, end - _ENTRY, time - self.last)
        else:
            self.first, self.first_is_key = time, keyframe
        self._table += _NO_ENTRY
        _write(self._table, end + _SIZE, len(payload) - skip)
        _write(self._table, end + _FLAGS, _SYNC if keyframe else _NOT_SYNC)
        _write(self._table, end + _COMPOSITION, composition)
        self.count += 1
        self.last = time
        self.payloads.append(payload)
        self.skips.append(skip)

    def take(self, end: int | None) -> Fragment | None:
        """All samples, the last of which ends at `end`. None: but for the last, which waits for the next to end it."""
        count = self.count if end is not None else self.count - 1
        if count < 1:
            return None
        size = count * _ENTRY
        if end is not None:
            _write(self._table, size - _ENTRY, max(0, end - self.last))
        taken = Fragment(
            self.track_id, self.first, bytes(self._table[:size]), self.payloads[:count], self.skips[:count]
        )
        del self._table[:size], self.payloads[:count], self.skips[:count]
        self.count -= count
        self.first = self.last
        # The one that waits, if any, is sound.
        self.first_is_key = True
        return taken

    def times(self) -> list[int]:
        """Of decoding, of each sample."""
        found = [self.first] if self.count else []
        for at in range(0, (self.count - 1) * _ENTRY, _ENTRY):
            found.append(found[-1] + int.from_bytes(self._table[at : at + _SIZE], "big"))
        return found


def _write(table: bytearray, at: int, value: int) -> None:
    """As 32 bits."""
    table[at] = value >> 24 & 0xFF
    table[at + 1] = value >> 16 & 0xFF
    table[at + 2] = value >> 8 & 0xFF
    table[at + 3] = value & 0xFF
