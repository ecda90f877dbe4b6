"""What one stream measured so far, second by second: the samples of its chart, and its totals."""

from collections.abc import Mapping

from chalicelib.domain.findings import Finding
from chalicelib.domain.measures import Measures
from chalicelib.domain.observation import Observation
from chalicelib.domain.samples import SAMPLES_A_ROW, Sample, Sampler, SampleRow
from chalicelib.domain.totals import StreamTotals, TotalsCounter

LONGEST_INTERVAL = 300.0  # seconds between key frames that are believed; timestamps may be anything


class History:
    """Of one stream, on the node that carries it. `before` was counted by the nodes that did so earlier."""

    def __init__(self, stream_id: str, before: StreamTotals | None) -> None:
        self.keyframe_interval: float | None = None  # seconds, the latest one
        self._stream_id = stream_id
        self._sampler = Sampler(phase=ord(stream_id[-1]) % SAMPLES_A_ROW)
        self._counter = TotalsCounter(before)
        if before is not None:  # it left the other node by an interruption that nobody counted
            self._counter.interrupted()
        self._last: Observation | None = None

    def observe(self, now: int, seen: Observation, measures: Measures, viewers: int | None) -> SampleRow | None:
        """Once a second while it is live; `now` in ms. Returns a row that is finished."""
        interval = self._interval(seen)
        bitrate = measures.bitrate_kbps
        values: Mapping[str, float | None] = {
            "bitrate_kbps": bitrate,
            "video_fps": measures.fps,
            "keyframe_interval_s": interval,
            "viewers": viewers,
            "video_bitrate_kbps": measures.video_bitrate_kbps,
            "audio_bitrate_kbps": measures.audio_bitrate_kbps,
        }
        if bitrate is not None:
            self._counter.measured(bitrate)
        return self._row(now, self._sampler.add(now, values))

    def interrupted(self) -> None:
        self._counter.interrupted()

    def raised(self, finding: Finding) -> None:
        self._counter.raised(finding)

    def close(self, now: int) -> SampleRow | None:
        """The last row, if something is left for one."""
        return self._row(now, self._sampler.close())

    @property
    def recent(self) -> tuple[Sample, ...]:
        """Samples that are in no row yet."""
        return tuple(self._sampler.unfinished)

    @property
    def totals(self) -> StreamTotals:
        return self._counter.totals

    def _row(self, now: int, samples: list[Sample]) -> SampleRow | None:
        return SampleRow(self._stream_id, now, tuple(samples)) if samples else None

    def _interval(self, seen: Observation) -> float | None:
        """Between key frames, where it can be believed."""
        before, self._last = self._last, seen
        interval = seen.gop(before) if before is not None else None
        if interval is None or not 0 < interval <= LONGEST_INTERVAL:
            return None
        self.keyframe_interval = round(interval, 3)
        return interval
