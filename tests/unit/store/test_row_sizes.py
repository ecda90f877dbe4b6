"""What is written again and again takes one write unit: 1,024 bytes, names and values (DynamoDB Developer Guide)."""

import random

import pytest
from pynamodb.models import Model
from ulid import ULID

from chalicelib.domain.audience import Audience
from chalicelib.domain.findings import Finding, FindingCode, Severity
from chalicelib.domain.measures import Pulse, StreamFacts
from chalicelib.domain.samples import Sample, Sampler, SampleRow, Spread
from chalicelib.domain.totals import Raised, StreamTotals
from chalicelib.store import pulses, samples

UNIT = 1_024
AT = 1_800_000_000_000
FINDING = Finding(
    code=FindingCode.VIDEO_INGESTION_STARVED,
    severity=Severity.WARNING,
    measured="82 % of real time",
    expected="at least 90 %",
    since=AT,
)


def size(row: Model) -> int:
    """Numbers take a byte for two digits and one more; the rest is what it is."""
    total = 0
    for name, value in row.serialize().items():
        ((kind, content),) = value.items()
        total += len(name) + (len(content) // 2 + 2 if kind == "N" else len(content))
    return total


def minute() -> list[Sample]:
    """As much as no row has yet at most: of a stream with a bitrate, frame rate and audience that all swing."""
    draw, sampler = random.Random(1), Sampler()
    for second in range(60):
        sampler.add(
            AT + second * 1000,
            {
                "bitrate_kbps": draw.gauss(6_000, 300),
                "video_fps": draw.gauss(60, 1),
                "keyframe_interval_s": draw.gauss(2, 0.1) if second % 2 else None,
                "viewers": draw.randint(1_000, 2_000),
                "video_bitrate_kbps": draw.gauss(5_840, 300),
                "audio_bitrate_kbps": draw.gauss(160, 2),
            },
        )
    return sampler.unfinished


def pulse(recent: list[Sample]) -> Pulse:
    raised = {code: Raised(count=3, severity=Severity.WARNING) for code in list(FindingCode)[:2]}
    return Pulse(
        channel_id=f"ch_{ULID()}",
        stream_id=str(ULID()),
        seq=2**52,
        at=AT,
        started_at=AT,
        last_media_at=AT,
        bitrate_kbps=6_012.3,
        video_bitrate_kbps=5_852.1,
        audio_bitrate_kbps=160.2,
        fps=59.94,
        keyframe_interval_s=2.002,
        bytes_in=10**11,
        facts=StreamFacts(width=3840, height=2160, fps=59.94, video_profile="High", encoder="e" * 200),
        audience=Audience(viewers=1_234, peak_viewers=2_345, watched_s=1_234_567.891, counted_s=12_345.678),
        recent=tuple(recent),
        totals=StreamTotals(measured_s=43_200, kilobits=259_200_000, peak_kbps=7_345.6, interruptions=3, raised=raised),
    )


@pytest.mark.requirement("FX-16")
def test_a_pulse_with_all_that_no_row_has_yet_takes_one_write_unit() -> None:
    recent = minute()
    assert len(recent) == 6
    assert size(pulses.row(pulse(recent))) < UNIT


@pytest.mark.requirement("FX-16")
def test_so_does_one_with_a_finding_while_the_stream_is_steady() -> None:
    steady = [
        Sample(one.at, one.seconds, {name: Spread(*[s.average] * 3) for name, s in one.spreads.items()})
        for one in minute()
    ]
    assert size(pulses.row(pulse(steady).model_copy(update={"findings": (FINDING,)}))) < UNIT


def test_functions_of_the_version_before_read_a_pulse_all_the_same() -> None:
    """They know of no history, and nodes are deployed first."""
    written = pulse(minute())
    without = written.model_copy(update={"recent": (), "totals": None, "facts": StreamFacts()})
    assert Pulse.model_validate(pulses.row(written).pulse) == without


@pytest.mark.requirement("FX-16")
def test_a_minute_of_samples_takes_one_write_unit() -> None:
    assert size(samples.row(SampleRow(str(ULID()), AT, tuple(minute())))) < UNIT / 2
