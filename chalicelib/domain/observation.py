"""What a live stream has carried, counted at one instant a second, and its rates between two of them."""

from collections.abc import Sequence
from typing import NamedTuple

MEASURABLE = 0.5  # of a span that the stream's own time must have come in it, for a bitrate of it


class Observation(NamedTuple):
    """Counts since the connection began, at one instant. `at` in monotonic seconds, the stream's own times in ms."""

    at: float
    video_bytes: int
    audio_bytes: int
    frames: int
    audio_frames: int
    video_time: int
    audio_time: int
    key_frames: int
    key_frame_time: int
    b_frames: int = 0
    open_gops: int = 0  # key frames that do not refresh the decoder

    @property
    def media_time(self) -> int:
        """How far the stream has come, ms."""
        video, audio = self.video_time, self.audio_time
        return video if video > audio else audio  # not max(): asked a dozen times a second and stream

    @property
    def late(self) -> float:
        """Seconds by which the stream's own time is behind ours; where it began does not matter."""
        return self.at - self.media_time / 1000

    def speed(self, before: "Observation") -> float:
        """How fast the stream's own time has run against ours since then."""
        return (self.media_time - before.media_time) / 1000 / (self.at - before.at)

    def gop(self, before: "Observation") -> float | None:
        """Seconds between the key frames since then and the one before, of several their mean; None without any."""
        new = self.key_frames - before.key_frames
        if not before.key_frames or new <= 0:
            return None
        return (self.key_frame_time - before.key_frame_time) / 1000 / new


def kbps(count: int, seconds: float) -> float:
    """The bitrate of so many bytes, in 1000 bit/s."""
    return count * 8 / 1000 / seconds


def encoded_kbps(count: int, span: tuple[Observation, Observation]) -> float | None:
    """The bitrate by the stream's own time, so that bytes that come late change nothing; None of too few to tell."""
    before, last = span
    seconds = (last.media_time - before.media_time) / 1000
    return None if seconds < MEASURABLE * (last.at - before.at) else kbps(count, seconds)


def apart(window: Sequence[Observation], back: int) -> tuple[Observation, Observation] | None:
    """The last observation and the one `back` before it; None if there are not so many. One is made a second."""
    return None if len(window) <= back else (window[-1 - back], window[-1])
