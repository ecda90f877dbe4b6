"""HLS playlists as text (RFC 8216bis): multivariant, and live media with low-latency parts.

Pure: the state of a stream in, text out. The order of lines follows what players are strict about:
EXT-X-MEDIA-SEQUENCE and EXT-X-DISCONTINUITY-SEQUENCE stand before EXT-X-SKIP, and the latter is always there.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

PART_HOLD_BACK = 3.0  # times the part target; the least that RFC 8216bis, 4.4.3.8 recommends
SKIP_UNTIL = 6.0  # times the target duration, the least allowed (4.4.3.8)
CAPTIONS = "cc"  # the group of closed captions
PARTS_FOR_SEGMENTS = 3  # of the newest: "three target durations from the end" (4.4.4.9)


@dataclass(frozen=True, slots=True)
class Text:
    """A playlist as it is sent, plain and gzipped; made once for each version. `tag` is that version's ETag."""

    plain: bytes
    gzipped: bytes
    tag: str


@dataclass(slots=True)
class ListedPart:
    """A part that can be fetched."""

    uri: str
    duration: float
    independent: bool


@dataclass(slots=True)
class ListedSegment:
    """A segment, whole or under way. `began_at`: ms since the epoch, by the ingest node's clock."""

    msn: int
    init_uri: str
    began_at: int
    discontinuity: bool = False
    independent: bool = True  # can be decoded without the segment before
    uri: str = ""  # once it is whole
    duration: float = 0.0
    parts: list[ListedPart] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        return bool(self.uri)


@dataclass(frozen=True, slots=True)
class Variant:
    """What the multivariant playlist says of the one rendition."""

    uri: str
    codecs: str  # RFC 6381
    bandwidth: int  # bits a second, of the largest segment
    average_bandwidth: int
    width: int | None = None
    height: int | None = None
    frame_rate: float | None = None
    captions: bool = False  # CEA-608, CC1; absence is not announced, for they may come later


def multivariant(variant: Variant) -> str:
    """One muxed rendition (4.4.6.2)."""
    attributes = [
        f"BANDWIDTH={variant.bandwidth}",
        f"AVERAGE-BANDWIDTH={variant.average_bandwidth}",
        f'CODECS="{variant.codecs}"',
    ]
    if variant.width and variant.height:
        attributes.append(f"RESOLUTION={variant.width}x{variant.height}")
    if variant.frame_rate:
        attributes.append(f"FRAME-RATE={variant.frame_rate:.3f}")
    lines = ["#EXTM3U", "#EXT-X-VERSION:9"]
    if variant.captions:
        attributes.append(f'CLOSED-CAPTIONS="{CAPTIONS}"')
        lines.append(
            f'#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID="{CAPTIONS}",NAME="Captions",AUTOSELECT=YES,INSTREAM-ID="CC1"'
        )
    lines += [f"#EXT-X-STREAM-INF:{','.join(attributes)}", variant.uri]
    return "\n".join(lines) + "\n"


def media(
    segments: Sequence[ListedSegment],
    *,
    target_duration: int,
    part_target: float,
    discontinuity_sequence: int,
    hint: str | None,
    interrupted: bool = False,
    ended: bool = False,
    skip: bool = False,
) -> str:
    """The live media playlist.

    `segments`: the window, oldest first; the last one may be under way. `discontinuity_sequence`: of the first segment.
    `hint`: where the next part will be. `interrupted`: what follows the last segment does not continue it. `skip`: the
    client has the playlist and asks for what is new (EXT-X-SKIP).
    """
    skip_until = SKIP_UNTIL * target_duration
    control = [
        "CAN-BLOCK-RELOAD=YES",
        f"PART-HOLD-BACK={PART_HOLD_BACK * part_target:.3f}",
        f"CAN-SKIP-UNTIL={skip_until:.1f}",
    ]
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:9",
        f"#EXT-X-TARGETDURATION:{target_duration}",
        f"#EXT-X-SERVER-CONTROL:{','.join(control)}",
        f"#EXT-X-PART-INF:PART-TARGET={part_target:.3f}",
        f"#EXT-X-MEDIA-SEQUENCE:{segments[0].msn if segments else 0}",
        f"#EXT-X-DISCONTINUITY-SEQUENCE:{discontinuity_sequence}",
        *_independent(segments),
    ]
    skipped = _skippable(segments, skip_until) if skip else 0
    if skipped:
        lines.append(f"#EXT-X-SKIP:SKIPPED-SEGMENTS={skipped}")
    whole = [segment.msn for segment in segments if segment.is_whole]
    with_parts = set(whole[-(PARTS_FOR_SEGMENTS - 1) :])
    init = segments[skipped - 1].init_uri if skipped else ""
    for segment in segments[skipped:]:
        lines += _segment(segment, init, parts=not segment.is_whole or segment.msn in with_parts)
        init = segment.init_uri
    if ended:
        lines.append("#EXT-X-ENDLIST")
    elif interrupted:
        # Of the segment that comes next. Without it hls.js 1.7 counts that segment to the last discontinuity sequence,
        # and gives up when it turns out to be of the next one.
        lines.append("#EXT-X-DISCONTINUITY")
    elif hint is not None:
        lines.append(f'#EXT-X-PRELOAD-HINT:TYPE=PART,URI="{hint}"')
    return "\n".join(lines) + "\n"


def _independent(segments: Sequence[ListedSegment]) -> list[str]:
    """4.4.2.1; it speaks for every segment of the playlist, and none that was cut without a key frame may break it."""
    return ["#EXT-X-INDEPENDENT-SEGMENTS"] if all(segment.independent for segment in segments) else []


def _segment(segment: ListedSegment, init: str, *, parts: bool) -> list[str]:
    lines = []
    if segment.discontinuity:
        lines.append("#EXT-X-DISCONTINUITY")
    if segment.init_uri != init or segment.discontinuity:
        lines.append(f'#EXT-X-MAP:URI="{segment.init_uri}"')
    at = datetime.fromtimestamp(segment.began_at / 1000, UTC).isoformat(timespec="milliseconds")
    lines.append(f"#EXT-X-PROGRAM-DATE-TIME:{at.replace('+00:00', 'Z')}")
    if parts:
        lines += [
            f'#EXT-X-PART:DURATION={part.duration:.5f},URI="{part.uri}"{",INDEPENDENT=YES" if part.independent else ""}'
            for part in segment.parts
        ]
    if segment.is_whole:
        lines += [f"#EXTINF:{segment.duration:.5f},", segment.uri]
    return lines


def _skippable(segments: Sequence[ListedSegment], skip_until: float) -> int:
    """How many of the oldest lie further than `skip_until` from the end (4.4.5.2)."""
    behind = 0.0
    for index in range(len(segments) - 1, -1, -1):
        segment = segments[index]
        behind += segment.duration if segment.is_whole else sum(part.duration for part in segment.parts)
        if behind > skip_until:
            return index
    return 0
