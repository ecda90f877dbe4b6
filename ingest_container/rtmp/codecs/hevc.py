"""H.265: decoder configuration record (ISO/IEC 14496-15, 8.3.3.1), parameter sets (H.265, 7.3.2.1 and 7.3.2.2)."""

from dataclasses import replace

from ..errors import CodecError
from .bits import BitReader
from .facts import Picture
from .usability import skip_display

_VPS, _SPS = 32, 33  # nal_unit_type (table 7-1)
_RECORD_BYTES = 23  # of the configuration record, before its arrays of parameter sets
_UNIT_HEADER_BYTES = 2

_PROFILES = {1: "Main", 2: "Main 10", 3: "Main Still Picture", 4: "Rext", 9: "SCC", 11: "SCC"}
_INTERLACED = {0b10: False, 0b01: True}
_CHROMA_420, _CHROMA_422, _CHROMA_444 = 1, 2, 3

# Level 6.2 allows 8444 luma samples a side (A.4.1 with MaxLumaPs 35651584), level 7.2 twice as many.
_LARGEST_SIDE = 16_888
_MOST_REFERENCE_SETS = 64  # num_short_term_ref_pic_sets "shall be in the range of 0 to 64" (7.4.3.2.1)
_MOST_LONG_TERM = 32  # num_long_term_ref_pics_sps likewise
_MOST_REFERENCES = 16  # pictures of one set: MaxDpbSize is 16 at most (A.4.2)
_MOST_LAYERS = 7  # sps_max_sub_layers_minus1 is 0 to 6
_MOST_LAYER_SETS = 1_024  # vps_num_layer_sets_minus1 is 0 to 1023


def parse_decoder_configuration(record: bytes) -> Picture:
    """An HEVCDecoderConfigurationRecord. Raises CodecError."""
    if len(record) < _RECORD_BYTES or record[0] > 1:
        raise CodecError("not a decoder configuration record")
    units = _parameter_sets(record)
    if _SPS not in units:
        raise CodecError("no sequence parameter set")
    picture = parse_sequence_parameter_set(units[_SPS])
    fps = picture.fps
    if fps is None and _VPS in units:
        fps = _frame_rate_of_stream(units[_VPS])
    if fps is None:
        # avgFrameRate: "frames/(256 seconds)"; zero says nothing.
        fps = int.from_bytes(record[19:21], "big") / 256 or None
    return replace(picture, fps=fps)


def _parameter_sets(record: bytes) -> dict[int, bytes]:
    """The first unit of each kind."""
    units: dict[int, bytes] = {}
    position = _RECORD_BYTES
    for _ in range(record[22]):
        if position + 3 > len(record):
            break
        kind = record[position] & 0x3F
        count = int.from_bytes(record[position + 1 : position + 3], "big")
        position += 3
        for _ in range(count):
            start = position + 2
            position = start + int.from_bytes(record[position:start], "big")
            if position > len(record):
                raise CodecError("a parameter set is cut short")
            units.setdefault(kind, record[start:position])
            if start == position:
                raise CodecError("an empty parameter set")
    return units


def parse_sequence_parameter_set(unit: bytes) -> Picture:
    """A whole NAL unit, header and emulation prevention included. Raises CodecError."""
    if len(unit) < _UNIT_HEADER_BYTES or unit[0] >> 1 & 0x3F != _SPS:
        raise CodecError("not a sequence parameter set")
    reader = BitReader.of_unit(unit[_UNIT_HEADER_BYTES:])
    reader.bits(4)  # sps_video_parameter_set_id
    layers = reader.bits(3)  # sps_max_sub_layers_minus1
    reader.flag()  # sps_temporal_id_nesting_flag
    profile, level, interlaced = _profile_tier_level(reader, layers)
    reader.unsigned()  # sps_seq_parameter_set_id
    chroma_format = reader.unsigned()
    separate_planes = chroma_format == _CHROMA_444 and reader.flag()
    width, height = reader.unsigned(), reader.unsigned()
    if reader.flag():  # conformance_window_flag
        left, right = reader.unsigned(), reader.unsigned()
        top, bottom = reader.unsigned(), reader.unsigned()
        # Table 6-1: the window counts in chroma samples.
        across = 2 if chroma_format in (_CHROMA_420, _CHROMA_422) and not separate_planes else 1
        down = 2 if chroma_format == _CHROMA_420 and not separate_planes else 1
        width -= (left + right) * across
        height -= (top + bottom) * down
    if not (0 < width <= _LARGEST_SIDE and 0 < height <= _LARGEST_SIDE):
        raise CodecError(f"a picture of {width} x {height}")
    try:
        fps = _frame_rate(reader, layers)
    except CodecError:
        fps = None  # cut short or unusual behind the size; the size stands
    return Picture(width, height, profile, level, fps, interlaced)


def _profile_tier_level(reader: BitReader, layers: int) -> tuple[str, str, bool | None]:
    """Profile, level, and whether the source is interlaced (7.3.3); None where that is left to each picture."""
    if layers >= _MOST_LAYERS:
        raise CodecError(f"{layers + 1} sub-layers")
    reader.bits(3)  # general_profile_space, general_tier_flag
    profile = reader.bits(5)
    reader.bits(32)  # general_profile_compatibility_flag
    scan = reader.bits(2)  # general_progressive_source_flag, general_interlaced_source_flag
    reader.bits(46)
    level = reader.bits(8)
    present = [(reader.flag(), reader.flag()) for _ in range(layers)]
    if layers:
        reader.bits(2 * (8 - layers))
    for has_profile, has_level in present:
        if has_profile:
            reader.bits(88)
        if has_level:
            reader.bits(8)
    return _PROFILES.get(profile, str(profile)), f"{level // 30}.{level % 30 // 3}", _INTERLACED.get(scan)


def _frame_rate(reader: BitReader, layers: int) -> float | None:
    """The rest of a sequence parameter set, up to the timing part of the usability information (E.2.1)."""
    reader.unsigned()  # bit_depth_luma_minus8
    reader.unsigned()  # bit_depth_chroma_minus8
    order_bits = reader.unsigned() + 4  # log2_max_pic_order_cnt_lsb_minus4
    for _ in range(layers + 1 if reader.flag() else 1):  # sps_sub_layer_ordering_info_present_flag
        reader.skip_unsigned(3)
    reader.skip_unsigned(6)  # sizes and depths of coding and transform blocks
    if reader.flag() and reader.flag():  # scaling_list_enabled_flag, sps_scaling_list_data_present_flag
        _skip_scaling_lists(reader)
    reader.bits(2)  # amp_enabled_flag, sample_adaptive_offset_enabled_flag
    if reader.flag():  # pcm_enabled_flag
        reader.bits(8)
        reader.skip_unsigned(2)
        reader.flag()
    _skip_reference_sets(reader)
    if reader.flag():  # long_term_ref_pics_present_flag
        for _ in range(_at_most(reader.unsigned(), _MOST_LONG_TERM)):
            reader.bits(order_bits + 1)
    reader.bits(2)  # sps_temporal_mvp_enabled_flag, strong_intra_smoothing_enabled_flag
    if not reader.flag():  # vui_parameters_present_flag
        return None
    skip_display(reader)
    reader.bits(3)  # neutral_chroma_indication_flag, field_seq_flag, frame_field_info_present_flag
    if reader.flag():  # default_display_window_flag
        reader.skip_unsigned(4)
    return _timing(reader)


def _timing(reader: BitReader) -> float | None:
    """vui_timing_info_present_flag, or the same of a video parameter set: unlike in H.264, one tick is one frame."""
    if not reader.flag():
        return None
    tick, scale = reader.bits(32), reader.bits(32)
    return scale / tick if tick and scale else None


def _frame_rate_of_stream(unit: bytes) -> float | None:
    """vps_timing_info (7.3.2.1); None if there is none or it cannot be read."""
    reader = BitReader.of_unit(unit[_UNIT_HEADER_BYTES:])
    try:
        reader.bits(12)  # id, base layer flags, vps_max_layers_minus1
        layers = reader.bits(3)
        reader.bits(17)  # nesting flag, 16 reserved bits
        _profile_tier_level(reader, layers)
        for _ in range(layers + 1 if reader.flag() else 1):
            reader.skip_unsigned(3)
        largest_layer_id = reader.bits(6)
        for _ in range(_at_most(reader.unsigned(), _MOST_LAYER_SETS)):
            reader.bits(largest_layer_id + 1)
        return _timing(reader)
    except CodecError:
        return None


def _skip_scaling_lists(reader: BitReader) -> None:
    """7.3.4."""
    for size in range(4):
        for _ in range(2 if size == 3 else 6):
            if not reader.flag():  # scaling_list_pred_mode_flag
                reader.unsigned()
            else:
                reader.skip_unsigned(min(64, 1 << (4 + (size << 1))) + (1 if size > 1 else 0))


def _skip_reference_sets(reader: BitReader) -> None:
    """7.3.7, for all sets: one that is predicted has as many flags as the one before it has pictures, and one more."""
    pictures = 0
    for index in range(_at_most(reader.unsigned(), _MOST_REFERENCE_SETS)):
        if index and reader.flag():  # inter_ref_pic_set_prediction_flag
            reader.flag()  # delta_rps_sign
            reader.unsigned()  # abs_delta_rps_minus1
            # used_by_curr_pic_flag, and where it is not set use_delta_flag
            pictures = sum(reader.flag() or reader.flag() for _ in range(pictures + 1))
        else:
            pictures = reader.unsigned() + reader.unsigned()
            for _ in range(_at_most(pictures, _MOST_REFERENCES)):
                reader.unsigned()
                reader.flag()
        _at_most(pictures, _MOST_REFERENCES)


def _at_most(count: int, most: int) -> int:
    if count > most:
        raise CodecError(f"{count} where {most} are allowed")
    return count
