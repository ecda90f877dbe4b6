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
from itertools import pairwise

from .fmp4 import AudioTrack, Fragment, VideoTrack, fragment, init_segment
from .outputs import Break, Init, Output, PackagingStopped, Part
from .samples import Sample
from .sound import SoundClock

PART_SECONDS = 0.5  # wanted; the frames nearest to it decide
JITTER_SECONDS = 0.010  # RTMP's times are whole milliseconds
MIN_SEGMENT = 2.0  # seconds, until the next key frame ends the segment
TARGET_DURATION = 4  # seconds, at least; the first group of pictures decides, then it stays
LONGEST_TARGET_DURATION = 10  # seconds; OBS on a custom server: 250 frames, 8.3 s at 30 fps
LEARN_SECONDS = 3.0  # of picture after which the target duration is chosen without a second key frame
LONGEST_WITHOUT_KEY_FRAME = 20.0  # seconds
MAX_SEGMENT_BYTES = 32 * 1024 * 1024  # 10 s of 26 Mbit/s, 2 s of 130

MAX_STRETCH = 1.0  # seconds by which the last frame of sound is made longer, at most
VIDEO_TICKS = 90  # of the picture's timescale in a millisecond
VIDEO_RATE = 1000 * VIDEO_TICKS


class _Run:
    """Samples of one track that wait to be written, in the track's own units."""

    def __init__(self, track_id: int) -> None:
        self.track_id = track_id
        self.samples: list[tuple[int, Sample]] = []  # decoding time, sample

    def take(self, count: int, end: int | None) -> Fragment | None:
        """The first `count` samples; `end`: when the last of them ends, if none follows it."""
        taken = self.samples[:count]
        if not taken:
            return None
        times = [time for time, _ in self.samples[: count + 1]]
        if len(times) == count:
            times.append(end if end is not None else times[-1])
        del self.samples[:count]
        return Fragment(
            self.track_id,
            times[0],
            [max(0, after - before) for before, after in pairwise(times)],
            [sample.composition for _, sample in taken],
            [sample.keyframe for _, sample in taken],
            [sample.payload for _, sample in taken],
        )


class Segmenter:
    """One stream, from one (re)start of packaging to its end."""

    def __init__(self, first_msn: int, *, resumed: bool = False) -> None:
        """`resumed`: players may hold parts of the same stream that another node made."""
        self.part_target: float | None = None  # seconds, constant once known
        self.target_duration: int | None = None  # seconds, likewise
        self._msn = first_msn
        self._index = 0
        self._version = -1
        self._sequence = 0
        self._video: VideoTrack | None = None
        self._audio: AudioTrack | None = None
        self._sound: SoundClock | None = None
        self._picture_run = self._leading = _Run(1)
        self._sound_run = _Run(2)
        self._segment_start: int | None = None  # ticks of the leading track
        self._segment_bytes = 0
        self._last_key: int | None = None
        self._discontinuity = resumed
        self._overrun = False
        self._frame: float | None = None  # seconds that a frame lasts, as learnt

    @property
    def frame_rate(self) -> float | None:
        """Of the picture, as its times tell it."""
        return 1 / self._frame if self._frame is not None and self._video is not None else None

    # --- what comes in -----------------------------------------------------------------------------------------

    def configure(self, video: VideoTrack | None, audio: AudioTrack | None) -> Sequence[Output]:
        """The tracks from now on. Ends the segment under way where it is; the next one is a discontinuity."""
        if (video, audio) == (self._video, self._audio) and self._version >= 0:
            return ()
        out = [*self.flush()]
        first = self._version < 0
        self._video, self._audio = video, audio
        self._picture_run, self._sound_run = _Run(1), _Run(2 if video else 1)
        self._leading = self._picture_run if video else self._sound_run
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

    def video(self, sample: Sample) -> Sequence[Output]:
        """A coded frame. Frames before the first key frame cannot be decoded and are left out."""
        samples, time = self._picture_run.samples, sample.dts * VIDEO_TICKS
        if self._segment_start is None:
            if not sample.keyframe:
                return ()
            self._segment_start = self._last_key = time
        if samples and time <= samples[-1][0]:
            time = samples[-1][0] + 1  # decoding times grow
        self._check_size()
        out = self._cut(time, VIDEO_RATE, keyframe=sample.keyframe) if samples else ()
        sample.composition *= VIDEO_TICKS
        samples.append((time, sample))
        self._segment_bytes += len(sample.payload)
        return out

    def audio(self, sample: Sample) -> Sequence[Output]:
        """A coded frame of sound. Before the picture begins it is left out."""
        if self._sound is None or self._audio is None:
            return ()
        time = self._sound.time_of(sample.dts)
        samples = self._sound_run.samples
        out: Sequence[Output] = ()
        if self._video is not None:
            if self._segment_start is None:
                return ()
            self._check_picture(time / self._audio.timescale)
            self._check_size()
        else:
            sample.keyframe = True
            if self._segment_start is None:
                self._segment_start = self._last_key = time
            self._check_size()
            out = self._cut(time, self._audio.timescale, keyframe=True) if samples else ()
        samples.append((time, sample))
        self._segment_bytes += len(sample.payload)
        return out

    def flush(self) -> Sequence[Output]:
        """Write what is held back, and end the segment: the stream ends, or something new begins."""
        run = self._leading
        out: Sequence[Output] = ()
        if run.samples and self._segment_start is not None:
            last = run.samples[-1][0] + self._last_duration
            if self.part_target is None:
                self._learn(last, self._rate)
            if self.target_duration is None:
                self._choose_target_duration(MIN_SEGMENT)
            out = (self._part(last, ends_segment=True, final=True), Break())
        self._picture_run.samples.clear()
        self._sound_run.samples.clear()
        self._segment_start = self._last_key = None
        return out

    @property
    def _last_duration(self) -> int:
        """How long the last frame of the leading track lasts, which no other follows, in the track's units."""
        if self._video is None and self._sound is not None:
            return self._sound.frame
        return max(1, round((self._frame or 0.04) * self._rate))

    def _check_picture(self, now: float) -> None:
        """Sound came at `now` seconds; the picture must not be far behind: nothing is cut without it."""
        if self._picture_run.samples:
            last = self._picture_run.samples[-1][0] / self._rate
            if now - last > LONGEST_WITHOUT_KEY_FRAME:
                raise PackagingStopped("picture_stands_still")

    # --- where it is cut ---------------------------------------------------------------------------------------

    @property
    def _rate(self) -> int:
        """Of the leading track."""
        return VIDEO_RATE if self._video is not None else (self._audio.timescale if self._audio else 1000)

    def _cut(self, time: int, rate: int, *, keyframe: bool) -> Sequence[Output]:
        """A sample of the leading track, which has some already, begins at `time`: end what cannot hold it."""
        if self._segment_start is None or self._last_key is None:
            return ()
        samples = self._leading.samples
        following = time - samples[-1][0]
        if self.part_target is None:
            if time - samples[0][0] + following <= (PART_SECONDS + JITTER_SECONDS) * rate:
                return ()
            self._learn(time, rate)
        in_segment = time - self._segment_start
        if self.target_duration is None and (keyframe or in_segment >= LEARN_SECONDS * rate):
            self._choose_target_duration(in_segment / rate if keyframe else None)
        if not keyframe and time - self._last_key > LONGEST_WITHOUT_KEY_FRAME * rate:
            raise PackagingStopped("no_key_frame")
        longest = self.target_duration or LONGEST_TARGET_DURATION
        out: Sequence[Output] = ()
        if (keyframe and in_segment >= MIN_SEGMENT * rate) or in_segment + following > longest * rate:
            self._overrun = not keyframe
            out = (self._part(time, ends_segment=True),)
            self._segment_start = time
        elif self.part_target is not None and time + following - samples[0][0] > self.part_target * rate:
            out = (self._part(time, ends_segment=False),)
        if keyframe:
            self._last_key = time
        return out

    def _learn(self, time: int, rate: int) -> None:
        """How long a frame lasts, from those that are here; the part's target from that, for good."""
        times = [at for at, _ in self._leading.samples] + [time]
        steps = sorted(after - before for before, after in pairwise(times))
        # The mean, for whole milliseconds tell no frame rate; of the ordinary ones only, for there may be a gap.
        median = steps[len(steps) // 2]
        ordinary = [step for step in steps if abs(step - median) <= median / 2]
        self._frame = max(sum(ordinary) / len(ordinary) / rate, 0.001)
        frames = max(1, round(PART_SECONDS / self._frame))
        self.part_target = round(frames * self._frame + JITTER_SECONDS, 3)

    def _choose_target_duration(self, group: float | None) -> None:
        wanted = LONGEST_TARGET_DURATION if group is None else -(-max(group, MIN_SEGMENT) // 1)
        self.target_duration = int(min(max(TARGET_DURATION, wanted), LONGEST_TARGET_DURATION))

    # --- what goes out -----------------------------------------------------------------------------------------

    def _check_size(self) -> None:
        """One sample late: what was cut before it is not lost."""
        if self._segment_bytes > MAX_SEGMENT_BYTES:
            raise PackagingStopped("segment_too_large")

    def _part(self, end: int, *, ends_segment: bool, final: bool = False) -> Part:
        leading = self._leading
        start = leading.samples[0][0]
        independent = leading.samples[0][1].keyframe
        runs = [leading.take(len(leading.samples), end)]
        if self._video is not None and self._audio is not None:
            runs.append(self._take_sound(end * self._audio.timescale // self._rate if final else None))
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
        if not run.samples or self._sound is None:
            return None
        if end is None:
            return run.take(len(run.samples) - 1, None)
        own_end = run.samples[-1][0] + self._sound.frame
        is_near = self._audio is not None and end - own_end <= MAX_STRETCH * self._audio.timescale
        return run.take(len(run.samples), max(own_end, end) if is_near else own_end)
