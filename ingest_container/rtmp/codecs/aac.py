"""AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1): the sequence header of AAC."""

from contextlib import suppress

from ..errors import CodecError
from .bits import BitReader
from .facts import Sound

_SAMPLE_RATES = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350)
_EXPLICIT_RATE = 15
# Channel configuration to channels (1.6.3.4); 0 leaves it to a program config element (PCE).
_CHANNELS = {0: None, 1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 6, 7: 8, 11: 7, 12: 8, 13: 24, 14: 8}
_GENERAL_AUDIO = (1, 2, 3, 4)  # Main, LC, SSR, LTP: what a GASpecificConfig describes and encoders send
_SPECTRAL_BAND_REPLICATION = 5
_PARAMETRIC_STEREO = 29
_ESCAPE = 31
# syncExtensionType: what follows is for decoders that know of it, others hear the core alone (1.6.5.2)
_BAND_REPLICATION_FOLLOWS = 0x2B7
_PARAMETRIC_STEREO_FOLLOWS = 0x548


def parse_audio_specific_config(data: bytes) -> Sound:
    """`sample_rate` after band replication, `channels` after parametric stereo, however signalled.

    Raises CodecError.
    """
    reader = BitReader(data)
    object_type = _object_type(reader)
    sample_rate = _sample_rate(reader)
    configuration = reader.bits(4)
    if configuration not in _CHANNELS:
        raise CodecError(f"channel configuration {configuration} is reserved")
    channels = _CHANNELS[configuration]
    if object_type in (_SPECTRAL_BAND_REPLICATION, _PARAMETRIC_STEREO):
        sample_rate = _sample_rate(reader)
        if object_type == _PARAMETRIC_STEREO:
            channels = 2
    elif object_type in _GENERAL_AUDIO:
        # Encoders leave out what may be left out, here and there also what may not.
        with suppress(CodecError):
            _skip_general_audio(reader)
            if channels is None:
                channels = _channels_of_program(reader)
            elif _follows(reader, _BAND_REPLICATION_FOLLOWS) and _object_type(reader) == _SPECTRAL_BAND_REPLICATION:
                sample_rate = _sample_rate(reader) if reader.flag() else sample_rate
                channels = 2 if _follows(reader, _PARAMETRIC_STEREO_FOLLOWS) and reader.flag() else channels
    return Sound(sample_rate, channels)


def _skip_general_audio(reader: BitReader) -> None:
    """GASpecificConfig (4.4.1), up to its program config element."""
    reader.flag()  # frameLengthFlag
    if reader.flag():  # dependsOnCoreCoder
        reader.bits(14)
    reader.flag()  # extensionFlag


def _channels_of_program(reader: BitReader) -> int | None:
    """program_config_element (4.4.1.1): elements of one or two channels, and those of low frequency."""
    reader.bits(10)  # element_instance_tag, object_type, sampling_frequency_index
    full_range = sum(reader.bits(4) for _ in ("front", "side", "back"))
    low_frequency = reader.bits(2)
    reader.bits(7)  # num_assoc_data_elements, num_valid_cc_elements
    for mixdown_bits in (4, 4, 3):  # mono, stereo, matrix
        if reader.flag():
            reader.bits(mixdown_bits)
    pairs = sum(reader.bits(5) >> 4 for _ in range(full_range))  # is_cpe, then the element's tag
    return full_range + pairs + low_frequency or None


def _follows(reader: BitReader, extension: int) -> bool:
    return reader.bits(11) == extension


def _object_type(reader: BitReader) -> int:
    object_type = reader.bits(5)
    return 32 + reader.bits(6) if object_type == _ESCAPE else object_type


def _sample_rate(reader: BitReader) -> int:
    index = reader.bits(4)
    if index == _EXPLICIT_RATE:
        return reader.bits(24)
    if index >= len(_SAMPLE_RATES):
        raise CodecError(f"sampling frequency index {index} is reserved")
    return _SAMPLE_RATES[index]
