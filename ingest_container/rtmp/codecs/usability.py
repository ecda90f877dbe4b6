"""Video usability information: the beginning, which H.264 (E.1.1) and H.265 (E.2.1) have in common."""

from .bits import BitReader

_EXTENDED_SAMPLE_ASPECT_RATIO = 255


def skip_display(reader: BitReader) -> None:
    """Skips aspect ratio, overscan, video signal type and chroma location. Raises CodecError."""
    if reader.flag() and reader.bits(8) == _EXTENDED_SAMPLE_ASPECT_RATIO:
        reader.bits(32)
    if reader.flag():  # overscan_info_present_flag
        reader.flag()
    if reader.flag():  # video_signal_type_present_flag
        reader.bits(4)
        if reader.flag():  # colour_description_present_flag
            reader.bits(24)
    if reader.flag():  # chroma_loc_info_present_flag
        reader.skip_unsigned(2)
