"""Streams as bytes on the wire, made from a seed: the same on every machine and with every version of every encoder.

Nothing of it decodes; packaging does not look into coded frames.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ingest_container.rtmp.amf0 import AmfValue, encode
from ingest_container.rtmp.messages import AGGREGATE, AUDIO, DATA_AMF0, VIDEO
from tests.support.rtmp_peer import AAC_48K_STEREO, AVC_RECORD, ecma_array, message

MP3_FRAME = b"\xff\xfb\x90\x04"  # MPEG-1, 128 kbit/s, 44.1 kHz, stereo
OPUS_HEAD = b"OpusHead\x01\x02\x38\x01\x80\xbb\x00\x00\x00\x00\x00"

Tag = tuple[int, int, bytes]  # type, time (ms), body


@dataclass(frozen=True, slots=True)
class Carried:
    """What one connection carries, in the order of its times."""

    opening: list[Tag]
    frames: list[Tag]


def wire(tags: list[Tag], chunk_size: int, start: int = 0) -> bytes:
    """Each track on a chunk stream of its own, as FFmpeg sends it; times from `start` on."""
    streams = {AUDIO: 4, VIDEO: 6, DATA_AMF0: 3, AGGREGATE: 5}
    return b"".join(
        message(streams[kind], kind, body, time=start + time, stream_id=1, chunk_size=chunk_size)
        for kind, time, body in tags
    )


def reads(data: bytes, chance: random.Random, most: int = 40_000) -> Iterator[bytes]:
    """`data` as a socket gives it: in pieces of any size."""
    at = 0
    while at < len(data):
        size = chance.choice((1, 17, 1_448, most, chance.randrange(1, most)))
        yield data[at : at + size]
        at += size


def metadata(**values: AmfValue) -> Tag:
    claims: dict[str, AmfValue] = {"width": 640.0, "height": 360.0, "videocodecid": 7.0, "audiocodecid": 10.0}
    body = encode("@setDataFrame", "onMetaData") + ecma_array(claims | values)
    return DATA_AMF0, 0, body


def video(
    chance: random.Random, seconds: float, frame: Callable[[bool, int, bytes], bytes], *, fps: float = 30, gop: int = 60
) -> list[Tag]:
    """`frame` makes the body, given whether it is a key frame, its composition time and the coded bytes."""
    tags = []
    for n in range(round(seconds * fps)):
        key = n % gop == 0
        size = chance.randrange(4_000, 9_000) if key else chance.randrange(40, 3_000)
        tags.append((VIDEO, round(1000 * n / fps), frame(key, (66, 133, 33, 0)[n % 4], chance.randbytes(size))))
    return tags


def audio(chance: random.Random, seconds: float, frame: Callable[[bytes], bytes], *, every: float) -> list[Tag]:
    """A frame `every` so many ms."""
    count = int(1000 * seconds / every)
    return [(AUDIO, round(n * every), frame(chance.randbytes(chance.randrange(60, 400)))) for n in range(count)]


def in_order(*tracks: list[Tag]) -> list[Tag]:
    return sorted((tag for track in tracks for tag in track), key=lambda tag: tag[1])


# --- bodies --------------------------------------------------------------------------------------------------------


def avc(key: bool, composition: int, data: bytes) -> bytes:
    return (b"\x17" if key else b"\x27") + b"\x01" + composition.to_bytes(3, "big") + data


def aac(data: bytes) -> bytes:
    return b"\xaf\x01" + data


def mp3(data: bytes) -> bytes:
    return b"\x2f" + MP3_FRAME + data


def enhanced(fourcc: bytes, key: bool, packet_type: int, data: bytes) -> bytes:
    return bytes((0x80 | (0x10 if key else 0x20) | packet_type,)) + fourcc + data


def hevc(key: bool, composition: int, data: bytes) -> bytes:
    """CodedFrames where a composition time is to be told, else CodedFramesX."""
    if composition:
        return enhanced(b"hvc1", key, 1, composition.to_bytes(3, "big") + data)
    return enhanced(b"hvc1", key, 3, data)


def av1(key: bool, composition: int, data: bytes) -> bytes:
    """Every other one begins with a temporal delimiter."""
    return enhanced(b"av01", key, 1, (b"\x12\x00" if composition % 2 else b"") + data)


def opus(data: bytes) -> bytes:
    return b"\x91Opus" + data


def delayed_avc(key: bool, composition: int, data: bytes) -> bytes:
    """Behind a modifier: nanoseconds (ModEx)."""
    head = bytes((0x80 | (0x10 if key else 0x20) | 7, 2)) + (500_000).to_bytes(3, "big") + b"\x01"
    return head + b"avc1" + composition.to_bytes(3, "big") + data


def two_tracks(key: bool, composition: int, data: bytes) -> bytes:
    """One message with tracks 0 and 1 of one codec."""
    head = bytes((0x80 | (0x10 if key else 0x20) | 6, 0x11)) + b"avc1"
    body = composition.to_bytes(3, "big") + data
    tracks = (bytes((number,)) + len(body).to_bytes(3, "big") + body for number in (0, 1))
    return head + b"".join(tracks)


def aggregates(tags: list[Tag], size: int = 8) -> list[Tag]:
    """The tags, so many in a message."""
    made = []
    for at in range(0, len(tags), size):
        body = b""
        for kind, time, payload in tags[at : at + size]:
            head = bytes((kind,)) + len(payload).to_bytes(3, "big") + time.to_bytes(3, "big") + bytes(4)
            body += head + payload + (len(payload) + 11).to_bytes(4, "big")
        made.append((AGGREGATE, tags[at][1], body))
    return made


AVC_HEADER: Tag = (VIDEO, 0, b"\x17\0\0\0\0" + AVC_RECORD)
AAC_HEADER: Tag = (AUDIO, 0, b"\xaf\x00" + AAC_48K_STEREO)
HEVC_HEADER: Tag = (VIDEO, 0, enhanced(b"hvc1", True, 0, b"hvcC that nobody reads"))
AV1_HEADER: Tag = (VIDEO, 0, enhanced(b"av01", True, 0, b"\x81\x00\x0c\x00"))
OPUS_HEADER: Tag = (AUDIO, 0, b"\x90Opus" + OPUS_HEAD)
