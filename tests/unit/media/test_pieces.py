"""Bytes in pieces: the same in whatever form they are asked for, and kept once."""

import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from ingest_container.media.pieces import PartBytes, SegmentBytes

PIECES = st.lists(st.tuples(st.binary(max_size=20), st.integers(0, 5)), min_size=1, max_size=5)


@given(st.lists(PIECES, min_size=1, max_size=4), st.data())
def test_a_segment_is_its_parts_in_whatever_order_both_are_asked_for(
    parts: list[list[tuple[bytes, int]]], data: st.DataObject
) -> None:
    segment, expected = SegmentBytes(), []
    for pieces in parts:
        skips = [min(skip, len(piece)) for piece, skip in pieces]
        segment.add(PartBytes([piece for piece, _ in pieces], skips))
        expected.append(b"".join(piece[skip:] for (piece, _), skip in zip(pieces, skips, strict=True)))
    assert segment.size == sum(map(len, expected))
    for _ in range(data.draw(st.integers(0, 4))):
        which = data.draw(st.integers(-1, len(parts) - 1))
        if which < 0:
            assert segment.whole() == b"".join(expected)
        else:
            assert segment.parts[which].whole() == expected[which]
        assert b"".join(segment.buffers()) == b"".join(expected)
        assert [part.whole() for part in segment.parts] == expected


def test_whoever_asks_next_gets_the_same_object() -> None:
    part = PartBytes([bytes(10), bytes(10)], [1, 2])
    assert part.whole() is part.whole()
    segment = SegmentBytes()
    segment.add(part)
    assert segment.whole() is segment.whole()
    assert [each.obj for each in segment.buffers() if isinstance(each, memoryview)] == [segment.whole().obj]


def test_bytes_are_kept_once_in_parts_and_in_their_segment() -> None:
    tracemalloc.start()
    try:
        segment = SegmentBytes()
        for _ in range(4):
            segment.add(PartBytes([bytes(10_000) for _ in range(25)], [5] * 25))
        in_pieces, _ = tracemalloc.get_traced_memory()
        for part in segment.parts:
            part.whole()
        in_parts, _ = tracemalloc.get_traced_memory()
        segment.whole()
        in_one, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert max(in_pieces, in_parts, in_one) < 1.05 * segment.size
