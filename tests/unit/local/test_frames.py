"""A client's frames reach the reader unchanged, however they are cut; the first that is not masked ends them."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.gateway.frames import PROTOCOL_ERROR, MaskedFrames


class Collecting:
    """In the place of aiohttp's reader."""

    def __init__(self) -> None:
        self.data = b""
        self.ended = False

    def feed_eof(self) -> None:
        self.ended = True

    def feed_data(self, data: bytes) -> tuple[bool, bytes]:
        self.data += data
        return False, b""


def frame(size: int, *, masked: bool = True, first: int = 0x82) -> bytes:
    bit = 0x80 if masked else 0
    if size < 126:
        header = bytes([first, bit | size])
    elif size < 1 << 16:
        header = bytes([first, bit | 126]) + struct.pack(">H", size)
    else:
        header = bytes([first, bit | 127]) + struct.pack(">Q", size)
    return header + (b"mask" if masked else b"") + b"\x81\x00" * (size // 2) + b"\x81" * (size % 2)


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    ends = [*sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    return [data[begin:end] for begin, end in zip([0, *ends], ends, strict=False)]


SIZES = st.lists(st.sampled_from([0, 1, 2, 125, 126, 127, 300, 65_535, 65_536]), max_size=4)
CUTS = st.lists(st.integers(0, 1 << 18), max_size=12)


@given(sizes=SIZES, cuts=CUTS)
def test_masked_frames_pass_unchanged(sizes: list[int], cuts: list[int]) -> None:
    sent = b"".join(frame(size) for size in sizes)
    reader = Collecting()
    guard = MaskedFrames(reader)
    for piece in pieces(sent, cuts):
        guard.feed_data(piece)
    assert reader.data == sent


@given(sizes=SIZES, unmasked=st.sampled_from([0, 1, 125, 126, 65_536]), cuts=CUTS)
def test_nothing_of_an_unmasked_frame_passes(sizes: list[int], unmasked: int, cuts: list[int]) -> None:
    good = b"".join(frame(size) for size in sizes)
    reader = Collecting()
    guard = MaskedFrames(reader)
    for piece in pieces(good + frame(unmasked, masked=False), cuts):
        guard.feed_data(piece)
        if reader.data.endswith(PROTOCOL_ERROR):  # aiohttp reads no more of the connection
            break
    assert reader.data == good + PROTOCOL_ERROR


@pytest.mark.parametrize("opcode", [0x88, 0x89, 0x8A], ids=["close", "ping", "pong"])
def test_control_frames_must_be_masked_too(opcode: int) -> None:
    reader = Collecting()
    MaskedFrames(reader).feed_data(frame(4, masked=False, first=opcode))
    assert reader.data == PROTOCOL_ERROR


def test_length_past_all_bounds_is_left_to_the_reader() -> None:
    header = b"\x81\xff" + struct.pack(">Q", 1 << 63) + b"mask"
    reader = Collecting()
    guard = MaskedFrames(reader)
    guard.feed_data(header)
    guard.feed_data(b"more")
    assert reader.data == header + b"more"
    guard.feed_eof()
    assert reader.ended
