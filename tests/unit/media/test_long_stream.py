"""Two hours through the pure core, as fast as it goes: exact durations, picture and sound together, memory flat."""

import struct
from collections.abc import Iterator

import pytest

from ingest_container import rtmp
from ingest_container.media.outputs import Output, Part
from tests.support.pipeline import Pipeline

pytestmark = pytest.mark.requirement("FX-13")

HOURS = 2
FPS = 30_000 / 1001
RATE, SOUND_FRAME = 44_100, 1024
GOP = 60


def arrivals(seconds: float) -> Iterator[tuple[int, rtmp.Event]]:
    """What RTMP makes of it: times in whole milliseconds. Each frame's payload is its number."""
    yield 0, rtmp.VideoConfig("h264", 1280, 720, "Main", "3.1", None)
    yield 0, rtmp.VideoMessage(0, b"\x01\x4d\x40\x1f", "h264", False, True, 0, 0, 0)
    yield 0, rtmp.AudioConfig("aac", RATE, 2)
    yield 0, rtmp.AudioMessage(0, b"\x12\x10", "aac", True, 0, 0)
    pictures, sounds = 0, 0
    while pictures / FPS < seconds:
        if pictures / FPS <= sounds * SOUND_FRAME / RATE:
            at = round(1000 * pictures / FPS)
            number = struct.pack(">I", pictures)
            yield at, rtmp.VideoMessage(at, number, "h264", pictures % GOP == 0, False, 0, 0, 0)
            pictures += 1
        else:
            at = round(1000 * sounds * SOUND_FRAME / RATE)
            yield at, rtmp.AudioMessage(at, struct.pack(">I", sounds), "aac", False, 0, 0)
            sounds += 1


def first_samples(part: bytes) -> list[tuple[int, int]]:
    """Of each track in a fragment whose samples are 4-byte numbers: decoding time, and the number."""
    times, counts = [], []
    at = 0
    while (at := part.find(b"tfdt", at + 1)) >= 0:
        times.append(struct.unpack_from(">Q", part, at + 8)[0])
        counts.append(struct.unpack_from(">I", part, part.index(b"trun", at) + 8)[0])
    body = part.index(b"mdat") + 4
    starts = [body, body + 4 * counts[0]]
    return [(time, struct.unpack_from(">I", part, start)[0]) for time, start in zip(times, starts, strict=False)]


@pytest.fixture(scope="module")
def stream() -> tuple[list[Part], list[int]]:
    """One part a minute, and the bytes that were kept at that moment; durations are summed over all parts."""
    pipeline, parts, kept = Pipeline(), [], []
    for at, event in arrivals(HOURS * 3600):
        made: list[Output] = []
        pipeline.demuxer.feed([event], at, made)
        for output in made:
            pipeline.take([output])
            if isinstance(output, Part):
                parts.append(output)
                if len(parts) % 120 == 0:
                    kept.append(pipeline.rendition.size)
    for output in pipeline.demuxer.interrupted():
        pipeline.take([output])
        if isinstance(output, Part):
            parts.append(output)
    return parts, kept


def test_durations_sum_to_the_length_within_a_frame(stream: tuple[list[Part], list[int]]) -> None:
    listed = sum(round(part.duration, 5) for part in stream[0])
    assert listed == pytest.approx(HOURS * 3600, abs=1 / FPS)


def test_picture_and_sound_stay_together(stream: tuple[list[Part], list[int]]) -> None:
    """Each within RTMP's millisecond, and a frame of sound, of where it was sampled."""
    for part in stream[0][::600]:
        (picture, frame), (sound, sound_frame) = first_samples(bytes(part.data.whole()))
        assert picture / 90_000 == pytest.approx(frame / FPS, abs=0.001)
        assert sound / RATE == pytest.approx(sound_frame * SOUND_FRAME / RATE, abs=0.001)


def test_memory_is_flat(stream: tuple[list[Part], list[int]]) -> None:
    _, kept = stream
    first_hour, second_hour = kept[2 : len(kept) // 2], kept[len(kept) // 2 :]
    assert max(second_hour) <= 1.01 * max(first_hour)
