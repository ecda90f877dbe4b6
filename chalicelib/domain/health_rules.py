"""The rules by which a stream is judged: each looks at what was seen and names a symptom, or None. See `health`."""

from statistics import median

from chalicelib.domain.findings import FindingCode, Severity
from chalicelib.domain.health import RATE_SECONDS, WINDOW, Rule, Seen, Symptom
from chalicelib.domain.observation import Observation


def gop_size_long(seen: Seen) -> Symptom | None:
    last, limits = seen.last, seen.thresholds
    if last.key_frames == 0:
        return None
    waited = (last.video_time - last.key_frame_time) / 1000
    gop = max(waited, *seen.gops[-1:], 0.0)
    if gop <= limits.gop_long:
        return None
    severity = Severity.ERROR if gop > limits.gop_too_long else Severity.WARNING
    return Symptom(severity, f"{gop:.1f} s between key frames", f"2 s, {limits.gop_long:g} s at most")


def gop_size_short(seen: Seen) -> Symptom | None:
    gops = seen.gops[-3:]
    if len(gops) < 3 or (mean := sum(gops) / len(gops)) >= seen.thresholds.gop_short:
        return None
    return Symptom(
        Severity.WARNING, f"{mean:.2f} s between key frames", f"2 s, {seen.thresholds.gop_short:g} s at least"
    )


def gop_size_irregular(seen: Seen) -> Symptom | None:
    """A scene cut ends one interval early, which is no fault: what counts is the usual one beside the longest."""
    gops, limits = seen.gops, seen.thresholds
    if len(gops) < 5:
        return None
    usual = median(gops)
    if usual < limits.gop_short or max(gops) - usual <= limits.gop_spread * usual:
        return None
    return Symptom(
        Severity.INFO, f"{min(gops):.1f} to {max(gops):.1f} s between key frames", "the same interval each time"
    )


def open_gop(seen: Seen) -> Symptom | None:
    if seen.last.open_gops == seen.window[0].open_gops:
        return None
    return Symptom(Severity.WARNING, "key frames that depend on frames before them", "closed groups of pictures")


def b_frames(seen: Seen) -> Symptom | None:
    span = seen.span
    if span is None:
        return None
    between = span[1].b_frames - span[0].b_frames
    others = span[1].frames - span[0].frames - between
    if others <= 0 or (mean := between / others) <= seen.thresholds.b_frames:
        return None
    return Symptom(Severity.INFO, f"{mean:.1f} B-frames in a row", f"2, {seen.thresholds.b_frames:g} at most")


def video_ingestion_starved(seen: Seen) -> Symptom | None:
    limits = seen.thresholds
    if (quiet := seen.over(limits.silence)) is not None and quiet[0].media_time == quiet[1].media_time:
        return Symptom(Severity.ERROR, f"nothing for {limits.silence:g} s", "media in real time")
    speed = _speed(seen.over(limits.starved_window))
    if speed is None or speed >= limits.starved_ratio:
        return None
    return Symptom(Severity.WARNING, f"{speed:.0%} of real time", f"{limits.starved_ratio:.0%} at least")


def faster_than_realtime(seen: Seen) -> Symptom | None:
    if seen.gained is None:
        return None
    speed = 1 + seen.gained / seen.thresholds.fast_window
    if speed <= seen.thresholds.fast_ratio:
        return None
    return Symptom(Severity.WARNING, f"{speed:.0%} of real time", "100 %")


def timestamp_jump(seen: Seen) -> Symptom | None:
    if seen.jumped is None:
        return None
    way = "back" if seen.jumped < 0 else "ahead"
    return Symptom(
        Severity.WARNING, f"the stream's clock jumped {abs(seen.jumped):.1f} s {way}", "a clock that runs evenly"
    )


def drift(seen: Seen) -> Symptom | None:
    limits = seen.thresholds
    if seen.drift is None or abs(seen.drift) <= limits.drift:
        return None
    way = "behind" if seen.drift > 0 else "ahead"
    severity = Severity.ERROR if abs(seen.drift) > limits.drift_bad else Severity.WARNING
    return Symptom(severity, f"the stream moved {abs(seen.drift):.1f} s {way} of late", "media in real time")


def bitrate_low(seen: Seen) -> Symptom | None:
    bounds, rate = seen.bitrates, seen.video_kbps
    if bounds is None or rate is None or rate >= bounds[0]:
        return None
    return Symptom(Severity.WARNING, f"{rate:.0f} kbit/s", f"{bounds[0]} to {bounds[1]} kbit/s for {_picture(seen)}")


def bitrate_high(seen: Seen) -> Symptom | None:
    bounds, rate = seen.bitrates, seen.video_kbps
    if bounds is None or rate is None or rate <= bounds[1]:
        return None
    return Symptom(Severity.INFO, f"{rate:.0f} kbit/s", f"{bounds[0]} to {bounds[1]} kbit/s for {_picture(seen)}")


def bitrate_unstable(seen: Seen) -> Symptom | None:
    rates = seen.rates
    if len(rates) <= WINDOW - RATE_SECONDS:
        return None
    mean, least, most = sum(rates) / len(rates), min(rates), max(rates)
    if mean <= seen.thresholds.unstable_above or most - least <= seen.thresholds.unstable_spread * mean:
        return None
    return Symptom(Severity.WARNING, f"{least:.0f} to {most:.0f} kbit/s", "a constant bitrate (CBR)")


def frame_rate_low(seen: Seen) -> Symptom | None:
    wanted, span = seen.declared.fps or seen.facts.fps, seen.span
    if wanted is None or span is None or span[1].video_time == span[0].video_time:
        return None
    fps = (span[1].frames - span[0].frames) * 1000 / (span[1].video_time - span[0].video_time)
    if fps >= seen.thresholds.frame_rate_ratio * wanted:
        return None
    return Symptom(Severity.WARNING, f"{fps:.1f} fps", f"{wanted:g} fps, as your encoder declares")


def no_audio_stream(seen: Seen) -> Symptom | None:
    span = seen.over(seen.thresholds.track_silence)
    if span is None or span[1].audio_frames > span[0].audio_frames or span[1].frames == span[0].frames:
        return None
    return Symptom(Severity.WARNING, f"no audio for {seen.thresholds.track_silence:g} s", "audio beside the video")


def no_video_stream(seen: Seen) -> Symptom | None:
    span = seen.over(seen.thresholds.track_silence)
    if span is None or span[1].frames > span[0].frames or span[1].audio_frames == span[0].audio_frames:
        return None
    return Symptom(Severity.WARNING, f"no video for {seen.thresholds.track_silence:g} s", "video beside the audio")


def audio_codec(seen: Seen) -> Symptom | None:
    codec = seen.facts.audio_codec
    if codec is None or codec == "aac":
        return None
    severity = Severity.INFO if codec in ("opus", "mp3") else Severity.WARNING
    return Symptom(severity, codec, "aac")


def audio_sample_rate(seen: Seen) -> Symptom | None:
    rate = seen.facts.audio_sample_rate
    if rate is None or rate in seen.thresholds.sample_rates:
        return None
    return Symptom(Severity.WARNING, f"{rate} Hz", " or ".join(f"{good} Hz" for good in seen.thresholds.sample_rates))


def audio_too_many_channels(seen: Seen) -> Symptom | None:
    channels = seen.facts.audio_channels
    if channels is None or channels <= seen.thresholds.channels:
        return None
    return Symptom(Severity.WARNING, f"{channels} channels", "stereo")


def audio_bitrate_low(seen: Seen) -> Symptom | None:
    limits, rate = seen.thresholds, seen.audio_kbps
    declared = seen.declared.audio_bitrate_kbps
    if rate is None or not limits.audio_quiet < rate < limits.audio_low or (declared or 0) >= limits.audio_low:
        return None
    return Symptom(Severity.WARNING, f"{rate:.0f} kbit/s", "96 to 160 kbit/s")


def audio_bitrate_high(seen: Seen) -> Symptom | None:
    rate = seen.audio_kbps
    if rate is None or rate <= seen.thresholds.audio_high:
        return None
    return Symptom(Severity.INFO, f"{rate:.0f} kbit/s", "96 to 160 kbit/s")


def video_resolution_changed(seen: Seen) -> Symptom | None:
    if seen.size_before is None:
        return None
    before = "{} x {}".format(*seen.size_before)
    return Symptom(
        Severity.INFO, f"{before}, then {seen.facts.width} x {seen.facts.height}", "one size for a whole broadcast"
    )


def metadata_mismatch(seen: Seen) -> Symptom | None:
    declared, facts = seen.declared, seen.facts
    if None in (declared.width, declared.height, facts.width, facts.height):
        return None
    if (declared.width, declared.height) == (facts.width, facts.height):
        return None
    return Symptom(
        Severity.WARNING,
        f"{facts.width} x {facts.height}",
        f"{declared.width} x {declared.height}, as your encoder declares",
    )


def video_profile(seen: Seen) -> Symptom | None:
    profile = seen.facts.video_profile or ""
    if seen.facts.video_codec != "h264" or not any(part in profile for part in ("4:2:2", "4:4:4", "High 10")):
        return None
    return Symptom(Severity.ERROR, f"H.264 {profile}", "High, Main or Baseline profile, 8 bit, 4:2:0")


def interlaced_video(seen: Seen) -> Symptom | None:
    if not seen.facts.interlaced:
        return None
    return Symptom(Severity.WARNING, "interlaced video", "progressive video")


def _speed(span: tuple[Observation, Observation] | None) -> float | None:
    return None if span is None else span[1].speed(span[0])


def _picture(seen: Seen) -> str:
    fps = "" if seen.facts.fps is None else f" at {seen.facts.fps:g} fps"
    return f"{seen.facts.width} x {seen.facts.height}{fps}"


RULES: tuple[Rule, ...] = (
    Rule(FindingCode.GOP_SIZE_LONG, gop_size_long),
    Rule(FindingCode.GOP_SIZE_SHORT, gop_size_short),
    Rule(FindingCode.GOP_SIZE_IRREGULAR, gop_size_irregular),
    Rule(FindingCode.OPEN_GOP, open_gop, raise_after=2),
    Rule(FindingCode.B_FRAMES, b_frames),
    Rule(FindingCode.VIDEO_INGESTION_STARVED, video_ingestion_starved, raise_after=0),
    Rule(FindingCode.VIDEO_INGESTION_FASTER_THAN_REALTIME, faster_than_realtime, raise_after=0),
    Rule(FindingCode.TIMESTAMP_JUMP, timestamp_jump, raise_after=0, clear_after=0),
    Rule(FindingCode.DRIFT, drift),
    Rule(FindingCode.BITRATE_LOW, bitrate_low),
    Rule(FindingCode.BITRATE_HIGH, bitrate_high),
    Rule(FindingCode.BITRATE_UNSTABLE, bitrate_unstable),
    Rule(FindingCode.FRAME_RATE_LOW, frame_rate_low),
    Rule(FindingCode.NO_AUDIO_STREAM, no_audio_stream, raise_after=0),
    Rule(FindingCode.NO_VIDEO_STREAM, no_video_stream, raise_after=0),
    Rule(FindingCode.AUDIO_CODEC, audio_codec, raise_after=2, of_facts=True),
    Rule(FindingCode.AUDIO_SAMPLE_RATE, audio_sample_rate, raise_after=2, of_facts=True),
    Rule(FindingCode.AUDIO_TOO_MANY_CHANNELS, audio_too_many_channels, raise_after=2, of_facts=True),
    Rule(FindingCode.AUDIO_BITRATE_LOW, audio_bitrate_low),
    Rule(FindingCode.AUDIO_BITRATE_HIGH, audio_bitrate_high),
    Rule(FindingCode.VIDEO_RESOLUTION_CHANGED, video_resolution_changed, raise_after=0, clear_after=0),
    Rule(FindingCode.METADATA_MISMATCH, metadata_mismatch, raise_after=2, of_facts=True),
    Rule(FindingCode.VIDEO_PROFILE, video_profile, raise_after=2, of_facts=True),
    Rule(FindingCode.INTERLACED_VIDEO, interlaced_video, raise_after=2, of_facts=True),
)
