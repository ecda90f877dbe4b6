"""CEA-608 captions are found in coded pictures, and announced once they were seen."""

import re

import m3u8
import pytest

from ingest_container.media.cea608 import has_captions
from tests.unit.media.test_origin import CHANNEL, live

PADDING, TEXT = bytes([0xFC, 0x80, 0x80]), bytes([0xFC, 0x94, 0x2C])
FIELD_2, DTVCC, NOT_VALID = bytes([0xFD, 0x94, 0x2C]), bytes([0xFF, 0x42, 0x21]), bytes([0xF8, 0x94, 0x2C])


def cc_data(*constructs: bytes, count: int | None = None) -> bytes:
    """In the middle of a picture."""
    count = len(constructs) if count is None else count
    message = b"\xb5\x00\x31GA94\x03" + bytes([0xC0 | count, 0xFF]) + b"".join(constructs) + b"\xff"
    return b"\x65" * 100 + message + b"\x41" * 100


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (cc_data(TEXT), True),
        (cc_data(PADDING, DTVCC, TEXT), True),
        (cc_data(PADDING) + cc_data(TEXT), True),
        (cc_data(PADDING), False),
        (cc_data(FIELD_2, DTVCC, NOT_VALID), False),
        (cc_data(TEXT, count=0), False),
        (cc_data(), False),
        (cc_data(TEXT)[:112], False),
        (cc_data(TEXT)[:108], False),
        (b"", False),
        (b"GA94" * 50, False),
    ],
)
def test_captions_are_more_than_padding_in_field_1(data: bytes, expected: bool) -> None:
    for buffers in ([data], [memoryview(data)], [b"a frame", data]):
        assert has_captions(buffers) is expected


async def test_the_playlist_announces_captions_once_they_were_seen() -> None:
    """And goes on to do so: captions pause."""
    async with live() as stream:
        path = f"/live/{CHANNEL}/index.m3u8"
        stream.sends(5)
        _, before = await stream.get(path)
        assert b"CAPTIONS" not in before
        for frame in (cc_data(TEXT), cc_data(PADDING)):
            stream.sends(40, frame)
            _, after = await stream.get(path)
            (media,) = m3u8.loads(after.decode()).media
            assert (media.type, media.group_id, media.instream_id) == ("CLOSED-CAPTIONS", "cc", "CC1")
            assert re.search(rb'#EXT-X-STREAM-INF:.*,CLOSED-CAPTIONS="cc"\n', after)
