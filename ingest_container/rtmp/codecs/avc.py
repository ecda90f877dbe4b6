"""H.264: decoder configuration record (ISO/IEC 14496-15, 5.3.3.1) and sequence parameter set (H.264, 7.3.2.1)."""

from ..errors import CodecError
from .bits import BitReader
from .facts import Picture
from .usability import skip_display

_SPS = 7  # nal_unit_type of a sequence parameter set

_PROFILES = {
    44: "CAVLC 4:4:4 Intra",
    66: "Baseline",
    77: "Main",
    88: "Extended",
    100: "High",
    110: "High 10",
    122: "High 4:2:2",
    244: "High 4:4:4 Predictive",
}
# The same where constraint_set3_flag says that every picture is a key frame (A.2.8 to A.2.10).
_INTRA_PROFILES = {110: "High 10 Intra", 122: "High 4:2:2 Intra", 244: "High 4:4:4 Intra"}
# Profiles whose parameter sets say more on chroma format, bit depth and scaling (7.3.2.1.1).
_WITH_CHROMA_FORMAT = (100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135)
_CONSTRAINT_SET_1, _CONSTRAINT_SET_3 = 0x40, 0x10
_CHROMA_420, _CHROMA_422, _CHROMA_444 = 1, 2, 3

# Level 6.2 allows 16864 luma samples a side at most (A.3.1 with MaxFS 139264); what is larger is no picture.
_LARGEST_SIDE = 16864
# "num_ref_frames_in_pic_order_cnt_cycle ... shall be in the range of 0 to 255" (7.4.2.1.1)
_LONGEST_ORDER_CYCLE = 255


def parse_decoder_configuration(record: bytes) -> Picture:
    """The first parameter set of an AVCDecoderConfigurationRecord. Raises CodecError."""
    # version, profile, compatibility, level, length size, number of parameter sets, length of the first (16 bits)
    if len(record) < 8 or record[0] != 1 or record[5] & 0x1F == 0:
        raise CodecError("not a decoder configuration record with a parameter set")
    size = int.from_bytes(record[6:8], "big")
    return parse_sequence_parameter_set(record[8 : 8 + size])


def parse_sequence_parameter_set(unit: bytes) -> Picture:
    """A whole NAL unit, header byte and emulation prevention included. Raises CodecError."""
    if len(unit) < 4 or unit[0] & 0x1F != _SPS:
        raise CodecError("not a sequence parameter set")
    reader = BitReader.of_unit(unit[1:])
    profile_idc = reader.bits(8)
    constraints = reader.bits(8)
    level_idc = reader.bits(8)
    reader.unsigned()  # seq_parameter_set_id
    chroma_format, planes = _chroma_format(reader, profile_idc)
    reader.unsigned()  # log2_max_frame_num_minus4
    _skip_picture_order(reader)
    reader.unsigned()  # max_num_ref_frames
    reader.flag()  # gaps_in_frame_num_value_allowed_flag
    width = (reader.unsigned() + 1) * 16
    height_units = reader.unsigned() + 1
    frames_only = reader.flag()  # frame_mbs_only_flag
    height = height_units * (16 if frames_only else 32)
    if not frames_only:
        reader.flag()  # mb_adaptive_frame_field_flag
    reader.flag()  # direct_8x8_inference_flag
    if reader.flag():  # frame_cropping_flag
        left, right = reader.unsigned(), reader.unsigned()
        top, bottom = reader.unsigned(), reader.unsigned()
        # Table 6-1 and equations 7-19 to 7-22: cropping counts in chroma samples, and in fields unless frames only.
        across = 2 if planes and chroma_format in (_CHROMA_420, _CHROMA_422) else 1
        down = (2 if planes and chroma_format == _CHROMA_420 else 1) * (1 if frames_only else 2)
        width -= (left + right) * across
        height -= (top + bottom) * down
    if not (0 < width <= _LARGEST_SIDE and 0 < height <= _LARGEST_SIDE):
        raise CodecError(f"a picture of {width} x {height}")
    fps = _frame_rate(reader) if reader.flag() else None
    profile, level = _profile(profile_idc, constraints), _level(profile_idc, constraints, level_idc)
    return Picture(width, height, profile, level, fps, interlaced=not frames_only)


def _chroma_format(reader: BitReader, profile_idc: int) -> tuple[int, bool]:
    """(chroma_format_idc, whether chroma is coded with luma)."""
    if profile_idc not in _WITH_CHROMA_FORMAT:
        return _CHROMA_420, True
    chroma_format = reader.unsigned()
    separate_planes = chroma_format == _CHROMA_444 and reader.flag()
    reader.unsigned()  # bit_depth_luma_minus8
    reader.unsigned()  # bit_depth_chroma_minus8
    reader.flag()  # qpprime_y_zero_transform_bypass_flag
    if reader.flag():  # seq_scaling_matrix_present_flag
        for index in range(12 if chroma_format == _CHROMA_444 else 8):
            if reader.flag():
                _skip_scaling_list(reader, 16 if index < 6 else 64)
    return chroma_format, not separate_planes


def _skip_scaling_list(reader: BitReader, size: int) -> None:
    """7.3.2.1.1.1: a scale of zero ends the deltas early."""
    scale = 8
    for _ in range(size):
        scale = (scale + reader.signed()) % 256
        if scale == 0:
            return


def _skip_picture_order(reader: BitReader) -> None:
    order_type = reader.unsigned()
    if order_type == 0:
        reader.unsigned()  # log2_max_pic_order_cnt_lsb_minus4
    elif order_type == 1:
        reader.flag()  # delta_pic_order_always_zero_flag
        reader.signed()  # offset_for_non_ref_pic
        reader.signed()  # offset_for_top_to_bottom_field
        cycle = reader.unsigned()
        if cycle > _LONGEST_ORDER_CYCLE:
            raise CodecError(f"a picture order cycle of {cycle}")
        for _ in range(cycle):
            reader.signed()


def _frame_rate(reader: BitReader) -> float | None:
    """The timing part of the usability information (E.1.1)."""
    try:
        skip_display(reader)
        if not reader.flag():  # timing_info_present_flag
            return None
        tick = reader.bits(32)
        scale = reader.bits(32)
    except CodecError:
        return None  # some encoders cut the usability information short; the picture size stands
    # One frame lasts two ticks (E.2.1: DeltaTfiDivisor of a frame is 2).
    return scale / (2 * tick) if tick and scale else None


def _profile(profile_idc: int, constraints: int) -> str:
    if profile_idc == 66 and constraints & _CONSTRAINT_SET_1:  # A.2.1.1
        return "Constrained Baseline"
    if constraints & _CONSTRAINT_SET_3 and profile_idc in _INTRA_PROFILES:
        return _INTRA_PROFILES[profile_idc]
    return _PROFILES.get(profile_idc, str(profile_idc))


def _level(profile_idc: int, constraints: int, level_idc: int) -> str:
    # Baseline, Main and Extended have constraint_set3_flag with level 11 for 1b, all others level_idc 9 (A.3.1, A.3.2).
    if level_idc == 9 or (level_idc == 11 and profile_idc in (66, 77, 88) and constraints & _CONSTRAINT_SET_3):
        return "1b"
    return f"{level_idc // 10}.{level_idc % 10}"
