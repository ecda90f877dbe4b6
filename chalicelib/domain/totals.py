"""What a stream was on the whole, counted while it runs: for lists of past streams, which read nothing but its row."""

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, NonNegativeFloat, NonNegativeInt

from chalicelib.domain.findings import RANK, Finding, FindingCode, Overall, Severity, overall_of


class Raised(BaseModel):
    """How often one kind of finding was raised, and how severe it was at worst."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    count: NonNegativeInt
    severity: Severity


class StreamTotals(BaseModel):
    """Of one stream, across its connections and nodes. `kilobits` is of audio and video, in `measured_s` seconds."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    measured_s: NonNegativeInt = 0
    kilobits: NonNegativeFloat = 0.0
    peak_kbps: NonNegativeFloat = 0.0
    interruptions: NonNegativeInt = 0
    raised: Mapping[FindingCode, Raised] = {}

    @property
    def average_kbps(self) -> float | None:
        """None before the first second."""
        return round(self.kilobits / self.measured_s, 1) if self.measured_s else None

    @property
    def worst(self) -> Overall:
        """The health of the stream at its worst."""
        return overall_of(one.severity for one in self.raised.values())


class TotalsCounter:
    """Counts one stream's totals on the node that carries it; `before` is what earlier nodes counted."""

    def __init__(self, before: StreamTotals | None = None) -> None:
        before = before or StreamTotals()
        self._seconds = before.measured_s
        self._kilobits = before.kilobits
        self._peak = before.peak_kbps
        self._interruptions = before.interruptions
        self._raised = dict(before.raised)
        self._since: dict[FindingCode, int] = {}

    def measured(self, kbps: float) -> None:
        """The bitrate of one second."""
        self._seconds += 1
        self._kilobits += kbps
        self._peak = max(self._peak, kbps)

    def interrupted(self) -> None:
        self._interruptions += 1

    def raised(self, finding: Finding) -> None:
        """A finding was raised, or one that was raised before became worse, which is the same finding."""
        before = self._raised.get(finding.code)
        is_new = self._since.get(finding.code) != finding.since
        self._since[finding.code] = finding.since
        severity = finding.severity
        if before is not None:
            severity = max(before.severity, severity, key=RANK.__getitem__)
        count = (before.count if before is not None else 0) + is_new
        self._raised[finding.code] = Raised(count=count, severity=severity)

    @property
    def totals(self) -> StreamTotals:
        return StreamTotals(
            measured_s=self._seconds,
            kilobits=round(self._kilobits),
            peak_kbps=self._peak,
            interruptions=self._interruptions,
            raised=dict(self._raised),
        )
