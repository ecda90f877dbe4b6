"""The objects of a recording: names, the playlist made of names alone, and the layout of one MP4.

    {root}/{stream}/index.m3u8                   EVENT while the stream runs, VOD once it has ended
    {root}/{stream}/i-{hash}.mp4                 init segment, named by its content: nodes that agree share it
    {root}/{stream}/s-{msn}.{fence}.{began_at}.{duration}.{flags}.{hash of init}.m4s
    {root}/{stream}/poster.jpg

A segment's name has all that a playlist says of it, so whoever can list the names can write the playlist: the node, and
after its death anybody else. Names sort in the order of playback.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from math import ceil

INDEX = "index.m3u8"
DOWNLOAD = "download.mp4"
POSTER = "poster.jpg"
PLAYLIST_TYPE = "application/vnd.apple.mpegurl"
MEDIA_TYPE = "video/mp4"
POSTER_TYPE = "image/jpeg"

CACHE_RUNNING = "public, max-age=2"  # of the playlist
# Names of media never come again, but a recording may be deleted, and its channel become private: caches ask again.
CACHE = "public, max-age=300"

TARGET_RUNNING = 10  # seconds: what a segment may last at most, for an EVENT playlist's may not change
LEAST_TARGET = 4

_SEGMENT = re.compile(
    r"s-(?P<msn>[0-9]{12})\.(?P<fence>[0-9]{10})\.(?P<at>[0-9]{13})\.(?P<us>[0-9]{1,10})"
    r"\.(?P<flags>[cd][kn])\.(?P<init>[0-9a-f]{16})\.m4s"
)
_INIT = re.compile(r"i-[0-9a-f]{16}\.mp4")
_STREAM = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")  # a ULID


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment. `began_at`: ms since the epoch, by the ingest node's clock; `duration_us`: microseconds."""

    msn: int
    fence: int
    began_at: int
    duration_us: int
    init: str  # hash of its init segment
    discontinuity: bool = False  # does not continue the one before
    independent: bool = True  # begins with a key frame

    @property
    def name(self) -> str:
        flags = ("d" if self.discontinuity else "c") + ("k" if self.independent else "n")
        return f"s-{self.msn:012d}.{self.fence:010d}.{self.began_at:013d}.{self.duration_us}.{flags}.{self.init}.m4s"

    @property
    def init_name(self) -> str:
        return init_name(self.init)


def hash_of(init: bytes) -> str:
    return hashlib.sha256(init).hexdigest()[:16]


def init_name(init: str) -> str:
    return f"i-{init}.mp4"


def parse(name: str) -> Segment | None:
    """The segment of that name; None for any other object."""
    found = _SEGMENT.fullmatch(name)
    if found is None:
        return None
    return Segment(
        int(found["msn"]),
        int(found["fence"]),
        int(found["at"]),
        int(found["us"]),
        found["init"],
        found["flags"][0] == "d",
        found["flags"][1] == "k",
    )


def is_stream_folder(name: str) -> bool:
    return _STREAM.fullmatch(name) is not None


def is_served(name: str) -> bool:
    """Whether an object of that name may be part of a recording. No name with a slash or a leading dot is."""
    return name in (INDEX, POSTER) or _INIT.fullmatch(name) is not None or _SEGMENT.fullmatch(name) is not None


def type_of(name: str) -> str:
    """Content-Type of an object other than the playlist."""
    return POSTER_TYPE if name == POSTER else MEDIA_TYPE


def in_order(names: Iterable[str]) -> list[Segment]:
    """The segments among these names, as they are played.

    A node that lost the stream without knowing may have gone on for a moment: what it stored from the beginning of its
    successor's first segment on is left out.
    """
    segments = sorted((s for name in names if (s := parse(name)) is not None), key=lambda s: (s.fence, s.msn))
    first_of = {fence: min(s.began_at for s in own) for fence, own in groupby(segments, key=lambda s: s.fence)}
    fences = sorted(first_of)
    ends: dict[int, int] = {}
    until = None
    for fence in reversed(fences):
        if until is not None:
            ends[fence] = until
        until = first_of[fence] if until is None else min(until, first_of[fence])
    return [s for s in segments if s.began_at < ends.get(s.fence, s.began_at + 1)]


def playlist(segments: Sequence[Segment], *, ended: bool) -> str:
    """EVENT while the stream runs, VOD afterwards (RFC 8216bis, 4.4.3.5). `segments`: as `in_order` gives them."""
    longest = max((s.duration_us for s in segments), default=0) / 1e6
    target = max(LEAST_TARGET if ended else TARGET_RUNNING, ceil(longest))
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        f"#EXT-X-TARGETDURATION:{target}",
        f"#EXT-X-PLAYLIST-TYPE:{'VOD' if ended else 'EVENT'}",
        "#EXT-X-MEDIA-SEQUENCE:0",
    ]
    if ended and all(s.independent for s in segments):  # it speaks for every segment, and those to come are not known
        lines.append("#EXT-X-INDEPENDENT-SEGMENTS")
    before: Segment | None = None
    for segment in segments:
        breaks = before is not None and not _continues(before, segment)
        if breaks:
            lines.append("#EXT-X-DISCONTINUITY")
        if before is None or breaks:
            lines.append(f'#EXT-X-MAP:URI="{segment.init_name}"')
            at = datetime.fromtimestamp(segment.began_at / 1000, UTC).isoformat(timespec="milliseconds")
            lines.append(f"#EXT-X-PROGRAM-DATE-TIME:{at.replace('+00:00', 'Z')}")
        lines += [f"#EXTINF:{segment.duration_us / 1e6:.6f},", segment.name]
        before = segment
    if ended:
        lines.append("#EXT-X-ENDLIST")
    return "\n".join(lines) + "\n"


def _continues(before: Segment, segment: Segment) -> bool:
    """Whether it follows without a gap: also false where what was between them is not there."""
    return (
        not segment.discontinuity
        and segment.init == before.init
        and segment.fence == before.fence
        and segment.msn == before.msn + 1
    )


def duration_ms(segments: Iterable[Segment]) -> int:
    return sum(s.duration_us for s in segments) // 1000


def one_file(segments: Sequence[Segment]) -> list[str]:
    """Names whose contents, one after another, are one fragmented MP4.

    An MP4 has one init segment. Where a stream has several (the encoder changed its picture or sound), the file is of
    the one with which most was recorded. Interruptions do no harm: fragments carry the stream's own time.
    """
    lasted: defaultdict[str, int] = defaultdict(int)
    for segment in segments:
        lasted[segment.init] += segment.duration_us
    if not lasted:
        return []
    init = max(lasted, key=lambda one: lasted[one])
    return [init_name(init), *(s.name for s in segments if s.init == init)]


def size_of(segments: Iterable[Segment], sizes: Mapping[str, int]) -> int:
    """Bytes of the segments, given the size of every object."""
    return sum(sizes.get(segment.name, 0) for segment in segments)
