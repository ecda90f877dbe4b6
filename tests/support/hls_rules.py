"""The rules of RFC 8216bis that a live low-latency playlist, and each change of it, can break."""

import re
from dataclasses import dataclass, field

_ATTRIBUTE = re.compile(r'([A-Z-]+)=("[^"]*"|[^,]*)')


@dataclass
class Segment:
    """Of a playlist, in its order. A segment under way has parts and no `uri`."""

    uri: str = ""
    duration: float = 0.0
    discontinuity: bool = False
    programme_time: str = ""
    parts: list[dict[str, str]] = field(default_factory=list)

    @property
    def length(self) -> float:
        return self.duration if self.uri else sum(float(part["DURATION"]) for part in self.parts)


@dataclass
class Playlist:
    """Single-valued tags by name, segments, and the hint."""

    tags: dict[str, str]
    segments: list[Segment]
    hint: str | None
    ends_with_discontinuity: bool

    def attributes(self, tag: str) -> dict[str, str]:
        return attributes(self.tags.get(tag, ""))

    @property
    def sequence(self) -> int:
        return int(self.tags["EXT-X-MEDIA-SEQUENCE"])


def attributes(text: str) -> dict[str, str]:
    return {name: value.strip('"') for name, value in _ATTRIBUTE.findall(text)}


def parse(text: str) -> Playlist:
    """Line by line, without a library: what is checked here is what was written."""
    tags: dict[str, str] = {}
    segments: list[Segment] = []
    current, hint, is_new = Segment(), None, False
    for line in text.splitlines():
        name, _, value = line.removeprefix("#").partition(":")
        if not line.startswith("#"):
            current.uri = line
            segments.append(current)
            current, is_new = Segment(), False
        elif name == "EXTINF":
            current.duration = float(value.partition(",")[0])
        elif name == "EXT-X-PART":
            current.parts.append(attributes(value))
        elif name == "EXT-X-DISCONTINUITY":
            current.discontinuity, is_new = True, True
        elif name == "EXT-X-PROGRAM-DATE-TIME":
            current.programme_time = value
        elif name == "EXT-X-PRELOAD-HINT":
            hint = attributes(value)["URI"]
        else:
            tags[name] = value
    if current.parts:
        segments.append(current)
        is_new = False
    return Playlist(tags, segments, hint, is_new)


def violations(text: str) -> list[str]:
    """Of one playlist on its own."""
    playlist = parse(text)
    target, part_target = int(playlist.tags["EXT-X-TARGETDURATION"]), _part_target(playlist)
    control = playlist.attributes("EXT-X-SERVER-CONTROL")
    found = [
        f"{segment.uri}: EXTINF {segment.duration} over the target duration {target} (4.4.3.1)"
        for segment in playlist.segments
        if round(segment.duration) > target
    ]
    if float(control["PART-HOLD-BACK"]) < 3 * part_target - 1e-3:
        found.append("PART-HOLD-BACK is less than three part targets (4.4.3.8)")
    if float(control["CAN-SKIP-UNTIL"]) < 6 * target:
        found.append("CAN-SKIP-UNTIL is less than six target durations (4.4.3.8)")
    length = sum(segment.length for segment in playlist.segments)
    behind = length
    for segment in playlist.segments:
        found += _of_parts(segment, part_target)
        behind -= segment.length
        if not segment.programme_time:
            found.append(f"{segment.uri}: no EXT-X-PROGRAM-DATE-TIME")
        if segment.parts and behind > 3 * target:
            found.append(f"{segment.uri}: parts further than three target durations from the end (6.2.2)")
    if playlist.hint is not None and playlist.hint in text.partition("#EXT-X-PRELOAD-HINT")[0]:
        found.append("the hint names a part that is listed")
    if playlist.hint is not None and playlist.ends_with_discontinuity:
        found.append("a part is hinted across a discontinuity")
    if text.index("#EXT-X-MEDIA-SEQUENCE") > text.find("#EXT-X-SKIP") > -1:
        found.append("EXT-X-SKIP stands before EXT-X-MEDIA-SEQUENCE")
    return found


def _of_parts(segment: Segment, part_target: float) -> list[str]:
    durations = [float(part["DURATION"]) for part in segment.parts]
    found = [
        f"{segment.uri}: a part of {each} s over PART-TARGET (4.4.4.9)" for each in durations if each > part_target
    ]
    # The last part of a segment under way may be its last: a key frame can come right after it.
    found += [
        f"{segment.uri}: a part of {each} s below 85 % of PART-TARGET (4.4.3.7)"
        for each in durations[:-1]
        if each < 0.85 * part_target
    ]
    if segment.uri and durations and abs(sum(durations) - segment.duration) > 1e-3 * len(durations):
        found.append(f"{segment.uri}: parts of {sum(durations)} s, EXTINF {segment.duration}")
    return found


def changes(before: str, after: str) -> list[str]:
    """What a later version may not do to what an earlier one said (6.2.1, 6.2.2)."""
    old, new = parse(before), parse(after)
    found = [
        f"{tag} changed"
        for tag in ("EXT-X-TARGETDURATION", "EXT-X-PART-INF", "EXT-X-VERSION")
        if old.tags[tag] != new.tags[tag]
    ]
    removed = new.sequence - old.sequence
    if removed < 0:
        return [*found, "EXT-X-MEDIA-SEQUENCE went back"]
    gone = sum(segment.discontinuity for segment in old.segments[:removed])
    grown = int(new.tags["EXT-X-DISCONTINUITY-SEQUENCE"]) - int(old.tags["EXT-X-DISCONTINUITY-SEQUENCE"])
    if grown != gone:
        found.append(f"EXT-X-DISCONTINUITY-SEQUENCE grew by {grown}, {gone} discontinuities were removed")
    for was, now in zip(old.segments[removed:], new.segments, strict=False):
        if was.uri and (was.uri, was.duration, was.programme_time) != (now.uri, now.duration, now.programme_time):
            found.append(f"{was.uri} changed")
        if now.parts and [part["URI"] for part in now.parts[: len(was.parts)]] != [part["URI"] for part in was.parts]:
            found.append(f"parts of {now.uri or 'the segment under way'} changed")
    # Where a stream is interrupted, what was hinted does not come (4.4.5.3 lets a client expect that).
    listed = {part["URI"] for segment in new.segments for part in segment.parts} | {new.hint}
    is_over = new.ends_with_discontinuity or "EXT-X-ENDLIST" in new.tags
    if old.hint is not None and old.hint not in listed and not is_over:
        found.append(f"the hinted part {old.hint} never came")
    return found


def _part_target(playlist: Playlist) -> float:
    return float(playlist.attributes("EXT-X-PART-INF")["PART-TARGET"])
