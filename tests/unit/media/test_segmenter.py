"""Where parts and segments are cut, and that no sample is lost or moved."""

import struct
from collections.abc import Iterable, Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest_container.media.fmp4 import AudioTrack, VideoTrack
from ingest_container.media.grid import JITTER_SECONDS, LONGEST_TARGET_DURATION, MIN_SEGMENT
from ingest_container.media.outputs import Break, Init, Output, PackagingStopped, Part
from ingest_container.media.segmenter import MAX_SEGMENT_BYTES, Segmenter

VIDEO = VideoTrack("h264", b"avcC", 1280, 720)
AUDIO = AudioTrack("aac", b"\x12\x10", 44_100, 2)


def times(fps: float, seconds: float) -> list[int]:
    """As RTMP tells them: whole milliseconds."""
    return [round(1000 * n / fps) for n in range(round(fps * seconds))]


def run(fps: float, seconds: float, gop: int, *, sound: bool = True) -> tuple[Segmenter, list[Part]]:
    """A stream of `gop` frames a group, with AAC beside it, interleaved by time."""
    segmenter = Segmenter(0)
    out: list[Output] = list(segmenter.configure(VIDEO, AUDIO if sound else None))
    messages = [(at, 0, n) for n, at in enumerate(times(fps, seconds))]
    if sound:
        messages += [(at, 1, n) for n, at in enumerate(times(44_100 / 1024, seconds))]
    for at, kind, n in sorted(messages):
        payload = struct.pack(">BI", kind, n)
        out += segmenter.audio(at, payload) if kind else segmenter.video(at, 0, n % gop == 0, payload)
    out += segmenter.flush()
    return segmenter, [part for part in out if isinstance(part, Part)]


def drain(outputs: Iterable[Iterable[Output]]) -> None:
    for each in outputs:
        list(each)


def segments(parts: Iterable[Part]) -> Iterator[list[Part]]:
    found: dict[int, list[Part]] = {}
    for part in parts:
        found.setdefault(part.msn, []).append(part)
    yield from found.values()


@pytest.mark.parametrize("fps", [10, 23.976, 24, 25, 29.97, 30, 50, 59.94, 60])
def test_every_part_but_a_segments_last_is_85_to_100_percent_of_the_target(fps: float) -> None:
    segmenter, parts = run(fps, 20, gop=round(2 * fps))
    assert segmenter.part_target is not None
    for segment in segments(parts):
        for part in segment[:-1]:
            assert 0.85 * segmenter.part_target <= part.duration <= segmenter.part_target
        assert segment[-1].duration <= segmenter.part_target


@pytest.mark.parametrize("fps", [10, 24, 25, 29.97, 30, 50, 59.94, 60])
def test_the_frame_rate_and_the_parts_target_are_the_pictures(fps: float) -> None:
    segmenter, _ = run(fps, 4, gop=round(2 * fps))
    assert segmenter.frame_rate == pytest.approx(fps, rel=0.005)
    assert segmenter.part_target == pytest.approx(round(0.5 * fps) / fps + 0.010, abs=0.003)


@pytest.mark.parametrize("fps", [10, 24, 29.97, 60])
@pytest.mark.parametrize("gop_seconds", [0.5, 2, 2.3])
def test_what_a_part_lacks_is_the_time_until_the_frame_that_ends_it(fps: float, gop_seconds: float) -> None:
    """Once two groups of pictures have told when the next key frame comes."""
    segmenter, gop = Segmenter(0), round(gop_seconds * fps)
    segmenter.configure(VIDEO, None)
    assert segmenter.part_left is None
    told: list[tuple[int, float]] = []  # time of a frame, and when the part ends, ms
    ends: list[int] = []
    for n, at in enumerate(times(fps, 12)):
        if segmenter.video(at, 0, n % gop == 0, b"frame"):
            ends.append(at)
        if n >= 2 * gop and (left := segmenter.part_left) is not None:
            told.append((at, at + 1000 * left))
    late = [next(each for each in ends if each > at) - end for at, end in told if at < ends[-1]]
    assert len(late) > 50
    assert max(map(abs, late)) <= 1000 * JITTER_SECONDS


def test_nothing_is_known_of_a_part_before_its_length_is_or_when_nothing_is_under_way() -> None:
    segmenter, _ = run(30, 3, gop=60)
    assert segmenter.part_target is not None
    assert segmenter.part_left is None


@pytest.mark.parametrize("fps", [10, 24, 29.97, 30, 60])
def test_parts_follow_each_other_without_gap_or_overlap(fps: float) -> None:
    _, parts = run(fps, 30, gop=round(2 * fps))
    for before, after in pairwise(parts):
        assert after.start == pytest.approx(before.start + before.duration, abs=1e-9)
        expected = (before.msn + 1, 0) if before.ends_segment else (before.msn, before.index + 1)
        assert (after.msn, after.index) == expected


@pytest.mark.parametrize(("gop_seconds", "expected"), [(0.5, 2.0), (1.0, 2.0), (2.0, 2.0), (3.0, 3.0), (8.3, 8.3)])
def test_a_segment_begins_with_the_first_key_frame_after_two_seconds(gop_seconds: float, expected: float) -> None:
    _, parts = run(30, 40, gop=round(30 * gop_seconds))
    *whole, _ = segments(parts)
    for segment in whole:
        assert segment[0].independent
        assert sum(part.duration for part in segment) == pytest.approx(expected, abs=0.002)
        assert sum(part.duration for part in segment) + 0.002 >= MIN_SEGMENT


@pytest.mark.parametrize(("gop_seconds", "target"), [(0.5, 4), (2, 4), (2.9, 4), (3.4, 10), (8.3, 10)])
def test_the_target_duration_is_chosen_once_and_holds(gop_seconds: float, target: int) -> None:
    segmenter, parts = run(30, 40, gop=round(30 * gop_seconds))
    assert segmenter.target_duration == target
    assert all(round(sum(part.duration for part in segment)) <= target for segment in segments(parts))


def test_a_group_longer_than_the_target_is_cut_and_told() -> None:
    _segmenter, parts = run(30, 18, gop=30 * 15)
    first = next(segments(parts))
    assert sum(part.duration for part in first) <= LONGEST_TARGET_DURATION
    assert first[-1].overrun


def test_without_a_key_frame_for_twenty_seconds_packaging_stops() -> None:
    with pytest.raises(PackagingStopped, match="no_key_frame"):
        run(30, 25, gop=10_000)


def test_sound_that_goes_on_without_a_picture_stops_packaging() -> None:
    segmenter = Segmenter(0)
    list(segmenter.configure(VIDEO, AUDIO))
    list(segmenter.video(0, 0, True, b"I"))
    with pytest.raises(PackagingStopped, match="picture_stands_still"):
        drain(segmenter.audio(at, b"a") for at in times(44_100 / 1024, 30))


def test_a_segment_of_too_many_bytes_stops_packaging() -> None:
    segmenter = Segmenter(0)
    list(segmenter.configure(VIDEO, None))
    with pytest.raises(PackagingStopped, match="segment_too_large"):
        drain(segmenter.video(n * 33, 0, n == 0, bytes(MAX_SEGMENT_BYTES // 30)) for n in range(60))


def test_parts_are_cut_by_decoding_time_whatever_is_shown_when() -> None:
    """B-frames: the presentation time runs ahead and back, the grid does not notice."""
    grids = []
    for composition in ([0], [80, 160, 40, 0]):
        segmenter = Segmenter(0)
        out = list(segmenter.configure(VIDEO, None))
        for n in range(300):
            out += segmenter.video(n * 40, composition[n % len(composition)], n % 50 == 0, b"x")
        grids.append([(part.msn, part.index, part.start, part.duration) for part in out if isinstance(part, Part)])
    assert grids[0] == grids[1] != []


def test_sound_that_ends_a_little_before_the_picture_is_made_as_long() -> None:
    """Else a player never reaches the end of the last part."""
    segmenter = Segmenter(0)
    out = list(segmenter.configure(VIDEO, AUDIO))
    for n in range(30):
        out += segmenter.video(n * 33, 0, n == 0, b"x")
        if n < 24:
            out += segmenter.audio(n * 33, b"a")
    out += segmenter.flush()
    *_, last = [part for part in out if isinstance(part, Part)]
    data = bytes(last.data.whole())
    trun = data.rindex(b"trun")  # of the sound
    count = int.from_bytes(data[trun + 8 : trun + 12], "big")
    at = data.rindex(b"tfdt") + 8
    began = int.from_bytes(data[at : at + 8], "big")
    durations = [int.from_bytes(data[trun + 16 + 16 * n : trun + 20 + 16 * n], "big") for n in range(count)]
    assert (began + sum(durations)) / 44_100 == pytest.approx(last.start + last.duration, abs=0.001)


def test_what_ends_with_a_flush_is_told_to_break() -> None:
    segmenter = Segmenter(0)
    out = list(segmenter.configure(VIDEO, None))
    for n in range(30):
        out += segmenter.video(n * 33, 0, n == 0, b"x")
    assert isinstance(list(segmenter.flush())[-1], Break)
    assert list(segmenter.flush()) == []


def test_frames_before_the_first_key_frame_are_left_out() -> None:
    segmenter = Segmenter(0)
    list(segmenter.configure(VIDEO, None))
    assert list(segmenter.video(0, 0, False, b"P")) == []
    for n in range(60):
        list(segmenter.video(1000 + n * 33, 0, n == 0, b"I" if n == 0 else b"P"))
    (part, *_) = [p for p in segmenter.flush() if isinstance(p, Part)]
    assert part.start >= 1.0


def test_new_tracks_begin_a_discontinuity_with_an_init_segment_of_their_own() -> None:
    segmenter = Segmenter(5)
    out = list(segmenter.configure(VIDEO, None))
    for n in range(30):
        out += segmenter.video(n * 33, 0, n == 0, b"x")
    out += segmenter.configure(VideoTrack("h264", b"other", 1920, 1080), None)
    for n in range(30):
        out += segmenter.video(1000 + n * 33, 0, n == 0, b"x")
    out += segmenter.flush()
    assert [each.version for each in out if isinstance(each, Init)] == [0, 1]
    parts = [each for each in out if isinstance(each, Part)]
    assert [(part.msn, part.init, part.discontinuity) for part in parts if part.index == 0] == [
        (5, 0, False),
        (6, 1, True),
    ]


def test_sound_alone_is_packaged_too() -> None:
    segmenter = Segmenter(0)
    out = list(segmenter.configure(None, AUDIO))
    for at in times(44_100 / 1024, 20):
        out += segmenter.audio(at, b"a")
    parts = [each for each in out if isinstance(each, Part)]
    assert all(part.independent for part in parts)
    assert segmenter.part_target is not None
    assert all(part.duration <= segmenter.part_target for part in parts)
    assert {part.msn for part in parts} == set(range(parts[-1].msn + 1))


@given(st.lists(st.integers(1, 200), min_size=2, max_size=300), st.data())
def test_any_spacing_keeps_order_and_the_sum_of_durations(steps: list[int], data: st.DataObject) -> None:
    segmenter = Segmenter(0)
    out = list(segmenter.configure(VIDEO, None))
    at, last_key = 0, 0
    for n, step in enumerate(steps):
        key = n == 0 or at - last_key > 15_000 or data.draw(st.booleans())
        last_key = at if key else last_key
        out += segmenter.video(at, 0, key, b"x")
        at += step
    out += segmenter.flush()
    parts = [each for each in out if isinstance(each, Part)]
    assert parts[0].start == 0
    for before, after in pairwise(parts):
        assert after.start == pytest.approx(before.start + before.duration, abs=1e-9)
        assert before.duration > 0
