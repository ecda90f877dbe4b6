"""Fragmented MP4: init segments and fragments as bytes (ISO/IEC 14496-12; the CMAF profile, ISO/IEC 23000-19).

Samples come from RTMP as MP4 wants them: NAL units behind 4-byte lengths, and the decoder's configuration record. So a
fragment is a header and the samples' own bytes.

Codec boxes: avcC (ISO/IEC 14496-15, 5.3.3), hvcC (14496-15, 8.3.3), av1C (AV1 in ISOBMFF, 2.3), esds (14496-1 and
14496-14), dOps (Opus in ISOBMFF, 4.3.2), and ".mp3" as an MPEG-1 audio esds.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from .pieces import PartBytes

VIDEO_TIMESCALE = 90_000
SMALL = 2_048  # bytes of a sample, on average, below which the samples of a run are kept in one piece

_MATRIX = struct.pack(">9i", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
# Flags of a sample (14496-12, 8.8.3.1).
SYNC = 0x02000000  # depends on no other sample
NOT_SYNC = 0x01010000  # depends on others, is no sync sample
ENTRY_SIZE = 16  # bytes of a sample in trun: duration, size, flags and composition offset, 32 bits each

# tfhd: default-base-is-moof; trun: data offset, then duration, size, flags and composition offset of each sample.
_TFHD_FLAGS = 0x020000
_TRUN_FLAGS = 0x000F01

# Boxes that always have the same form, in one: moof and its mfhd (8.8.4, 8.8.5), then for each run of samples traf with
# tfhd, tfdt and trun (8.8.6, 8.8.7, 8.8.12, 8.8.8) up to its table of samples.
_MOOF, _MDAT = struct.Struct(">I4sI4sII"), struct.Struct(">I4s")
_TRAF = struct.Struct(">I4sI4sIII4sIQI4sIIi")

_OBJECT_TYPE_AAC, _OBJECT_TYPE_MP3 = 0x40, 0x6B  # ISO/IEC 14496-1, 7.2.6.6


@dataclass(frozen=True, slots=True)
class VideoTrack:
    """What an init segment says of the picture. `record` is the decoder's configuration record, as RTMP carries it."""

    codec: str  # "h264", "hevc" or "av1"
    record: bytes
    width: int
    height: int

    @property
    def timescale(self) -> int:
        return VIDEO_TIMESCALE


@dataclass(frozen=True, slots=True)
class AudioTrack:
    """What an init segment says of the sound. `record`: AudioSpecificConfig for AAC, OpusHead for Opus, else empty."""

    codec: str  # "aac", "opus" or "mp3"
    record: bytes
    sample_rate: int
    channels: int

    @property
    def timescale(self) -> int:
        return self.sample_rate


@dataclass(slots=True)
class Fragment:
    """Samples of one track, one after another from `decode_time`, in units of the track's timescale.

    `table` has ENTRY_SIZE bytes for each. The first `skips[n]` bytes of payload n are not the sample's.
    """

    track_id: int
    decode_time: int
    table: bytes
    payloads: list[bytes]
    skips: list[int]


def box(kind: bytes, *parts: bytes) -> bytes:
    """A box of that type (14496-12, 4.2): size, type, content."""
    return struct.pack(">I4s", 8 + sum(map(len, parts)), kind) + b"".join(parts)


def full_box(kind: bytes, version: int, flags: int, *parts: bytes) -> bytes:
    return box(kind, struct.pack(">I", version << 24 | flags), *parts)


def init_segment(tracks: Sequence[VideoTrack | AudioTrack]) -> bytes:
    """ftyp and moov for these tracks, whose ids count from 1 in that order."""
    compatible = b"iso6" + b"cmfc" + b"mp41"
    header = full_box(
        b"mvhd",
        0,
        0,
        struct.pack(">IIIIIH10x", 0, 0, 1000, 0, 0x00010000, 0x0100),
        _MATRIX,
        bytes(24),
        struct.pack(">I", len(tracks) + 1),
    )
    traks = [_trak(number, track) for number, track in enumerate(tracks, 1)]
    extends = [full_box(b"trex", 0, 0, struct.pack(">IIIII", n, 1, 0, 0, 0)) for n in range(1, len(tracks) + 1)]
    moov = box(b"moov", header, *traks, box(b"mvex", *extends))
    return box(b"ftyp", b"iso6", struct.pack(">I", 0), compatible) + moov


def fragment(sequence: int, fragments: Sequence[Fragment]) -> PartBytes:
    """moof and mdat of these runs of samples. `sequence` grows by one with each fragment of a stream."""
    moof_size = _MOOF.size + sum(_TRAF.size + len(run.table) for run in fragments)
    header = [_MOOF.pack(moof_size, b"moof", 16, b"mfhd", 0, sequence)]
    offset = moof_size + _MDAT.size  # of the next run's first sample, from the start of moof
    pieces: list[bytes] = [b""]
    skips = [0]
    for run in fragments:
        header += _traf(run, offset)
        size = sum(map(len, run.payloads)) - sum(run.skips)
        offset += size
        if size < SMALL * len(run.payloads):
            pieces.append(b"".join([payload[skip:] for payload, skip in zip(run.payloads, run.skips, strict=True)]))
            skips.append(0)
        else:
            pieces += run.payloads
            skips += run.skips
    header.append(_MDAT.pack(offset - moof_size, b"mdat"))
    pieces[0] = b"".join(header)
    return PartBytes(pieces, skips)


def _traf(run: Fragment, offset: int) -> tuple[bytes, bytes]:
    return (
        _TRAF.pack(
            *(_TRAF.size + len(run.table), b"traf"),
            *(16, b"tfhd", _TFHD_FLAGS, run.track_id),
            *(20, b"tfdt", 0x01000000, run.decode_time),  # version 1: 64 bits
            # Version 1: composition offsets are signed, as some encoders send them.
            *(20 + len(run.table), b"trun", 0x01000000 | _TRUN_FLAGS, len(run.payloads), offset),
        ),
        run.table,
    )


def _trak(number: int, track: VideoTrack | AudioTrack) -> bytes:
    if isinstance(track, VideoTrack):
        size = struct.pack(">II", track.width << 16, track.height << 16)
        volume, handler, media_header = 0, b"vide", full_box(b"vmhd", 0, 1, bytes(8))
        entry = _video_entry(track)
    else:
        size = bytes(8)
        volume, handler, media_header = 0x0100, b"soun", full_box(b"smhd", 0, 0, bytes(4))
        entry = _audio_entry(track)
    tkhd = full_box(b"tkhd", 0, 3, struct.pack(">IIIII8xHHHH", 0, 0, number, 0, 0, 0, 0, volume, 0), _MATRIX, size)
    mdhd = full_box(b"mdhd", 0, 0, struct.pack(">IIIIHH", 0, 0, track.timescale, 0, 0x55C4, 0))  # language "und"
    hdlr = full_box(b"hdlr", 0, 0, struct.pack(">I4s12x", 0, handler), b"\0")
    tables = [full_box(kind, 0, 0, bytes(4)) for kind in (b"stts", b"stsc", b"stco")]
    stbl = box(
        b"stbl",
        full_box(b"stsd", 0, 0, struct.pack(">I", 1), entry),
        *tables[:2],
        full_box(b"stsz", 0, 0, bytes(8)),
        tables[2],
    )
    dinf = box(b"dinf", full_box(b"dref", 0, 0, struct.pack(">I", 1), full_box(b"url ", 0, 1)))
    return box(b"trak", tkhd, box(b"mdia", mdhd, hdlr, box(b"minf", media_header, dinf, stbl)))


_VIDEO_ENTRIES = {"h264": (b"avc1", b"avcC"), "hevc": (b"hvc1", b"hvcC"), "av1": (b"av01", b"av1C")}


def _video_entry(track: VideoTrack) -> bytes:
    kind, configuration = _VIDEO_ENTRIES[track.codec]
    return box(
        kind,
        struct.pack(">6xH16xHHIII", 1, track.width, track.height, 0x00480000, 0x00480000, 0),  # 72 dpi
        struct.pack(">H32xHh", 1, 0x0018, -1),
        box(configuration, track.record),
    )


def _audio_entry(track: AudioTrack) -> bytes:
    # A 16.16 number; a rate that does not fit stands in the decoder's own record.
    rate = track.sample_rate << 16 if track.sample_rate < 1 << 16 else 0
    header = struct.pack(">6xH8xHHII", 1, track.channels, 16, 0, rate)
    if track.codec == "opus":
        return box(b"Opus", header, box(b"dOps", _opus_specific(track)))
    object_type = _OBJECT_TYPE_AAC if track.codec == "aac" else _OBJECT_TYPE_MP3
    return box(b"mp4a", header, _esds(object_type, track.record))


def _esds(object_type: int, record: bytes) -> bytes:
    specific = _descriptor(0x05, record) if record else b""
    decoder = _descriptor(0x04, struct.pack(">BBxxxII", object_type, 0x15, 0, 0), specific)
    return full_box(b"esds", 0, 0, _descriptor(0x03, struct.pack(">HB", 1, 0), decoder, _descriptor(0x06, b"\x02")))


def _descriptor(tag: int, *parts: bytes) -> bytes:
    """ISO/IEC 14496-1, 8.3.3: the size in four groups of seven bits."""
    size = sum(map(len, parts))
    groups = bytes(size >> shift & 0x7F | 0x80 for shift in (21, 14, 7)) + bytes((size & 0x7F,))
    return bytes((tag,)) + groups + b"".join(parts)


def _opus_specific(track: AudioTrack) -> bytes:
    """OpusHead is little-endian and begins with a magic; dOps is the same, big-endian, version 0."""
    if track.record[:8] == b"OpusHead" and len(track.record) >= 19:
        channels, skip, rate, gain, family = struct.unpack_from("<BHIhB", track.record, 9)
        return struct.pack(">BBHIhB", 0, channels, skip, rate, gain, family) + track.record[19:]
    return struct.pack(">BBHIhB", 0, track.channels, 312, 48_000, 0, 0)  # 6.5 ms, libopus' own delay
