"""Key frames that refresh the decoder, and those that only let it recover."""

import pytest

from ingest_container.rtmp.codecs.access_units import MAX_NAL_UNITS, begins_open_gop


def unit(header: int, body: bytes = b"\x80\x00") -> bytes:
    nal = bytes([header]) + body
    return len(nal).to_bytes(4, "big") + nal


SPS, PPS, SEI, IDR, SLICE = 0x67, 0x68, 0x06, 0x65, 0x41
VPS, HEVC_IDR, CRA = 32 << 1, 19 << 1, 21 << 1


@pytest.mark.parametrize(
    ("codec", "units", "expected"),
    [
        ("h264", [IDR], False),
        ("h264", [SPS, PPS, SEI, IDR], False),
        ("h264", [SEI, SLICE], True),
        ("h264", [SPS, PPS, SEI], False),
        ("hevc", [VPS, HEVC_IDR], False),
        ("hevc", [VPS, CRA], True),
        ("av1", [SLICE], False),
        ("h264", [SEI] * MAX_NAL_UNITS + [SLICE], False),
        ("h264", [], False),
    ],
)
def test_first_slice_says_what_kind_of_key_frame_it_is(codec: str, units: list[int], expected: bool) -> None:
    assert begins_open_gop(codec, b"12345" + b"".join(map(unit, units)), 5) is expected


@pytest.mark.parametrize("cut", range(13))
def test_key_frame_is_judged_once_its_slice_header_is_there(cut: int) -> None:
    assert begins_open_gop("h264", (unit(SEI) + unit(SLICE))[:cut], 0) is (cut > 11)


def test_size_that_leads_nowhere_is_not_an_open_group() -> None:
    assert begins_open_gop("h264", b"\xff\xff\xff\xff\x06", 0) is False
    assert begins_open_gop("h264", b"\x00\x00\x00\x00\x06" * 9, 0) is False
