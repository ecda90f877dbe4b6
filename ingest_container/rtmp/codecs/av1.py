"""AV1: codec configuration record (AV1 in ISOBMFF 1.2, 2.3.3) and sequence header (AV1 bitstream, 5.5)."""

from ..errors import CodecError
from .bits import BitReader
from .facts import Picture

_SEQUENCE_HEADER = 1  # obu_type (6.2.2)
_PROFILES = {0: "Main", 1: "High", 2: "Professional"}
_WITH_TIER = 7  # seq_tier is there for seq_level_idx above this
_UNCONSTRAINED = 31  # seq_level_idx: "Maximum parameters"
_RECORD_BYTES = 4


def parse_codec_configuration(record: bytes) -> Picture:
    """An AV1CodecConfigurationRecord; without a sequence header inside, only profile and level. Raises CodecError."""
    if len(record) < _RECORD_BYTES or record[0] != 0x81:  # marker 1, version 1
        raise CodecError("not a codec configuration record")
    position = _RECORD_BYTES
    while position < len(record):
        header = record[position]
        position += 2 if header & 0x04 else 1  # obu_extension_flag
        size = len(record) - position
        if header & 0x02:  # obu_has_size_field
            size, position = _leb128(record, position)
        if header >> 3 & 0x0F == _SEQUENCE_HEADER:
            return parse_sequence_header(record[position : position + size])
        position += size
    return Picture(None, None, _profile(record[1] >> 5), _level(record[1] & 0x1F))


def parse_sequence_header(payload: bytes) -> Picture:
    """The payload of a sequence header OBU (5.5.1). Raises CodecError."""
    reader = BitReader(payload)
    profile = reader.bits(3)
    reader.flag()  # still_picture
    fps: float | None = None
    if reader.flag():  # reduced_still_picture_header
        level = reader.bits(5)
    else:
        delay_bits = 0
        if reader.flag():  # timing_info_present_flag
            fps = _frame_rate(reader)
            if reader.flag():  # decoder_model_info_present_flag
                delay_bits = reader.bits(5) + 1
                reader.bits(42)
        level = _operating_points(reader, delay_bits)
    width_bits, height_bits = reader.bits(4) + 1, reader.bits(4) + 1
    width, height = reader.bits(width_bits) + 1, reader.bits(height_bits) + 1
    return Picture(width, height, _profile(profile), _level(level), fps)


def _frame_rate(reader: BitReader) -> float | None:
    """timing_info (5.5.3)."""
    tick, scale = reader.bits(32), reader.bits(32)
    if not reader.flag():  # equal_picture_interval
        return None
    ticks = reader.unsigned() + 1  # num_ticks_per_picture_minus_1
    return scale / (tick * ticks) if tick and scale else None


def _operating_points(reader: BitReader, delay_bits: int) -> int:
    """The level of the first operating point, which is the one that is decoded unless asked otherwise."""
    with_display_delay = reader.flag()
    first = 0
    for index in range(reader.bits(5) + 1):
        reader.bits(12)  # operating_point_idc
        level = reader.bits(5)
        first = first if index else level
        if level > _WITH_TIER:
            reader.flag()
        if delay_bits and reader.flag():  # decoder_model_present_for_this_op
            reader.bits(2 * delay_bits + 1)
        if with_display_delay and reader.flag():
            reader.bits(4)
    return first


def _profile(profile: int) -> str:
    return _PROFILES.get(profile, str(profile))


def _level(index: int) -> str | None:
    """A.3: seq_level_idx 0 is level 2.0, four to each major number."""
    return None if index == _UNCONSTRAINED else f"{2 + (index >> 2)}.{index & 3}"


def _leb128(data: bytes, position: int) -> tuple[int, int]:
    """(value, position behind it): 4.10.5."""
    value = 0
    for index in range(8):
        if position >= len(data):
            raise CodecError("cut short")
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << (7 * index)
        if not byte & 0x80:
            return value, position
    raise CodecError("a size past 56 bits")
