"""A stream's measures over its whole length: a sample every ten seconds, with the least, the average and the most.

    measures, once a second --Sampler--> samples of 10 s --packing--> a row a minute --merged--> samples of minutes

Samples lie on one grid, that of the wall clock, so those of two nodes that carried a stream in turn fit together. Pure:
no clock, no I/O.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any, NamedTuple

SAMPLE_S = 10  # seconds of a stored sample
SAMPLE_MS = SAMPLE_S * 1000
SAMPLES_A_ROW = 6

# What is sampled, in the order in which it is stored: new ones go to the end. And the decimals that are kept.
SERIES: Mapping[str, int] = {
    "bitrate_kbps": 0,
    "video_fps": 1,
    "keyframe_interval_s": 2,
    "viewers": 1,
    "video_bitrate_kbps": 0,
    "audio_bitrate_kbps": 0,
}


class Spread(NamedTuple):
    """Of the values of some time: the least, their average and the most."""

    min: float
    average: float
    max: float


@dataclass(frozen=True, slots=True)
class Sample:
    """The measures of some time from `at` (ms) on, by series; one of which nothing was measured is missing.

    `seconds` is for how many of them there were measures.
    """

    at: int
    seconds: int
    spreads: Mapping[str, Spread]


@dataclass(frozen=True, slots=True)
class SampleRow:
    """A minute's samples of a stream, or fewer, as they are stored. `at` (ms) is when the row was finished.

    So no two nodes that carry a stream in turn write the same row, and a row with samples after a moment has an `at`
    after it.
    """

    stream_id: str
    at: int
    samples: tuple[Sample, ...]


class _Values:
    """The values of one series within a sample."""

    __slots__ = ("count", "max", "min", "total")

    def __init__(self, value: float) -> None:
        self.min = self.max = self.total = value
        self.count = 1

    def add(self, value: float) -> None:
        self.total += value
        self.count += 1
        if value < self.min:
            self.min = value
        elif value > self.max:
            self.max = value

    def spread(self, decimals: int) -> Spread:
        average = min(max(self.total / self.count, self.min), self.max)  # a sum of floats may be a little off
        return Spread(round(self.min, decimals), round(average, decimals), round(self.max, decimals))


class Sampler:
    """Makes samples of one stream's measures, and rows of its samples.

    `phase` is the sample of a row's time at which a row begins: streams of different phases finish rows at different
    times. A stream begins in the middle of a row, and so its first one is short.
    """

    def __init__(self, phase: int = 0) -> None:
        self._phase = phase
        self._values: dict[str, _Values] = {}
        self._slot = 0
        self._seconds = 0
        self._row: list[Sample] = []

    def add(self, now: int, measures: Mapping[str, float | None]) -> list[Sample]:
        """The measures of one second. Returns the samples of a row that is finished by now, or nothing."""
        slot = now // SAMPLE_MS
        finished: list[Sample] = []
        if slot != self._slot:
            self._finish_sample()
            if self._row and self._row_of(slot) != self._row_of(self._slot):
                finished, self._row = self._row, []
            self._slot = slot
        self._seconds += 1
        for name, value in measures.items():
            if value is None:
                continue
            if name in self._values:
                self._values[name].add(value)
            else:
                self._values[name] = _Values(value)
        return finished

    @property
    def unfinished(self) -> list[Sample]:
        """The samples that no row has yet; of the last one more may come."""
        present = self._present()
        return [*self._row, present] if present is not None else list(self._row)

    def close(self) -> list[Sample]:
        """The same, for the last row: nothing more comes."""
        self._finish_sample()
        finished, self._row = self._row, []
        return finished

    def _row_of(self, slot: int) -> int:
        return (slot + self._phase) // SAMPLES_A_ROW

    def _present(self) -> Sample | None:
        if not self._seconds:
            return None
        spreads = {name: values.spread(SERIES[name]) for name, values in self._values.items()}
        return Sample(self._slot * SAMPLE_MS, self._seconds, spreads)

    def _finish_sample(self) -> None:
        if (present := self._present()) is not None:
            self._row.append(present)
        self._values, self._seconds = {}, 0


def merged(samples: Iterable[Sample], seconds: int) -> Iterator[Sample]:
    """Samples of so many seconds each, from shorter ones in the order of time. Each counts by its seconds."""
    length = seconds * 1000
    for number, group in groupby(samples, key=lambda sample: sample.at // length):
        yield _merge(number * length, list(group))


def _merge(at: int, parts: list[Sample]) -> Sample:
    spreads: dict[str, Spread] = {}
    for name, decimals in SERIES.items():
        found = [(part.spreads[name], part.seconds) for part in parts if name in part.spreads]
        if found:
            least, most = min(one.min for one, _ in found), max(one.max for one, _ in found)
            average = sum(one.average * weight for one, weight in found) / sum(weight for _, weight in found)
            spreads[name] = Spread(least, min(max(round(average, decimals), least), most), most)
    return Sample(at, sum(part.seconds for part in parts), spreads)


def even(begins: int, ends: int, kbps: float) -> list[Sample]:
    """Samples of a time (ms) of which nothing but the average bitrate is known."""
    value = round(kbps, SERIES["bitrate_kbps"])
    spreads = {"bitrate_kbps": Spread(value, value, value)}
    edges = [begins, *range((begins // SAMPLE_MS + 1) * SAMPLE_MS, ends, SAMPLE_MS), ends]
    parts = [(at, round((until - at) / 1000)) for at, until in pairwise(edges)]
    return [Sample(at // SAMPLE_MS * SAMPLE_MS, seconds, spreads) for at, seconds in parts if seconds]


def as_lists(samples: Iterable[Sample]) -> list[list[Any]]:
    """As they are stored, packed: a minute's take 0.3 KB."""
    return [[one.at // SAMPLE_MS, one.seconds, *_compact(one.spreads)] for one in samples]


def from_lists(stored: Iterable[list[Any]]) -> list[Sample]:
    """A series that a newer version added is left out."""
    return [_sample(*row) for row in stored]


def _sample(slot: int, seconds: int, *values: list[float] | float | None) -> Sample:
    found = zip(SERIES, values, strict=False)
    return Sample(slot * SAMPLE_MS, seconds, {name: _spread(value) for name, value in found if value is not None})


def _compact(spreads: Mapping[str, Spread]) -> Iterator[list[float] | float | None]:
    """In the order of `SERIES`: one number where all values were the same."""
    for name in SERIES:
        spread = spreads.get(name)
        if spread is None:
            yield None
        elif spread.min == spread.max:
            yield _short(spread.min)
        else:
            yield [_short(value) for value in spread]


def _spread(value: list[float] | float) -> Spread:
    return Spread(*value) if isinstance(value, list) else Spread(value, value, value)


def _short(value: float) -> float:
    return int(value) if value == int(value) else value
