"""What viewers are told of a stream: the window, its numbers, hints, and what a blocking request gets."""

import struct
from collections.abc import Iterable, Iterator
from math import ceil
from typing import Any

import m3u8
import pytest

from ingest_container.media.fmp4 import AudioTrack, VideoTrack
from ingest_container.media.outputs import Break, Init, Output, PackagingStopped, Part
from ingest_container.media.pieces import PartBytes
from ingest_container.media.rendition import MSN_SLACK, Readiness, Rendition, first_msn
from ingest_container.media.segmenter import Segmenter
from ingest_container.media.window import FEWEST_SEGMENTS, MAX_BYTES, MIN_SEGMENTS, RETIRED_SEGMENTS

EPOCH = 1_790_000_000_000
VIDEO = VideoTrack("h264", bytes.fromhex("0164001fffe1"), 1280, 720)
AUDIO = AudioTrack("aac", b"\x12\x10", 44_100, 2)
INIT = Init(0, (VIDEO, AUDIO), b"init")


def part(msn: int, index: int, *, parts: int = 4, size: int = 1000, **changes: Any) -> Part:
    """One of `parts` of half a second that make a segment of the regular grid."""
    values: dict[str, Any] = {
        "msn": msn,
        "index": index,
        "start": 2.0 * msn + 0.5 * index,
        "duration": 0.5,
        "independent": index == 0,
        "discontinuity": False,
        "init": 0,
        "ends_segment": index == parts - 1,
        "overrun": False,
        "data": PartBytes([bytes(size)]),
    }
    return Part(**(values | changes))


def rendition(outputs: Iterable[Output] = (), first: int = 0) -> Rendition:
    made = Rendition("7", EPOCH, first)
    made.add(INIT)
    made.set_targets(0.51, 4)
    for output in outputs:
        made.add(output)
    return made


def segments(count: int, **changes: Any) -> list[Output]:
    return [part(msn, index, **changes) for msn in range(count) for index in range(4)]


def text(made: Rendition, *, skip: bool = False) -> str:
    found = made.playlist(skip=skip)
    assert found is not None
    return found.plain.decode()


def parsed(made: Rendition) -> m3u8.M3U8:
    """As a parser that is not ours reads it."""
    return m3u8.loads(text(made))


def test_there_is_no_playlist_before_the_targets_are_known() -> None:
    made = Rendition("7", EPOCH, 0)
    made.add(INIT)
    made.add(part(0, 0))
    assert made.playlist() is None
    made.set_targets(0.51, 4)
    assert made.playlist() is None
    for n in (1, 2, 3):
        made.add(part(0, n))
    assert made.playlist() is not None


def test_a_long_first_segment_is_not_waited_for() -> None:
    made = rendition(part(0, n, parts=16) for n in range(5))
    assert made.playlist() is None
    made.add(part(0, 5, parts=16))
    assert made.playlist() is not None


def test_the_window_keeps_six_segments_and_more_than_three_target_durations() -> None:
    made = rendition(segments(40))
    playlist = parsed(made)
    assert len(playlist.segments) >= MIN_SEGMENTS
    assert sum(segment.duration for segment in playlist.segments) >= 3 * 4
    assert playlist.media_sequence == 40 - len(playlist.segments)


def test_memory_does_not_grow_with_the_stream() -> None:
    sizes = {rendition(segments(count)).size for count in (20, 100, 400)}
    assert len(sizes) == 1


def test_a_segment_that_left_the_list_can_still_be_fetched_for_a_while() -> None:
    made = rendition(segments(40))
    first = parsed(made).media_sequence
    for msn in range(first - RETIRED_SEGMENTS, 40):
        assert made.part_or_segment(f"7/s{msn}.m4s") == bytes(4000)
    assert made.part_or_segment(f"7/s{first - RETIRED_SEGMENTS - 1}.m4s") is None


def test_the_window_shrinks_where_segments_are_large() -> None:
    made = rendition(segments(20, size=MAX_BYTES // 4 // 5))
    assert made.size <= MAX_BYTES
    assert len(parsed(made).segments) >= FEWEST_SEGMENTS


def test_packaging_stops_where_even_three_segments_are_too_much() -> None:
    with pytest.raises(PackagingStopped, match="too_many_bytes"):
        rendition(segments(4, size=MAX_BYTES // 8))


def test_whatever_is_listed_can_be_fetched() -> None:
    made = rendition(segments(1))
    for output in segments(20)[4:]:
        made.add(output)
        playlist = parsed(made)
        uris = [segment.uri for segment in playlist.segments if segment.uri]
        uris += [listed.uri for segment in playlist.segments for listed in segment.parts]
        assert uris
        assert all(made.part_or_segment(uri) for uri in uris)
        assert made.init_segment(playlist.segment_map[0].uri) == b"init"


def test_a_segment_is_its_parts_one_after_another() -> None:
    made = rendition(part(0, n, data=PartBytes([b"%d" % n])) for n in range(4))
    assert made.part_or_segment("7/s0.m4s") == b"0123"


def test_part_numbers_have_no_gap_and_the_hint_is_the_next_one() -> None:
    made = rendition(segments(1))
    told = None
    for output in segments(5)[4:]:
        made.add(output)
        listed = [p.uri for segment in parsed(made).segments for p in segment.parts]
        assert told is None or listed[-1] == told
        told = made.hint
        assert f'#EXT-X-PRELOAD-HINT:TYPE=PART,URI="{told}"' in text(made)


def test_no_part_is_hinted_across_a_discontinuity() -> None:
    made = rendition([*segments(2), Break()])
    assert made.hint is None
    assert "PRELOAD-HINT" not in text(made)
    assert text(made).endswith("\n#EXT-X-DISCONTINUITY\n")
    made.add(part(2, 0, discontinuity=True))
    assert made.hint == "7/p2.1.m4s"


def test_the_discontinuity_sequence_grows_when_a_discontinuity_leaves_the_window() -> None:
    made = rendition(segments(2))
    made.add(Break())
    told = []
    for msn in range(2, 30):
        for n in range(4):
            made.add(part(msn, n, discontinuity=msn == 2))
        playlist = parsed(made)
        told.append(playlist.discontinuity_sequence)
        assert playlist.discontinuity_sequence + sum(s.discontinuity for s in playlist.segments) == 1
    assert (told[0], told[-1]) == (0, 1)


def test_a_new_init_segment_is_said_where_it_begins_and_the_old_one_goes_with_its_segments() -> None:
    made = rendition(segments(2))
    made.add(Break())
    made.add(Init(1, (VIDEO,), b"other"))
    for msn in range(2, 30):
        for n in range(4):
            made.add(part(msn, n, init=1, discontinuity=msn == 2))
        if msn == 2:
            maps = [each.uri for each in parsed(made).segment_map]
            assert maps == ["7/i0.mp4", "7/i1.mp4"]
    assert made.init_segment("7/i0.mp4") is None
    assert made.init_segment("7/i1.mp4") == b"other"


def test_changes_of_tracks_are_bounded() -> None:
    def changing() -> Iterator[Output]:
        for msn in range(100):
            yield Break()
            yield part(msn, 0, start=0.05 * msn, duration=0.05, ends_segment=True, discontinuity=True)

    with pytest.raises(PackagingStopped, match="too_many_discontinuities"):
        rendition(changing())


def test_numbers_under_a_later_fence_are_past_all_before() -> None:
    """However many short segments the node before made: it stops before they are too many."""
    began, lasted = 100, 500
    first = first_msn(began, 3)
    last_possible = first + lasted + MSN_SLACK - 1
    assert last_possible < first_msn(began + lasted, 4)


def test_programme_time_is_the_ingest_clocks() -> None:
    made = rendition(segments(1))
    (segment,) = parsed(made).segments
    assert segment.program_date_time.timestamp() * 1000 == EPOCH
    made.add(Break())
    made.add(part(1, 0, start=17.25, discontinuity=True))
    assert "PROGRAM-DATE-TIME:2026-09-21T14:13:37.250Z" in text(made)


def test_a_segment_cut_without_a_key_frame_takes_back_that_segments_are_independent() -> None:
    made = rendition(segments(2))
    assert parsed(made).is_independent_segments
    made.add(part(2, 0, independent=False))
    assert not parsed(made).is_independent_segments


def test_the_target_and_the_part_target_never_change() -> None:
    told = set()
    segmenter, made = Segmenter(0), Rendition("7", EPOCH, 0)
    outputs = list(segmenter.configure(VIDEO, None))
    for n in range(3000):  # 60 fps for a while, then 24
        at = round(n * 1000 / 60) if n < 1500 else 25_000 + round((n - 1500) * 1000 / 24)
        outputs += segmenter.video(at, 0, n % 60 == 0, b"x")
        for output in outputs:
            made.add(output)
        outputs.clear()
        made.set_targets(segmenter.part_target, segmenter.target_duration)
        if made.is_ready:
            playlist = parsed(made)
            told.add((playlist.target_duration, playlist.part_inf.part_target))
            assert all(p.duration <= playlist.part_inf.part_target for s in playlist.segments for p in s.parts)
    assert len(told) == 1


def test_the_end_completes_the_last_segment_and_says_so() -> None:
    made = rendition([*segments(2), part(2, 0)])
    made.end()
    playlist = parsed(made)
    assert playlist.is_endlist
    assert [segment.uri for segment in playlist.segments] == ["7/s0.m4s", "7/s1.m4s", "7/s2.m4s"]
    assert made.hint is None


def test_bandwidth_is_the_largest_segments_and_the_average() -> None:
    made = rendition(segments(2))
    for n in range(4):
        made.add(part(2, n, size=5000))
    (variant,) = m3u8.loads(made.multivariant("s/v.m3u8", 30.0)).playlists
    info = variant.stream_info
    assert info.bandwidth == 5000 * 4 * 8 // 2
    assert info.average_bandwidth == ceil((1000 * 8 + 5000 * 4) * 8 / 6)
    assert (info.codecs, info.resolution, info.frame_rate) == ("avc1.64001f,mp4a.40.2", (1280, 720), 30.0)


@pytest.mark.parametrize(
    ("msn", "index", "expected"),
    [
        (2, None, Readiness.READY),
        (3, None, Readiness.WAIT),  # it has two parts
        (4, None, Readiness.WAIT),
        (5, None, Readiness.IMPOSSIBLE),
        (2, 3, Readiness.READY),
        (2, 99, Readiness.READY),  # rolls to the first part of segment 3
        (3, 1, Readiness.READY),
        (3, 2, Readiness.WAIT),
        (3, 8, Readiness.WAIT),
        (3, 9, Readiness.IMPOSSIBLE),  # further ahead than 3 s of parts
        (4, 0, Readiness.WAIT),
        (4, 7, Readiness.IMPOSSIBLE),
        (5, 0, Readiness.IMPOSSIBLE),
        (0, 0, Readiness.READY),  # long gone: the playlist has later ones
    ],
)
def test_a_blocking_request_gets(msn: int, index: int | None, expected: Readiness) -> None:
    made = rendition([*segments(3), part(3, 0), part(3, 1)])
    assert made.readiness(msn, index) is expected


def test_a_part_past_the_last_of_a_whole_segment_is_the_first_of_the_next() -> None:
    made = rendition(segments(3))
    assert made.readiness(2, 4) is Readiness.WAIT
    made.add(part(3, 0))
    assert made.readiness(2, 4) is Readiness.READY


def test_nobody_waits_for_a_stream_that_ended() -> None:
    made = rendition(segments(3))
    made.end()
    assert made.readiness(99, 5) is Readiness.READY


def test_a_playlist_is_made_once_a_version() -> None:
    made = rendition(segments(3))
    before = made.playlist()
    assert made.playlist() is before
    made.add(part(3, 0))
    after = made.playlist()
    assert after is not None
    assert before is not None
    assert after.tag != before.tag


def length_as_listed(fps: float, seconds: float, gop: int) -> float:
    """A stream through segmenter and rendition: the sum of all EXTINF that were ever listed."""
    segmenter, made = Segmenter(0), Rendition("7", EPOCH, 0)
    listed: dict[int, float] = {}

    def add(outputs: Iterable[Output]) -> None:
        for output in outputs:
            made.add(output)
            made.set_targets(segmenter.part_target, segmenter.target_duration)
            if isinstance(output, Part) and output.ends_segment and made.is_ready:
                playlist = parsed(made)
                for index, segment in enumerate(playlist.segments):
                    listed[playlist.media_sequence + index] = segment.duration

    add(segmenter.configure(VIDEO, AUDIO))
    frames = [(round(1000 * n / fps), 0, n) for n in range(round(fps * seconds))]
    frames += [(round(1000 * n * 1024 / 44_100), 1, n) for n in range(round(seconds * 44_100 / 1024))]
    for at, kind, n in sorted(frames):
        payload = struct.pack(">I", n)
        add(segmenter.audio(at, payload) if kind else segmenter.video(at, 0, n % gop == 0, payload))
    add(segmenter.flush())
    return sum(listed.values())


@pytest.mark.parametrize("fps", [29.97, 60])
def test_the_durations_of_a_long_stream_sum_to_its_length_within_a_frame(fps: float) -> None:
    seconds = 600
    assert length_as_listed(fps, seconds, gop=round(2 * fps)) == pytest.approx(seconds, abs=1.5 / fps)
