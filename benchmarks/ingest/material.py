"""What the load generator sends: 1080p60 H.264 and AAC at about 6.2 Mbit/s, cut into chunks once, sent many times.

After the opening (metadata and sequence headers at time 0) comes a loop. Its messages carry time *deltas* only, and
the deltas of one round add up to its duration, so the same bytes may follow themselves for ever: the receiver sees one
continuous stream.
"""

import subprocess
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path

SECONDS = 8
AUDIO, VIDEO, DATA = 8, 9, 18
AUDIO_CHUNK_STREAM, VIDEO_CHUNK_STREAM = 4, 6  # as FFmpeg numbers them
MESSAGE_STREAM = 1

_FLV_HEADER_BYTES, _TAG_HEADER_BYTES, _BACK_POINTER_BYTES = 9, 11, 4


@dataclass(frozen=True, slots=True)
class Tag:
    """One FLV tag; `time` in ms."""

    type_id: int
    time: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Material:
    """Message i of a round is sent `due[i]` ms after the round's start, and ends at `ends[i]` in `loop`."""

    opening: bytes
    loop: bytes
    due: tuple[int, ...]
    ends: tuple[int, ...]
    duration: int  # of one round, ms

    def in_bursts(self, every: int) -> "Material":
        """The same, but what is due within `every` ms is sent together, when the last of it is due."""
        due, ends = [], []
        for index, (time, end) in enumerate(zip(self.due, self.ends, strict=True)):
            following = self.due[index + 1] if index + 1 < len(self.due) else None
            if not every or following is None or following // every != time // every:
                due.append(time)
                ends.append(end)
        return replace(self, due=tuple(due), ends=tuple(ends))

    @property
    def bytes_per_second(self) -> float:
        return len(self.loop) * 1000 / self.duration


def make_flv(path: Path) -> None:
    """A moving test picture with noise, at a steady bitrate, keyframes every two seconds. Raises CalledProcessError."""
    picture = ["-f", "lavfi", "-i", "testsrc2=size=1920x1080:rate=60"]
    sound = ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000"]
    rate = ["-b:v", "6050k", "-minrate", "6050k", "-maxrate", "6050k", "-bufsize", "6050k", "-g", "120"]
    h264 = ["-vf", "noise=alls=12:allf=t", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", *rate]
    aac = ["-c:a", "aac", "-b:a", "128k"]
    command = ["ffmpeg", "-loglevel", "error", "-y", *picture, *sound, "-t", str(SECONDS), *h264, *aac, "-f", "flv"]
    part = path.with_suffix(".part")
    subprocess.run([*command, str(part)], check=True)
    part.rename(path)


def read_flv(data: bytes) -> list[Tag]:
    """The tags of an FLV file (FLV 10.1, E.4), in its order."""
    tags = []
    position = _FLV_HEADER_BYTES + _BACK_POINTER_BYTES
    while position + _TAG_HEADER_BYTES <= len(data):
        start = position + _TAG_HEADER_BYTES
        end = start + int.from_bytes(data[position + 1 : position + 4], "big")
        time = int.from_bytes(data[position + 4 : position + 7], "big") | data[position + 7] << 24
        tags.append(Tag(data[position] & 0x1F, time, data[start:end]))
        position = end + _BACK_POINTER_BYTES
    return tags


def prepare(tags: list[Tag], chunk_size: int) -> Material:
    """The tags as chunks of `chunk_size` bytes."""
    configuration = [tag for tag in tags if _configures(tag)]
    duration = SECONDS * 1000
    frames = [tag for tag in tags if not _configures(tag) and tag.time < duration and len(tag.body) > 5]
    opening = b"".join(_message(tag, chunk_size, tag.time) for tag in configuration)
    final = {kind: max(tag.time for tag in frames if tag.type_id == kind) for kind in (AUDIO, VIDEO)}
    # The first frame of a round follows the last one of the round before.
    previous = {kind: final[kind] - duration for kind in (AUDIO, VIDEO)}
    pieces = []
    for tag in frames:
        pieces.append(_message(tag, chunk_size, None, tag.time - previous[tag.type_id]))
        previous[tag.type_id] = tag.time
    return Material(
        opening,
        b"".join(pieces),
        tuple(tag.time for tag in frames),
        tuple(accumulate(len(piece) for piece in pieces)),
        duration,
    )


def _configures(tag: Tag) -> bool:
    """Metadata and sequence headers: sent once, before all frames."""
    return tag.type_id == DATA or (tag.type_id in (AUDIO, VIDEO) and len(tag.body) > 1 and tag.body[1] == 0)


def _message(tag: Tag, chunk_size: int, time: int | None, delta: int = 0) -> bytes:
    """A message with a type 0 header (`time`) or a type 1 header (`delta`), continued by type 3 chunks."""
    chunk_stream = AUDIO_CHUNK_STREAM if tag.type_id == AUDIO else VIDEO_CHUNK_STREAM
    field = delta if time is None else time
    head = field.to_bytes(3, "big") + len(tag.body).to_bytes(3, "big") + bytes((tag.type_id,))
    if time is None:
        head = bytes((0x40 | chunk_stream,)) + head
    else:
        head = bytes((chunk_stream,)) + head + MESSAGE_STREAM.to_bytes(4, "little")
    follow = bytes((0xC0 | chunk_stream,))
    body = tag.body
    return head + follow.join(body[start : start + chunk_size] for start in range(0, len(body), chunk_size))
