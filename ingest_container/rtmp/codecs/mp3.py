"""MP3: a frame's header (ISO/IEC 11172-3, 2.4.1.3; ISO/IEC 13818-3 for half the rates; MPEG 2.5 for a quarter).

FLV's own tag has no 48 kHz: what is sent so says 44.1 kHz there, and the truth only here.
"""

from ..errors import CodecError
from .facts import Sound

_HEADER_BYTES = 4
_RATES = (44_100, 48_000, 32_000)  # by sampling_frequency, of MPEG-1
_DIVISORS = {3: 1, 2: 2, 0: 4}  # by version: MPEG-1, MPEG-2, MPEG 2.5
_MONO = 3  # mode single_channel


def parse_frame(frame: bytes) -> Sound:
    """The beginning of a frame. Raises CodecError."""
    if len(frame) < _HEADER_BYTES or frame[0] != 0xFF or frame[1] & 0xE0 != 0xE0:
        raise CodecError("no sync word")
    divisor, layer, rate = _DIVISORS.get(frame[1] >> 3 & 3), frame[1] >> 1 & 3, frame[2] >> 2 & 3
    if divisor is None or not layer or rate == len(_RATES):
        raise CodecError("a reserved version, layer or sample rate")
    return Sound(_RATES[rate] // divisor, 1 if frame[3] >> 6 == _MONO else 2)
