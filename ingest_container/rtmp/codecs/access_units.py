"""What kind of key frame an access unit is, by the types of its NAL units."""

MAX_NAL_UNITS = 8  # looked at before the first slice: parameter sets, SEI and the like
_LENGTH_BYTES = 4  # of a NAL unit's size, as all encoders choose it (ISO/IEC 14496-15, lengthSizeMinusOne)
_AVC_SLICE, _AVC_IDR = 1, 5  # nal_unit_type (ITU-T H.264, table 7-1)
_HEVC_LAST_SLICE, _HEVC_CRA = 31, 21  # nal_unit_type (ITU-T H.265, table 7-1)


def begins_open_gop(codec: str, data: bytes, offset: int) -> bool:
    """Whether the key frame at `data[offset:]` lets later frames refer to frames before it.

    It is a recovery point instead of an IDR picture in H.264, and a CRA picture in HEVC. False for other codecs and for
    what cannot be read.
    """
    if codec not in ("h264", "hevc"):
        return False
    for _ in range(MAX_NAL_UNITS):
        header = offset + _LENGTH_BYTES
        if header >= len(data):
            return False
        if codec == "h264":
            kind = data[header] & 0x1F
            if _AVC_SLICE <= kind <= _AVC_IDR:
                return kind != _AVC_IDR
        else:
            kind = data[header] >> 1 & 0x3F
            if kind <= _HEVC_LAST_SLICE:
                return kind == _HEVC_CRA
        offset = header + int.from_bytes(data[offset:header], "big")
    return False
