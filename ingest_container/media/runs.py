"""Samples of one track that wait to be written, in the track's own units."""

from itertools import pairwise

from .fmp4 import Fragment


class Run:
    """An entry of each list is a sample's. The first `skips[n]` bytes of payload n are not the sample's."""

    __slots__ = ("compositions", "keyframes", "last", "payloads", "skips", "times", "track_id")

    def __init__(self, track_id: int) -> None:
        self.track_id = track_id
        self.times: list[int] = []  # of decoding
        self.compositions: list[int] = []
        self.keyframes: list[bool] = []
        self.payloads: list[bytes] = []
        self.skips: list[int] = []
        self.last = 0  # time of the newest sample

    def add(self, time: int, composition: int, keyframe: bool, payload: bytes, skip: int) -> None:
        self.last = time
        self.times.append(time)
        self.compositions.append(composition)
        self.keyframes.append(keyframe)
        self.payloads.append(payload)
        self.skips.append(skip)

    def clear(self) -> None:
        for each in (self.times, self.compositions, self.keyframes, self.payloads, self.skips):
            each.clear()

    def take(self, count: int, end: int | None) -> Fragment | None:
        """The first `count` samples; `end`: when the last of them ends, if none follows it."""
        times = self.times[: count + 1]
        if not times or not count:
            return None
        if len(times) == count:
            times.append(end if end is not None else times[count - 1])
        taken = Fragment(
            self.track_id,
            times[0],
            [max(0, after - before) for before, after in pairwise(times)],
            self.compositions[:count],
            self.keyframes[:count],
            self.payloads[:count],
            self.skips[:count],
        )
        for each in (self.times, self.compositions, self.keyframes, self.payloads, self.skips):
            del each[:count]
        return taken
