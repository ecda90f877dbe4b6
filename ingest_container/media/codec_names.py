"""The codecs parameter of a rendition (RFC 6381), read from the decoder configuration records."""

from collections.abc import Sequence

from .fmp4 import AudioTrack, VideoTrack

_MP3 = "mp4a.40.34"  # MPEG-4 audio object type 34, layer 3: what hls.js and browsers take


def codecs(tracks: Sequence[VideoTrack | AudioTrack]) -> str:
    """For example "avc1.64001f,mp4a.40.2"."""
    return ",".join(_video(track) if isinstance(track, VideoTrack) else _audio(track) for track in tracks)


def _video(track: VideoTrack) -> str:
    record = track.record.ljust(23, b"\0")
    if track.codec == "h264":  # ISO/IEC 14496-15, E.3: profile, constraints, level
        return f"avc1.{record[1:4].hex()}"
    if track.codec == "hevc":  # ISO/IEC 14496-15, E.3
        space = ("", "A", "B", "C")[record[1] >> 6]
        compatibility = int(f"{int.from_bytes(record[2:6], 'big'):032b}"[::-1], 2)
        tier = "H" if record[1] & 0x20 else "L"
        constraints = "".join(f".{byte:X}" for byte in record[6:12].rstrip(b"\0"))
        return f"hvc1.{space}{record[1] & 0x1F}.{compatibility:X}.{tier}{record[12]}{constraints}"
    # AV1 in ISOBMFF, 5: profile, level, tier, bit depth
    depth = 12 if record[2] & 0x20 else 10 if record[2] & 0x40 else 8
    return f"av01.{record[1] >> 5}.{record[1] & 0x1F:02d}{'H' if record[2] & 0x80 else 'M'}.{depth:02d}"


def _audio(track: AudioTrack) -> str:
    if track.codec == "opus":
        return "opus"
    if track.codec == "mp3":
        return _MP3
    object_type = track.record[0] >> 3 if track.record else 2
    if object_type == 31 and len(track.record) > 1:  # escape (ISO/IEC 14496-3, 1.6.2.1)
        object_type = 32 + ((track.record[0] & 0x07) << 3 | track.record[1] >> 5)
    return f"mp4a.40.{object_type}"
