"""VP9: codec configuration record (VP Codec ISO Media File Format Binding 1.0) and key frame header (VP9, 6.2)."""

from ..errors import CodecError
from .bits import BitReader
from .facts import Picture

_BOX_HEADER = b"\x01\x00\x00\x00"  # version 1 and flags: the record as it stands in an MP4 file
_RECORD_BYTES = 8
_SYNC_CODE = 0x498342
_RGB = 7  # color_space


def parse_codec_configuration(record: bytes) -> Picture:
    """A VPCodecConfigurationRecord, with or without the box's version in front. It has no size. Raises CodecError."""
    if record.startswith(_BOX_HEADER):
        record = record[len(_BOX_HEADER) :]
    if len(record) < _RECORD_BYTES:
        raise CodecError("not a codec configuration record")
    level = record[1]  # ten times the level; 0 if it is not known
    return Picture(None, None, _profile(record[0]), f"{level // 10}.{level % 10}" if level else None)


def parse_key_frame(frame: bytes) -> Picture:
    """The uncompressed header of a key frame. Raises CodecError."""
    reader = BitReader(frame)
    if reader.bits(2) != 2:  # frame_marker
        raise CodecError("not a frame")
    profile = reader.bits(1) | reader.bits(1) << 1
    if profile == 3:
        reader.flag()
    if reader.flag() or reader.flag():  # show_existing_frame, frame_type
        raise CodecError("not a key frame")
    reader.bits(2)  # show_frame, error_resilient_mode
    if reader.bits(24) != _SYNC_CODE:
        raise CodecError("no sync code")
    if profile >= 2:
        reader.flag()  # ten_or_twelve_bit
    if reader.bits(3) != _RGB:
        reader.flag()  # color_range
        if profile in (1, 3):
            reader.bits(3)  # subsampling, reserved
    elif profile in (1, 3):
        reader.flag()
    return Picture(reader.bits(16) + 1, reader.bits(16) + 1, _profile(profile), None)


def _profile(profile: int) -> str:
    return f"Profile {profile}"
