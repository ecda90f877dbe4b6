"""The text of playlists: what is listed, in which order, and what a client that reloads is spared."""

import re

import pytest

from ingest_container.media.playlist import ListedPart, ListedSegment, Variant, media, multivariant

BEGAN = 1_790_000_000_000  # ms since the epoch


def segment(msn: int, *, whole: bool = True, parts: int = 4, discontinuity: bool = False) -> ListedSegment:
    return ListedSegment(
        msn,
        "1/i0.mp4",
        BEGAN + 2000 * msn,
        discontinuity,
        True,
        f"1/s{msn}.m4s" if whole else "",
        2.0 if whole else 0.0,
        [ListedPart(f"1/p{msn}.{n}.m4s", 0.5, independent=n == 0) for n in range(parts)],
    )


def window(count: int, *, live_parts: int = 2) -> list[ListedSegment]:
    return [*(segment(n) for n in range(count)), segment(count, whole=False, parts=live_parts)]


def render(segments: list[ListedSegment], **changes: object) -> str:
    arguments: dict[str, object] = {
        "target_duration": 4,
        "part_target": 0.51,
        "discontinuity_sequence": 0,
        "hint": None,
    }
    return media(segments, **(arguments | changes))  # type: ignore[arg-type]


def test_parts_are_listed_for_the_newest_segments_only() -> None:
    text = render(window(6))
    listed = {int(found) for found in re.findall(r'URI="1/p(\d+)\.', text)}
    assert listed == {4, 5, 6}


def test_sequence_numbers_stand_before_a_skip() -> None:
    text = render(window(20), skip=True)
    order = [text.index(f"#EXT-X-{tag}:") for tag in ("MEDIA-SEQUENCE", "DISCONTINUITY-SEQUENCE", "SKIP")]
    assert order == sorted(order)


def test_a_skip_leaves_six_target_durations_and_tells_how_many_it_left_out() -> None:
    text = render(window(20), skip=True)
    (skipped,) = re.findall(r"SKIPPED-SEGMENTS=(\d+)", text)
    left = re.findall(r"#EXTINF:([\d.]+)", text)
    assert int(skipped) + len(left) == 20
    assert sum(map(float, left)) + 1.0 > 24.0
    assert "1/s0.m4s" not in text


def test_nothing_is_skipped_of_a_short_window() -> None:
    assert render(window(6), skip=True) == render(window(6))


def test_the_map_is_said_once_and_again_when_it_changes() -> None:
    segments = window(3)
    segments[2].init_uri, segments[2].discontinuity = "2/i0.mp4", True
    segments[3].init_uri = "2/i0.mp4"
    lines = render(segments).splitlines()
    assert [line for line in lines if "MAP" in line] == ['#EXT-X-MAP:URI="1/i0.mp4"', '#EXT-X-MAP:URI="2/i0.mp4"']
    assert lines.index("#EXT-X-DISCONTINUITY") + 1 == lines.index('#EXT-X-MAP:URI="2/i0.mp4"')


def test_every_segment_has_its_programme_time() -> None:
    text = render(window(3))
    assert text.count("#EXT-X-PROGRAM-DATE-TIME:") == 4
    assert "#EXT-X-PROGRAM-DATE-TIME:2026-09-21T14:13:20.000Z" in text


@pytest.mark.parametrize(("ended", "hint"), [(False, True), (True, False)])
def test_the_next_part_is_hinted_until_the_stream_ends(*, ended: bool, hint: bool) -> None:
    text = render(window(2), hint="1/p2.2.m4s", ended=ended)
    assert ('#EXT-X-PRELOAD-HINT:TYPE=PART,URI="1/p2.2.m4s"' in text) is hint
    assert text.endswith("#EXT-X-ENDLIST\n") is ended


def test_hold_back_is_three_part_targets() -> None:
    assert "PART-HOLD-BACK=1.530," in render(window(2))


def test_the_multivariant_playlist_says_what_is_known() -> None:
    text = multivariant(Variant("st/v.m3u8", "avc1.64001f,mp4a.40.2", 3_000_000, 2_500_000, 1280, 720, 29.97))
    assert (
        '#EXT-X-STREAM-INF:BANDWIDTH=3000000,AVERAGE-BANDWIDTH=2500000,CODECS="avc1.64001f,mp4a.40.2",'
        "RESOLUTION=1280x720,FRAME-RATE=29.970\nst/v.m3u8\n"
    ) in text
    assert "RESOLUTION" not in multivariant(Variant("v.m3u8", "mp4a.40.2", 128_000, 128_000))
