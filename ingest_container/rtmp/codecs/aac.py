"""AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1): the sequence header of AAC."""

from ..errors import CodecError
from .bits import BitReader
from .facts import Sound

_SAMPLE_RATES = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350)
_EXPLICIT_RATE = 15
# Channel configuration to channels (1.6.3.4); 0 leaves it to a program config element.
_CHANNELS = {0: None, 1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 6, 7: 8, 11: 7, 12: 8, 13: 24, 14: 8}
_SPECTRAL_BAND_REPLICATION = 5
_PARAMETRIC_STEREO = 29
_ESCAPE = 31


def parse_audio_specific_config(data: bytes) -> Sound:
    """`sample_rate` after band replication, `channels` after parametric stereo. Raises CodecError."""
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
    return Sound(sample_rate, channels)


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
