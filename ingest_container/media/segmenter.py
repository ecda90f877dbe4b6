"""Samples to parts and segments, all cut on one grid: the picture's, or the sound's where there is no picture.

                 segment: from a key frame, the first after MIN_SEGMENT seconds
    |---------------------------------------------|------------------- ...
    | part | part | part | part | part | part | p |
      each as many whole frames as fit into PART_TARGET; only a segment's last may be shorter than 85 % of it

The last sample of each track is held back until the next one tells how long it lasts. Parts go by decoding time, so
reordered frames (B-frames) stay whole. Sound follows the picture's cuts.

A group of pictures that is longer than the target duration is cut without a key frame (`overrun`); one that has no end,
a picture that stands still while sound goes on, or a segment that is too large, stops packaging (`PackagingStopped`):
ingest goes on.

Times in: milliseconds of the stream's clock. Out: seconds, exact to the timescale.
"""

from collections.abc import Sequence

from .fmp4 import AudioTrack, Fragment, VideoTrack, fragment, init_segment
from .grid import JITTER_SECONDS, LONGEST_TARGET_DURATION, MIN_SEGMENT, PART_SECONDS, Grid
from .outputs import Break, Init, Output, PackagingStopped, Part
from .runs import Run
from .sound import SoundClock

LEARN_SECONDS = 3.0  # of picture after which the target duration is chosen without a second key frame
LONGEST_WITHOUT_KEY_FRAME = 20.0  # seconds
MAX_SEGMENT_BYTES = 32 * 1024 * 1024  # 10 s of 26 Mbit/s, 2 s of 130

MAX_STRETCH = 1.0  # seconds by which the last frame of sound is made longer, at most
VIDEO_TICKS = 90  # of the picture's timescale in a millisecond
VIDEO_RATE = 1000 * VIDEO_TICKS

# Own names: plain C numbers where this is compiled.
_VIDEO_TICKS, _MOST_BYTES = VIDEO_TICKS, MAX_SEGMENT_BYTES
_LONGEST_WITHOUT_KEY_FRAME, _MIN_SEGMENT = LONGEST_WITHOUT_KEY_FRAME, MIN_SEGMENT


class Segmenter:
    """One stream, from one (re)start of packaging to its end."""

    def __init__(self, first_msn: int, *, resumed: bool = False) -> None:
        """`resumed`: players may hold parts of the same stream that another node made."""
        self._grid = Grid()
        self._msn = first_msn
        self._index = 0
        self._version = -1
        self._sequence = 0
        self._video: VideoTrack | None = None
        self._audio: AudioTrack | None = None
        self._sound: SoundClock | None = None
        self._rate = self._sound_rate = 1000  # units of a second: of the leading track, and of the sound
        self._picture_run = self._leading = Run(1)
        self._sound_run = Run(2)
        self._began = False  # a segment is under way, with a key frame
        self._segment_start = 0  # ticks of the leading track
        self._last_key = 0
        self._group = 0  # from the key frame before the last to the last; 0: not known
        self._segment_bytes = 0
        self._discontinuity = resumed
        self._overrun = False

    @property
    def part_target(self) -> float | None:
        """Seconds, constant once known."""
        return self._grid.part_target

    @property
    def target_duration(self) -> int | None:
        """Likewise."""
        return self._grid.target_duration

    @property
    def frame_rate(self) -> float | None:
        """Of the picture, as its times tell it."""
        return 1 / self._grid.frame if self._grid.frame is not None and self._video is not None else None

    @property
    def part_left(self) -> float | None:
        """Seconds from the newest sample to the one that ends the part under way; None while that is not known.

        A key frame that ends the segment, and so the part, is expected after as long a group of pictures as the last.
        """
        run, target = self._leading, self._grid.part_target
        if target is None or not run.count:
            return None
        left = target - JITTER_SECONDS - (run.last - run.first) / self._rate
        key = self._last_key + self._group
        if key > run.last and key - self._segment_start >= MIN_SEGMENT * self._rate:
            left = min(left, (key - run.last) / self._rate)
        return max(0.0, left)

    # --- what comes in -----------------------------------------------------------------------------------------

    def configure(self, video: VideoTrack | None, audio: AudioTrack | None) -> Sequence[Output]:
        """The tracks from now on. Ends the segment under way where it is; the next one is a discontinuity."""
        if (video, audio) == (self._video, self._audio) and self._version >= 0:
            return ()
        out = [*self.flush()]
        first = self._version < 0
        self._video, self._audio = video, audio
        self._rate = VIDEO_RATE if video is not None else audio.timescale if audio is not None else 1000
        self._picture_run, self._sound_run = Run(1), Run(2 if video else 1)
        self._leading = self._picture_run if video else self._sound_run
        if audio is not None:
            self._sound_rate = audio.timescale
        self._sound = SoundClock(audio) if audio else None
        tracks = tuple(track for track in (video, audio) if track is not None)
        self._version += 1
        self._discontinuity |= not first
        out.append(Init(self._version, tracks, init_segment(tracks)))
        return out

    def restart(self) -> Sequence[Output]:
        """The encoder's clock was anchored anew: what was under way ends, and what follows is a discontinuity."""
        out = self.flush()
        self._discontinuity = True
        if self._sound is not None:
            self._sound.restart()
        return out

    def video(self, at: int, composition: int, keyframe: bool, payload: bytes, skip: int = 0) -> Sequence[Output]:
        """A coded frame, behind the first `skip` bytes of `payload`. Frames before the first key frame are left out.

        `at`: of decoding, ms. `composition`: ms from then to its presentation.
        """
        time, run = at * _VIDEO_TICKS, self._picture_run
        out: Sequence[Output] = ()
        if not self._began:
            if not keyframe:
                return out
            self._begin(time)
        if self._segment_bytes > _MOST_BYTES:  # one sample late: what was cut before it is not lost
            raise PackagingStopped("segment_too_large")
        if run.count:
            time = max(time, run.last + 1)  # decoding times grow
            out = self._cut(time, keyframe)
        run.add(time, composition * _VIDEO_TICKS, keyframe, payload, skip)
        self._segment_bytes += len(payload) - skip
        return out

    def audio(self, at: int, payload: bytes, skip: int = 0) -> Sequence[Output]:
        """A coded frame of sound, as `video`. Before the picture begins it is left out."""
        out: Sequence[Output] = ()
        if self._sound is None or self._audio is None:
            return out
        time, run = self._sound.time_of(at), self._sound_run
        if not self._began:
            if self._video is not None:
                return out
            self._begin(time)
        if self._video is not None:
            self._check_picture(time / self._sound_rate)
        if self._segment_bytes > _MOST_BYTES:
            raise PackagingStopped("segment_too_large")
        if self._video is None and run.count:
            out = self._cut(time, True)
        run.add(time, 0, True, payload, skip)
        self._segment_bytes += len(payload) - skip
        return out

    def flush(self) -> Sequence[Output]:
        """Write what is held back, and end the segment: the stream ends, or something new begins."""
        run, grid = self._leading, self._grid
        out: Sequence[Output] = ()
        if run.count and self._began:
            last = run.last + self._last_duration
            if grid.part_target is None:
                grid.learn([*run.times(), last], self._rate)
            if grid.target_duration is None:
                grid.choose_target_duration(MIN_SEGMENT)
            out = (self._part(last, ends_segment=True, final=True), Break())
        self._picture_run.clear()
        self._sound_run.clear()
        self._began = False
        return out

    def _begin(self, time: int) -> None:
        self._began = True
        self._segment_start = self._last_key = time

    @property
    def _last_duration(self) -> int:
        """How long the last frame of the leading track lasts, which no other follows, in the track's units."""
        if self._video is None and self._sound is not None:
            return self._sound.frame
        return max(1, round((self._grid.frame or 0.04) * self._rate))

    def _check_picture(self, now: float) -> None:
        """Sound came at `now` seconds; the picture must not be far behind: nothing is cut without it."""
        run = self._picture_run
        if run.count and now - run.last / self._rate > _LONGEST_WITHOUT_KEY_FRAME:
            raise PackagingStopped("picture_stands_still")

    # --- where it is cut ---------------------------------------------------------------------------------------

    def _cut(self, time: int, keyframe: bool) -> Sequence[Output]:
        """A sample of the leading track, which has some already, begins at `time`: end what cannot hold it."""
        run, rate, grid = self._leading, self._rate, self._grid
        first = run.first
        following = time - run.last
        if grid.part_target is None:
            if time - first + following <= (PART_SECONDS + JITTER_SECONDS) * rate:
                return ()
            grid.learn([*run.times(), time], rate)
        in_segment = time - self._segment_start
        if grid.target_duration is None and (keyframe or in_segment >= LEARN_SECONDS * rate):
            grid.choose_target_duration(in_segment / rate if keyframe else None)
        if not keyframe and time - self._last_key > _LONGEST_WITHOUT_KEY_FRAME * rate:
            raise PackagingStopped("no_key_frame")
        longest = grid.target_duration or LONGEST_TARGET_DURATION
        out: Sequence[Output] = ()
        if (keyframe and in_segment >= _MIN_SEGMENT * rate) or in_segment + following > longest * rate:
            self._overrun = not keyframe
            out = (self._part(time, ends_segment=True),)
            self._segment_start = time
        elif grid.part_target is not None and time + following - first > grid.part_target * rate:
            out = (self._part(time, ends_segment=False),)
        if keyframe:
            self._group = time - self._last_key
            self._last_key = time
        return out

    # --- what goes out -----------------------------------------------------------------------------------------

    def _part(self, end: int, *, ends_segment: bool, final: bool = False) -> Part:
        leading = self._leading
        start, independent = leading.first, leading.first_is_key
        runs = [leading.take(end)]
        if self._video is not None and self._audio is not None:
            runs.append(self._take_sound(end * self._sound_rate // self._rate if final else None))
        self._sequence += 1
        data = fragment(self._sequence, [run for run in runs if run is not None])
        part = Part(
            self._msn,
            self._index,
            start / self._rate,
            (end - start) / self._rate,
            independent,
            self._discontinuity,
            self._version,
            ends_segment,
            self._overrun,
            data,
        )
        self._index += 1
        if ends_segment:
            self._msn += 1
            self._index = 0
            self._segment_bytes = 0
            self._discontinuity = self._overrun = False
        return part

    def _take_sound(self, end: int | None) -> Fragment | None:
        """What came beside the picture. The last frame waits for the next, which tells its end.

        `end`: none comes, and the picture ends then. Encoders stop with sound that is a little shorter; its last frame
        lasts as long as the picture, for a player waits for the end of both (hls.js 1.7 never ends otherwise).
        """
        run = self._sound_run
        if not run.count or self._sound is None:
            return None
        if end is None:
            return run.take(None)
        own_end = run.last + self._sound.frame
        is_near = end - own_end <= MAX_STRETCH * self._sound_rate
        return run.take(max(own_end, end) if is_near else own_end)
