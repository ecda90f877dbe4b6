"""The clock of one audio track: whole frames one after another, as they were sampled.

RTMP rounds to milliseconds, and a frame of AAC at 44.1 kHz lasts 23.22 ms. Where times agree with the frames' own
length, that length counts, so nothing accumulates and no decoder hears a gap; where they do not (lost frames, another
rate than announced), the encoder's times count.
"""

from .fmp4 import AudioTrack

TOLERANCE_MS = 20  # between a frame's time and where the frames before it end; less than one frame
_TOLERANCE = TOLERANCE_MS  # own name: a plain C number where this is compiled

# Samples of a frame: AAC (ISO/IEC 14496-3), HE-AAC at its output rate; MP3 (ISO/IEC 11172-3), MPEG-2's half.
_FRAMES = {"aac": (1024, 2048, 960), "mp3": (1152, 576), "opus": (960, 480, 240, 120, 1920, 2880)}


class SoundClock:
    """Times in units of the track's timescale."""

    __slots__ = ("_began", "_candidates", "_frame", "_last", "_rate")

    def __init__(self, track: AudioTrack) -> None:
        self._rate = track.timescale
        self._candidates = _FRAMES.get(track.codec, ())
        self.restart()

    @property
    def frame(self) -> int:
        """How long a frame lasts, as learnt, or as the codec has it by default."""
        return self._frame or (self._candidates[0] if self._candidates else 1024)

    def restart(self) -> None:
        self._began = False
        self._last = self._frame = 0  # 0: not learnt

    def time_of(self, milliseconds: int) -> int:
        """The decoding time of the next frame, whose message says `milliseconds`."""
        said = milliseconds * self._rate // 1000
        if not self._began:
            self._began = True
            self._last = said
            return said
        if not self._frame and said > self._last:
            self._frame = self._nearest(said - self._last)
        expected = self._last + self._frame
        agrees = abs(said - expected) * 1000 <= _TOLERANCE * self._rate
        self._last = expected if agrees else max(said, self._last + 1)
        return self._last

    def _nearest(self, step: int) -> int:
        return min(self._candidates, key=lambda frame: abs(frame - step), default=step)
