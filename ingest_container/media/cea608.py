"""Whether coded pictures carry CEA-608 captions (ATSC A/53 part 4): in SEI messages, or in metadata OBUs of AV1."""

from collections.abc import Iterable

from .pieces import Buffer

# ITU-T T.35: United States, ATSC; the identifier and type of cc_data (A/53 part 4, 6.2.3).
_CC_DATA = b"\xb5\x00\x31GA94\x03"
_COUNT = 0x1F
_HEADER = 2  # bytes: flags and count, em_data
_CONSTRUCT = 3  # bytes: marker, cc_valid and cc_type; the pair
_FIELD_1 = 0x04  # of the three lowest bits: cc_valid, and the type of field 1, where CC1 and CC2 are
_PARITY = 0x7F  # a pair of padding has its parity bits only


def has_captions(buffers: Iterable[Buffer]) -> bool:
    """Whether there is more than padding in field 1. No message may be split between two buffers."""
    return any(_has_captions(buffer if isinstance(buffer, bytes) else bytes(buffer)) for buffer in buffers)


def _has_captions(data: bytes) -> bool:
    at = data.find(_CC_DATA)
    while at >= 0:
        at += len(_CC_DATA)
        if _has_text(data[at : at + _HEADER + _CONSTRUCT * _COUNT]):
            return True
        at = data.find(_CC_DATA, at)
    return False


def _has_text(cc_data: bytes) -> bool:
    until = min(len(cc_data) - 2, _HEADER + _CONSTRUCT * (cc_data[0] & _COUNT)) if cc_data else 0
    return any(
        cc_data[at] & 0x07 == _FIELD_1 and (cc_data[at + 1] | cc_data[at + 2]) & _PARITY
        for at in range(_HEADER, until, _CONSTRUCT)
    )
