"""Findings about a stream that is live: which stream causes which, when they are raised and cleared."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.findings import Finding, FindingCode, Overall, Severity, overall
from chalicelib.domain.health import Doctor, HealthChange
from chalicelib.domain.health_rules import RULES
from chalicelib.domain.measures import Declared, StreamFacts
from chalicelib.domain.observation import Observation

FULL_HD = StreamFacts(
    width=1920,
    height=1080,
    fps=60,
    video_codec="h264",
    video_profile="High",
    audio_codec="aac",
    audio_sample_rate=48_000,
    audio_channels=2,
)


def declaring(**settings: float) -> StreamFacts:
    """Full HD from an encoder that declares these settings."""
    return FULL_HD.model_copy(update={"declared": Declared.model_validate(settings)})


@dataclass(frozen=True)
class Sent:
    """What an encoder sends in each second, and how far its clock comes in it."""

    fps: float = 60
    gop: float = 2.0  # seconds
    video_kbps: float = 6_000
    audio_kbps: float = 128
    speed: float = 1.0
    b_frames: float = 0.0  # of all frames
    open_gops: bool = False
    facts: StreamFacts = FULL_HD


GOOD = Sent()


class Watched:
    """A stream that is observed for some seconds after another of this and that."""

    def __init__(self) -> None:
        self.doctor = Doctor(RULES)
        self.seconds = 0
        self.seen = Observation(0.0, 0, 0, 0, 0, 0, 0, 0, 0)
        self._frames = self._sounds = 0.0
        self.changes: list[tuple[int, HealthChange]] = []

    def sends(self, sent: Sent, seconds: int, *, jump: float = 0.0) -> "Watched":
        for _ in range(seconds):
            self.seconds += 1
            self._observe(sent, jump)
            jump = 0.0
        return self

    def _observe(self, sent: Sent, jump: float) -> None:
        before = self.seen
        time = before.media_time + round((sent.speed + jump) * 1000)
        self._frames += sent.fps * sent.speed
        self._sounds += 47 * sent.speed if sent.audio_kbps else 0
        has_video = sent.fps > 0 and sent.speed > 0
        gop = round(sent.gop * 1000)
        key_at, keys = before.key_frame_time, before.key_frames
        while has_video and (keys == 0 or key_at + gop <= time):
            key_at, keys = (key_at + gop if keys else time), keys + 1
        self.seen = Observation(
            at=float(self.seconds),
            video_bytes=before.video_bytes + round(sent.video_kbps * 125 * sent.speed if has_video else 0),
            audio_bytes=before.audio_bytes + round(sent.audio_kbps * 125 * sent.speed),
            frames=round(self._frames),
            audio_frames=round(self._sounds),
            video_time=time if has_video else before.video_time,
            audio_time=time if sent.audio_kbps else before.audio_time,
            key_frames=keys,
            key_frame_time=key_at + round(jump * 1000),
            b_frames=before.b_frames + round(sent.fps * sent.speed * sent.b_frames),
            open_gops=before.open_gops + (keys - before.key_frames if sent.open_gops else 0),
        )
        found = self.doctor.observe(self.seen, sent.facts, self.seconds * 1000)
        self.changes += [(self.seconds, change) for change in found]

    @property
    def codes(self) -> set[FindingCode]:
        return {finding.code for finding in self.doctor.findings}

    def raised(self, code: FindingCode) -> Iterator[tuple[int, Severity]]:
        return (
            (second, change.finding.severity)
            for second, change in self.changes
            if change.finding.code is code and not change.cleared
        )

    def cleared(self, code: FindingCode) -> list[int]:
        return [second for second, change in self.changes if change.finding.code is code and change.cleared]


@pytest.mark.requirement("FX-8")
@pytest.mark.parametrize(
    "sent",
    [
        GOOD,
        replace(GOOD, fps=30, video_kbps=4_500, facts=FULL_HD.model_copy(update={"fps": 30})),
        replace(GOOD, fps=29.97, video_kbps=3_500, gop=1.0, facts=FULL_HD.model_copy(update={"fps": 29.97})),
        replace(GOOD, gop=4.0),
        replace(GOOD, b_frames=0.75),  # x264's own default: three between two others
        replace(GOOD, speed=1.0001),  # a cheap clock
        replace(GOOD, audio_kbps=3),  # a muted microphone
        replace(GOOD, facts=StreamFacts()),
        replace(GOOD, facts=FULL_HD.model_copy(update={"interlaced": False})),
        replace(GOOD, facts=FULL_HD.model_copy(update={"video_codec": "hevc"}), video_kbps=2_000),
        replace(GOOD, facts=declaring(width=1920, height=1080, fps=60, audio_bitrate_kbps=128)),
    ],
)
def test_good_stream_has_no_findings(sent: Sent) -> None:
    assert Watched().sends(sent, 1800).changes == []


PHONE = FULL_HD.model_copy(update={"width": 720, "height": 1280, "fps": 30})
BAD: list[tuple[FindingCode, Severity, Sent, int, int]] = [
    # finding, how bad, what is sent, raised after seconds (at most), cleared after seconds of a good stream (at most)
    (FindingCode.GOP_SIZE_LONG, Severity.WARNING, replace(GOOD, gop=4.17), 16, 35),
    (FindingCode.GOP_SIZE_LONG, Severity.ERROR, replace(GOOD, gop=8.33), 19, 39),
    (FindingCode.GOP_SIZE_SHORT, Severity.WARNING, replace(GOOD, gop=0.25), 14, 40),
    (FindingCode.OPEN_GOP, Severity.WARNING, replace(GOOD, open_gops=True), 6, 65),
    (FindingCode.B_FRAMES, Severity.INFO, replace(GOOD, b_frames=0.8), 21, 50),
    (FindingCode.VIDEO_INGESTION_STARVED, Severity.WARNING, replace(GOOD, speed=0.8), 10, 40),
    (FindingCode.VIDEO_INGESTION_STARVED, Severity.ERROR, replace(GOOD, speed=0.0), 4, 45),
    (FindingCode.VIDEO_INGESTION_FASTER_THAN_REALTIME, Severity.WARNING, replace(GOOD, speed=1.3), 31, 65),
    (FindingCode.BITRATE_LOW, Severity.WARNING, replace(GOOD, video_kbps=2_000), 21, 50),
    (FindingCode.BITRATE_LOW, Severity.WARNING, replace(GOOD, video_kbps=900, fps=30, facts=PHONE), 21, 50),
    (FindingCode.BITRATE_HIGH, Severity.INFO, replace(GOOD, video_kbps=20_000), 21, 50),
    (FindingCode.FRAME_RATE_LOW, Severity.WARNING, replace(GOOD, fps=50), 21, 50),
    (FindingCode.NO_AUDIO_STREAM, Severity.WARNING, replace(GOOD, audio_kbps=0), 4, 35),
    (FindingCode.NO_VIDEO_STREAM, Severity.WARNING, replace(GOOD, fps=0), 4, 35),
    (
        FindingCode.AUDIO_CODEC,
        Severity.INFO,
        replace(GOOD, facts=FULL_HD.model_copy(update={"audio_codec": "opus"})),
        4,
        33,
    ),
    (
        FindingCode.AUDIO_SAMPLE_RATE,
        Severity.WARNING,
        replace(GOOD, facts=FULL_HD.model_copy(update={"audio_sample_rate": 22_050})),
        4,
        33,
    ),
    (
        FindingCode.AUDIO_TOO_MANY_CHANNELS,
        Severity.WARNING,
        replace(GOOD, facts=FULL_HD.model_copy(update={"audio_channels": 6})),
        4,
        33,
    ),
    (FindingCode.AUDIO_BITRATE_LOW, Severity.WARNING, replace(GOOD, audio_kbps=32), 21, 50),
    (FindingCode.AUDIO_BITRATE_HIGH, Severity.INFO, replace(GOOD, audio_kbps=512), 21, 50),
    (FindingCode.METADATA_MISMATCH, Severity.WARNING, replace(GOOD, facts=declaring(width=1280, height=720)), 4, 33),
    (
        FindingCode.VIDEO_PROFILE,
        Severity.ERROR,
        replace(GOOD, facts=FULL_HD.model_copy(update={"video_profile": "High 4:2:2 Intra"})),
        4,
        33,
    ),
    (
        FindingCode.INTERLACED_VIDEO,
        Severity.WARNING,
        replace(GOOD, facts=FULL_HD.model_copy(update={"interlaced": True})),
        4,
        33,
    ),
]


@pytest.mark.parametrize(("code", "severity", "sent", "raised_by", "cleared_by"), BAD)
def test_bad_stream_has_its_finding_and_good_again_none(
    code: FindingCode, severity: Severity, sent: Sent, raised_by: int, cleared_by: int
) -> None:
    watched = Watched().sends(GOOD, 60).sends(sent, 60)
    raised = list(watched.raised(code))
    assert severity in {how for _, how in raised}, watched.changes
    assert raised[0][0] <= 60 + raised_by
    assert code in watched.codes
    watched.sends(GOOD, cleared_by + 35)
    assert len(watched.cleared(code)) == 1
    assert watched.cleared(code)[0] <= 120 + cleared_by
    assert watched.codes == set()


def test_clock_that_jumps_is_reported_for_half_a_minute_and_nothing_else() -> None:
    watched = Watched().sends(GOOD, 60).sends(GOOD, 60, jump=30.0)
    assert [(second, change.finding.code, change.cleared) for second, change in watched.changes] == [
        (61, FindingCode.TIMESTAMP_JUMP, False),
        (91, FindingCode.TIMESTAMP_JUMP, True),
    ]


def test_clock_that_jumps_back_is_reported() -> None:
    watched = Watched().sends(GOOD, 60).sends(GOOD, 1, jump=-20.0)
    assert watched.codes == {FindingCode.TIMESTAMP_JUMP}
    assert watched.doctor.findings[0].measured == "the stream's clock jumped 19.0 s back"


def test_another_resolution_is_reported_for_half_a_minute() -> None:
    hd = FULL_HD.model_copy(update={"width": 1280, "height": 720})
    watched = Watched().sends(GOOD, 60).sends(replace(GOOD, facts=hd, video_kbps=4_000), 60)
    assert [(second, change.finding.code, change.cleared) for second, change in watched.changes] == [
        (61, FindingCode.VIDEO_RESOLUTION_CHANGED, False),
        (91, FindingCode.VIDEO_RESOLUTION_CHANGED, True),
    ]


def test_bitrate_that_swings_is_unstable_and_one_with_key_frames_is_not() -> None:
    steady, swinging = Watched(), Watched()
    for _ in range(60):
        steady.sends(replace(GOOD, video_kbps=10_000), 1).sends(replace(GOOD, video_kbps=3_000), 1)
    for _ in range(6):
        swinging.sends(replace(GOOD, video_kbps=9_000), 10).sends(replace(GOOD, video_kbps=4_600), 10)
    assert FindingCode.BITRATE_UNSTABLE not in steady.codes
    assert FindingCode.BITRATE_UNSTABLE in swinging.codes


@pytest.mark.parametrize("before", [60, 61])
def test_stream_that_stands_still_is_found_before_it_counts_as_interrupted(before: int) -> None:
    """An interrupted stream, after four seconds, is not observed."""
    watched = Watched().sends(GOOD, before).sends(replace(GOOD, speed=0.0), 3)
    assert [(finding.code, finding.severity) for finding in watched.doctor.findings] == [
        (FindingCode.VIDEO_INGESTION_STARVED, Severity.ERROR)
    ]


@pytest.mark.parametrize(("stalled", "catches_up", "seconds"), [(5, 6.0, 1), (4, 5.0, 1), (6, 1.4, 15), (8, 3.0, 4)])
def test_stream_that_stalls_and_catches_up_is_starved_and_nothing_else(
    stalled: int, catches_up: float, seconds: int
) -> None:
    """As a connection or an encoder does that had no time: its clock, its bitrate and its speed are as they were."""
    watched = Watched().sends(GOOD, 60)
    for _ in range(6):
        watched.sends(replace(GOOD, speed=0.0), stalled).sends(replace(GOOD, speed=catches_up), seconds).sends(GOOD, 20)
    watched.sends(GOOD, 120)
    assert {change.finding.code for _, change in watched.changes} == {FindingCode.VIDEO_INGESTION_STARVED}
    assert watched.codes == set()


@pytest.mark.parametrize(("speed", "measured"), [(0.97, "behind"), (1.03, "ahead")])
def test_clock_that_runs_wrong_drifts_and_one_that_runs_right_again_does_not(speed: float, measured: str) -> None:
    watched = Watched().sends(GOOD, 60).sends(replace(GOOD, speed=speed), 120)
    finding = next(finding for finding in watched.doctor.findings if finding.code is FindingCode.DRIFT)
    assert measured in finding.measured
    assert finding.severity is Severity.ERROR
    assert Severity.WARNING in {severity for _, severity in watched.raised(FindingCode.DRIFT)}
    watched.sends(GOOD, 360)
    assert watched.codes == set()


def test_stream_that_stood_still_and_goes_on_does_not_drift() -> None:
    watched = Watched().sends(GOOD, 120).sends(replace(GOOD, speed=0.0), 20).sends(GOOD, 300)
    assert FindingCode.DRIFT not in {change.finding.code for _, change in watched.changes}


def test_scene_cut_now_and_then_is_no_fault() -> None:
    """x264 puts a key frame at a cut, unless it is told not to; OBS and ffmpeg do not tell it."""
    watched = Watched()
    for _ in range(100):
        watched.sends(replace(GOOD, gop=2.0), 12).sends(replace(GOOD, gop=1.0), 1)
    assert watched.changes == []


def test_intervals_that_change_all_the_time_are_irregular() -> None:
    watched = Watched()
    for _ in range(12):
        watched.sends(replace(GOOD, gop=1.0), 2).sends(replace(GOOD, gop=3.0), 3)
    assert [finding.code for finding in watched.doctor.findings] == [FindingCode.GOP_SIZE_IRREGULAR]


def test_stream_at_the_edge_of_a_limit_does_not_keep_changing() -> None:
    watched = Watched()
    for _ in range(100):
        watched.sends(replace(GOOD, video_kbps=2_000), 15).sends(GOOD, 15)
    assert len(watched.changes) <= 2


def test_reconnected_encoder_is_watched_anew() -> None:
    watched = Watched().sends(GOOD, 60)
    watched.seen = Observation(0.0, 0, 0, 0, 0, 0, 0, 0, 0)
    watched.seconds += 10
    watched.sends(GOOD, 60)
    assert watched.changes == []


@given(
    st.lists(
        st.builds(
            Sent,
            fps=st.floats(0, 240),
            gop=st.floats(0.01, 60),
            video_kbps=st.floats(0, 100_000),
            audio_kbps=st.floats(0, 2_000),
            speed=st.floats(0, 20),
        ),
        max_size=40,
    )
)
def test_every_finding_that_stands_was_raised_and_not_cleared(seconds: list[Sent]) -> None:
    watched = Watched()
    standing: dict[FindingCode, Finding] = {}
    for sent in seconds:
        watched.changes.clear()
        watched.sends(sent, 1)
        for _, change in watched.changes:
            if change.cleared:
                del standing[change.finding.code]
            else:
                standing[change.finding.code] = change.finding
        assert watched.codes == set(standing)
        assert all(finding.since <= watched.seconds * 1000 for finding in watched.doctor.findings)


def test_overall_health_is_that_of_the_worst_finding() -> None:
    def finding(severity: Severity) -> Finding:
        return Finding(code=FindingCode.AUDIO_CODEC, severity=severity, measured="a", expected="b", since=0)

    assert overall(()) is Overall.GOOD
    assert overall((finding(Severity.INFO),)) is Overall.GOOD
    assert overall((finding(Severity.INFO), finding(Severity.WARNING))) is Overall.FAIR
    assert overall((finding(Severity.ERROR), finding(Severity.WARNING))) is Overall.POOR


def test_every_finding_has_a_rule() -> None:
    assert sorted(rule.code for rule in RULES) == sorted(FindingCode)


def test_stream_that_arrives_too_slowly_has_no_further_finding_about_its_bitrate() -> None:
    watched = Watched().sends(GOOD, 60)
    for _ in range(6):
        watched.sends(replace(GOOD, speed=0.4), 10).sends(GOOD, 10)
    assert watched.codes == {FindingCode.VIDEO_INGESTION_STARVED}
    assert {change.finding.code for _, change in watched.changes} == {FindingCode.VIDEO_INGESTION_STARVED}
