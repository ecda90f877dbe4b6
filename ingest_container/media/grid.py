"""How long frames, parts and segments last: learnt from the first of them, then constant."""

from collections.abc import Sequence
from itertools import pairwise

PART_SECONDS = 0.5  # wanted; the frames nearest to it decide
JITTER_SECONDS = 0.010  # RTMP's times are whole milliseconds
MIN_SEGMENT = 2.0  # seconds, until the next key frame ends the segment
TARGET_DURATION = 4  # seconds, at least; the first group of pictures decides, then it stays
LONGEST_TARGET_DURATION = 10  # seconds; OBS on a custom server: 250 frames, 8.3 s at 30 fps


class Grid:
    """Of one stream."""

    __slots__ = ("frame", "part_target", "target_duration")

    def __init__(self) -> None:
        self.frame: float | None = None  # seconds that a frame lasts
        self.part_target: float | None = None  # seconds, constant once known
        self.target_duration: int | None = None  # seconds, likewise

    def learn(self, times: Sequence[int], rate: int) -> None:
        """How long a frame lasts, from those that are here; the part's target from that, for good."""
        steps = sorted(after - before for before, after in pairwise(times))
        # The mean, for whole milliseconds tell no frame rate; of the ordinary ones only, for there may be a gap.
        median = steps[len(steps) // 2]
        ordinary = [step for step in steps if abs(step - median) <= median / 2]
        self.frame = max(sum(ordinary) / len(ordinary) / rate, 0.001)
        frames = max(1, round(PART_SECONDS / self.frame))
        self.part_target = round(frames * self.frame + JITTER_SECONDS, 3)

    def choose_target_duration(self, group: float | None) -> None:
        """For good. `group`: seconds that a group of pictures lasts, if one was seen."""
        wanted = LONGEST_TARGET_DURATION if group is None else -(-max(group, MIN_SEGMENT) // 1)
        self.target_duration = int(min(max(TARGET_DURATION, wanted), LONGEST_TARGET_DURATION))
