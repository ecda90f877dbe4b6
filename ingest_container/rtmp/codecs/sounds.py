"""Opus, FLAC, AC-3 and E-AC-3: what the little of their headers says that a listener would notice."""

from ..errors import CodecError
from .bits import BitReader
from .facts import Sound

_OPUS_HEAD = b"OpusHead"
_OPUS_RATE = 48_000  # "the decoder ... always 48 kHz"; the header's rate is that of the original (RFC 7845, 5.1)
_FLAC_MARKER = b"fLaC"
_FLAC_BLOCK_HEADER_BYTES = 4
_FLAC_STREAM_INFO, _FLAC_STREAM_INFO_BYTES = 0, 34
_AC3_SYNC_WORD = b"\x0b\x77"
_AC3_RATES = (48_000, 44_100, 32_000)
_AC3_CHANNELS = (2, 1, 2, 3, 3, 4, 4, 5)  # by acmod (ETSI TS 102 366, table 4.3), without the low frequency one


def parse_opus_head(data: bytes) -> Sound:
    """The identification header (RFC 7845, 5.1). Raises CodecError."""
    if len(data) < 19 or not data.startswith(_OPUS_HEAD) or not data[9]:
        raise CodecError("not an identification header")
    return Sound(_OPUS_RATE, data[9])


def parse_flac_stream_info(data: bytes) -> Sound:
    """A STREAMINFO block (RFC 9639, 8.2), behind the marker and its block header or bare. Raises CodecError."""
    if data.startswith(_FLAC_MARKER):
        data = data[len(_FLAC_MARKER) :]
    if len(data) != _FLAC_STREAM_INFO_BYTES:
        if not data or data[0] & 0x7F != _FLAC_STREAM_INFO:
            raise CodecError("not a STREAMINFO block")
        data = data[_FLAC_BLOCK_HEADER_BYTES:]
    reader = BitReader(data)
    reader.bits(80)  # sizes of blocks and frames
    rate, channels = reader.bits(20), reader.bits(3) + 1
    if not rate:
        raise CodecError("a sample rate of 0")
    return Sound(rate, channels)


def parse_ac3_frame(frame: bytes) -> Sound:
    """The beginning of a syncframe of AC-3 (ETSI TS 102 366, 4.3). Raises CodecError."""
    reader = _after_sync_word(frame)
    reader.bits(16)  # crc1
    rate = reader.bits(2)
    if rate == len(_AC3_RATES):
        raise CodecError("a reserved sample rate")
    reader.bits(14)  # frmsizecod, bsid, bsmod
    mode = reader.bits(3)
    if mode & 1 and mode != 1:
        reader.bits(2)  # cmixlev
    if mode & 4:
        reader.bits(2)  # surmixlev
    if mode == 2:
        reader.bits(2)  # dsurmod
    return Sound(_AC3_RATES[rate], _AC3_CHANNELS[mode] + reader.bits(1))


def parse_eac3_frame(frame: bytes) -> Sound:
    """The beginning of an independent syncframe of E-AC-3 (ETSI TS 102 366, E.1.2). Raises CodecError."""
    reader = _after_sync_word(frame)
    reader.bits(16)  # strmtyp, substreamid, frmsiz
    code = reader.bits(2)
    if code < len(_AC3_RATES):
        rate = _AC3_RATES[code]
        reader.bits(2)  # numblkscod
    else:
        half = reader.bits(2)
        if half == len(_AC3_RATES):
            raise CodecError("a reserved sample rate")
        rate = _AC3_RATES[half] // 2
    mode = reader.bits(3)
    return Sound(rate, _AC3_CHANNELS[mode] + reader.bits(1))


def _after_sync_word(frame: bytes) -> BitReader:
    if not frame.startswith(_AC3_SYNC_WORD):
        raise CodecError("no sync word")
    return BitReader(frame[len(_AC3_SYNC_WORD) :])
