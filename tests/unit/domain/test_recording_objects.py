"""A recording's names say everything: playlist, order and the one MP4 come of a listing."""

from dataclasses import replace

import m3u8
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.recording_objects import (
    Segment,
    duration_ms,
    hash_of,
    in_order,
    is_served,
    is_stream_folder,
    one_file,
    parse,
    playlist,
)

AT = 1_790_000_000_000
INIT, OTHER = hash_of(b"one"), hash_of(b"other")


def segments(count: int, *, first: int = 16, fence: int = 1, at: int = AT, init: str = INIT) -> list[Segment]:
    return [Segment(first + n, fence, at + 2_000 * n, 2_000_000, init) for n in range(count)]


def listed(given: list[Segment], *, ended: bool = True) -> m3u8.M3U8:
    return m3u8.loads(playlist(in_order(s.name for s in given), ended=ended))


@given(
    st.builds(
        Segment,
        st.integers(0, 10**12 - 1),
        st.integers(0, 10**10 - 1),
        st.integers(0, 10**13 - 1),
        st.integers(0, 10**10 - 1),
        st.binary().map(hash_of),
        st.booleans(),
        st.booleans(),
    )
)
def test_a_name_reads_back_as_its_segment(segment: Segment) -> None:
    assert parse(segment.name) == segment
    assert is_served(segment.name)
    assert is_served(segment.init_name)


@pytest.mark.parametrize("name", ["index.m3u8", "i-0.mp4", "s-1.m4s", "", segments(1)[0].name + "x"])
def test_any_other_name_is_no_segment(name: str) -> None:
    assert parse(name) is None


@pytest.mark.parametrize(
    "name", ["../secret", "..", ".x", "a/b", "index.m3u8/..", "i-1.mp4\n", "download.mp4.part", ""]
)
def test_names_that_lead_elsewhere_are_not_served(name: str) -> None:
    assert not is_served(name)
    assert not is_stream_folder(name)


def test_a_listing_in_any_order_plays_in_order() -> None:
    given = segments(5)
    assert [s.uri for s in listed(given[::-1]).segments] == [s.name for s in given]


def test_the_playlist_of_a_running_stream_is_an_event_and_ends_as_vod() -> None:
    event, vod = listed(segments(3), ended=False), listed(segments(3))
    assert (event.playlist_type, event.is_endlist) == ("event", False)
    assert (vod.playlist_type, vod.is_endlist) == ("vod", True)
    assert event.target_duration == 10
    assert vod.target_duration == 4


def test_durations_are_exact_over_hours() -> None:
    frames = [Segment(n, 1, AT + round(n * 2002), 2_002_000, INIT) for n in range(7_200)]
    total = sum(segment.duration for segment in listed(frames).segments)
    assert total == pytest.approx(7_200 * 2.002, abs=1e-6)
    assert duration_ms(frames) == 7_200 * 2_002


def test_what_continues_has_no_discontinuity_and_one_map() -> None:
    found = listed(segments(4)).segments
    assert [s.discontinuity for s in found] == [False] * 4
    assert {s.init_section.uri for s in found} == {segments(1)[0].init_name}


@pytest.mark.parametrize(
    "changed",
    [
        lambda s: replace(s, discontinuity=True),
        lambda s: replace(s, init=OTHER),
        lambda s: replace(s, fence=2, msn=s.msn + 40),
    ],
    ids=["restart", "another init", "another node"],
)
def test_what_does_not_continue_is_a_discontinuity(changed) -> None:  # type: ignore[no-untyped-def]
    before, after = segments(2), [changed(s) for s in segments(2, first=18, at=AT + 5_000)]
    after = [after[0], replace(after[1], discontinuity=False)]
    assert [s.discontinuity for s in listed(before + after).segments] == [False, False, True, False]


def test_a_segment_that_is_missing_makes_a_discontinuity() -> None:
    """A listing tells: whoever made it need not have known."""
    first, _, *others = segments(4)
    assert [s.discontinuity for s in listed([first, *others]).segments] == [False, True, False]


def test_what_a_node_stored_after_it_lost_the_stream_is_left_out() -> None:
    zombie = segments(6, fence=1)
    successor = segments(3, fence=2, first=60, at=AT + 6_500)
    played = in_order(s.name for s in zombie + successor)
    assert played == zombie[:4] + successor


def test_program_date_time_stands_at_each_break() -> None:
    before, after = segments(2), segments(2, first=50, fence=2, at=AT + 60_000)
    found = listed(before + after).segments
    gap = found[2].program_date_time - found[0].program_date_time
    assert gap.total_seconds() == 60


def test_one_file_is_of_the_init_segment_that_lasted_longest() -> None:
    short, long = segments(1), segments(4, first=17, at=AT + 2_000, init=OTHER)
    assert one_file(short + long) == [long[0].init_name, *(s.name for s in long)]
    assert one_file([]) == []


def test_a_segment_without_a_key_frame_takes_back_the_promise_of_independence() -> None:
    whole, cut = segments(2), [replace(s, independent=False) for s in segments(2)]
    assert listed(whole).is_independent_segments
    assert not listed(cut).is_independent_segments
