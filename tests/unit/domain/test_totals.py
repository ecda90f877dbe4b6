"""What a stream was on the whole."""

import pytest

from chalicelib.domain.findings import Finding, FindingCode, Overall, Severity
from chalicelib.domain.totals import Raised, StreamTotals, TotalsCounter

GOP, LOW = FindingCode.GOP_SIZE_LONG, FindingCode.BITRATE_LOW


def finding(code: FindingCode, severity: Severity, since: int) -> Finding:
    return Finding(code=code, severity=severity, measured="8 s", expected="2 s", since=since)


@pytest.mark.requirement("FX-16")
def test_the_average_is_of_the_seconds_that_were_measured() -> None:
    counter = TotalsCounter()
    for kbps in (2_000, 4_000, 3_000):
        counter.measured(kbps)
    totals = counter.totals
    assert (totals.measured_s, totals.average_kbps, totals.peak_kbps) == (3, 3_000, 4_000)


def test_nothing_measured_has_no_average() -> None:
    totals = TotalsCounter().totals
    assert (totals.average_kbps, totals.worst, totals.interruptions) == (None, Overall.GOOD, 0)


@pytest.mark.requirement("FX-16")
def test_a_finding_that_becomes_worse_is_one_and_one_that_comes_again_is_another() -> None:
    counter = TotalsCounter()
    counter.raised(finding(GOP, Severity.WARNING, since=1))
    counter.raised(finding(GOP, Severity.ERROR, since=1))
    counter.raised(finding(LOW, Severity.INFO, since=1))
    counter.raised(finding(GOP, Severity.WARNING, since=2))
    totals = counter.totals
    assert totals.raised == {
        GOP: Raised(count=2, severity=Severity.ERROR),
        LOW: Raised(count=1, severity=Severity.INFO),
    }
    assert totals.worst is Overall.POOR


def test_the_next_node_goes_on_counting() -> None:
    first = TotalsCounter()
    first.measured(1_000)
    first.interrupted()
    first.raised(finding(GOP, Severity.ERROR, since=1))
    second = TotalsCounter(StreamTotals.model_validate_json(first.totals.model_dump_json(exclude_defaults=True)))
    second.measured(3_000)
    second.interrupted()
    second.raised(finding(GOP, Severity.WARNING, since=2))
    totals = second.totals
    assert (totals.measured_s, totals.average_kbps, totals.interruptions) == (2, 2_000, 2)
    assert totals.raised == {GOP: Raised(count=2, severity=Severity.ERROR)}
