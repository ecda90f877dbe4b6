"""What is wrong with a stream that is live, judged from one observation a second. No clock, no I/O.

A rule looks at the last half minute and names a symptom. A symptom that lasts becomes a finding; a finding is cleared
when there was none for a while (`health_rules` says how long each). So a stream at the edge of a limit does not keep
changing.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from chalicelib.domain.findings import RANK, Finding, FindingCode, Severity
from chalicelib.domain.health_thresholds import THRESHOLDS, Thresholds
from chalicelib.domain.lateness import Drift, Earliest
from chalicelib.domain.measures import NOTHING_DECLARED, Declared, StreamFacts
from chalicelib.domain.observation import Observation, apart, encoded_kbps

WINDOW = 30  # observations, one a second
RATE_SECONDS = 6  # a bitrate over less swings with the key frames
SPAN = 10  # seconds over which most rules measure
JUDGE_EVERY = 2  # observations: rules look at ten seconds and more
GAP = 2.5  # seconds without an observation after which the stream is watched anew


@dataclass(frozen=True, slots=True)
class Symptom:
    """What a rule sees at this instant."""

    severity: Severity
    measured: str
    expected: str


class Seen(NamedTuple):
    """All that a rule may look at: observations, oldest first, and what is known of picture and sound."""

    window: Sequence[Observation]
    facts: StreamFacts
    thresholds: Thresholds
    span: tuple[Observation, Observation] | None = None  # SPAN apart; None if it was not watched so long
    video_kbps: float | None = None  # encoded in that time
    audio_kbps: float | None = None
    bitrates: tuple[int, int] | None = None  # kbit/s that suit the picture, where that is known
    gops: Sequence[float] = ()  # seconds between key frames, oldest first; of several within one second their mean
    rates: Sequence[float] = ()  # kbit/s of video over RATE_SECONDS each, a new one each second, oldest first
    gained: float | None = None  # seconds by which the stream ran ahead, over `fast_window`
    jumped: float | None = None  # by how many seconds the stream's clock jumped of late
    size_before: tuple[int, int] | None = None  # of the picture, until of late
    drift: float | None = None  # seconds by which the stream fell behind real time of late; negative: it ran ahead

    @property
    def last(self) -> Observation:
        return self.window[-1]

    @property
    def declared(self) -> Declared:
        return self.facts.declared or NOTHING_DECLARED

    def over(self, seconds: float) -> tuple[Observation, Observation] | None:
        """The last observation and the one so many seconds before it; None if it was not watched so long."""
        return apart(self.window, round(seconds))


Judge = Callable[[Seen], Symptom | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """A judge, and for how many seconds it must see a symptom, or none, before that counts.

    `of_facts`: it looks at the stream's facts alone, so it is asked when they change.
    """

    code: FindingCode
    judge: Judge
    raise_after: float = 10
    clear_after: float = 30
    of_facts: bool = False


@dataclass(frozen=True, slots=True)
class HealthChange:
    """A finding was raised, became worse, or was cleared."""

    finding: Finding
    cleared: bool


class _Watched:
    """One rule of one stream: how long there was a symptom, or none."""

    def __init__(self) -> None:
        self.finding: Finding | None = None
        self.symptom: Symptom | None = None  # at present
        self._ill_since: float | None = None
        self._well_since: float | None = None

    @property
    def is_calm(self) -> bool:
        """There is nothing to judge: no symptom, no finding, and none that was about to become one."""
        return self.symptom is None and self.finding is None and self._ill_since is None

    def judge(self, rule: Rule, at: float, now: int) -> HealthChange | None:
        symptom = self.symptom
        if symptom is None:
            return self._well(rule, at)
        self._well_since = None
        if self._ill_since is None:
            self._ill_since = at
        if self.finding is None and at - self._ill_since < rule.raise_after:
            return None
        before = self.finding
        if before is None:
            since, severity = now - round((at - self._ill_since) * 1000), symptom.severity
        else:  # while it stands it only becomes worse: else it might change with every second
            since, severity = before.since, max(before.severity, symptom.severity, key=RANK.__getitem__)
        self.finding = Finding(
            code=rule.code, severity=severity, measured=symptom.measured, expected=symptom.expected, since=since
        )
        return None if before is not None and before.severity is severity else HealthChange(self.finding, cleared=False)

    def _well(self, rule: Rule, at: float) -> HealthChange | None:
        self._ill_since = None
        if self.finding is None:
            return None
        if self._well_since is None:
            self._well_since = at
        if at - self._well_since < rule.clear_after:
            return None
        cleared, self.finding = self.finding, None
        return HealthChange(cleared, cleared=True)


class Doctor:
    """Of one stream, across its connections: `observe` once a second while it is live."""

    def __init__(self, rules: tuple[Rule, ...], thresholds: Thresholds = THRESHOLDS) -> None:
        self._rules = [(rule, _Watched()) for rule in rules]
        self._thresholds = thresholds
        self._window: deque[Observation] = deque(maxlen=WINDOW + 1)
        self._rates: deque[float] = deque(maxlen=WINDOW + 1 - RATE_SECONDS)
        self._earliest = Earliest(WINDOW + 1)
        self._gops: deque[tuple[float, float]] = deque()  # when it was over, and how long it was
        self._size: tuple[int, int] | None = None
        self._size_before: tuple[int, int] | None = None
        self._size_changed_at = 0.0
        self._jumped: float | None = None
        self._jumped_at = 0.0
        self._drift = Drift()
        self._facts: StreamFacts | None = None  # when the rules were asked
        self._bitrates: tuple[int, int] | None = None  # that suit them
        self._unjudged = 0  # observations since then

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The worst first, then the oldest."""
        found = [watched.finding for _, watched in self._rules if watched.finding is not None]
        return tuple(sorted(found, key=lambda finding: (-RANK[finding.severity], finding.since)))

    def observe(self, seen: Observation, facts: StreamFacts, now: int) -> list[HealthChange]:
        """What changed by this observation. The rules are asked with every JUDGE_EVERY-th, and with a change that
        they name. `now` in ms.
        """
        self._note_jump(seen)
        self._note_size(seen, facts)
        self._note_gop(seen)
        self._window.append(seen)
        self._note_silence(seen)
        self._note_rate(seen)
        self._earliest.note(seen.late)
        self._note_drift(seen)
        self._unjudged += 1
        if self._unjudged < JUDGE_EVERY:
            return []
        self._unjudged = 0
        return self._judge(seen, facts, now)

    def _judge(self, seen: Observation, facts: StreamFacts, now: int) -> list[HealthChange]:
        """In the usual case, in which nothing is wrong, this is most of what a stream's health costs."""
        is_known = facts is self._facts
        if not is_known:
            self._facts, self._bitrates = facts, self._thresholds.bitrate_range(facts)
        view = self._view(seen, facts)
        changes = []
        for rule, watched in self._rules:
            if not (is_known and rule.of_facts):
                watched.symptom = rule.judge(view)
            if not watched.is_calm and (change := watched.judge(rule, seen.at, now)) is not None:
                changes.append(change)
        return changes

    def _view(self, seen: Observation, facts: StreamFacts) -> Seen:
        span = apart(self._window, SPAN)
        return Seen(
            self._window,
            facts,
            self._thresholds,
            span,
            None if span is None else encoded_kbps(span[1].video_bytes - span[0].video_bytes, span),
            None if span is None else encoded_kbps(span[1].audio_bytes - span[0].audio_bytes, span),
            self._bitrates,
            [gop for _, gop in self._gops],
            self._rates,
            self._earliest.gained(seen.late, round(self._thresholds.fast_window)),
            self._jumped if seen.at - self._jumped_at < WINDOW else None,
            self._size_before if seen.at - self._size_changed_at < WINDOW else None,
            self._drift.seconds,
        )

    def _note_jump(self, seen: Observation) -> None:
        """A clock that jumped makes what was measured before it useless, and so does another connection."""
        if not self._window:
            return
        before = self._window[-1]
        if seen.at - before.at > GAP or seen.video_bytes + seen.audio_bytes < before.video_bytes + before.audio_bytes:
            self._forget()
            return
        moved = (seen.media_time - before.media_time) / 1000
        # A stream that stands still is starved, which is another finding; then it may catch up.
        if moved < 0 or (self._earliest.gained(seen.late) or 0.0) > self._thresholds.jump:
            self._jumped, self._jumped_at = moved, seen.at
            self._unjudged = JUDGE_EVERY  # told at once
            self._forget()

    def _forget(self) -> None:
        self._window.clear()
        self._gops.clear()
        self._rates.clear()
        self._earliest.clear()
        self._drift = Drift()

    def _note_silence(self, seen: Observation) -> None:
        quiet = apart(self._window, round(self._thresholds.silence))
        if quiet is not None and quiet[0].media_time == seen.media_time:
            self._unjudged = JUDGE_EVERY  # told at once: soon the stream counts as interrupted, and is not observed

    def _note_rate(self, seen: Observation) -> None:
        span = apart(self._window, RATE_SECONDS)
        if span is not None and (rate := encoded_kbps(seen.video_bytes - span[0].video_bytes, span)) is not None:
            self._rates.append(rate)

    def _note_drift(self, seen: Observation) -> None:
        """A stream that stands still or rushes has a finding of its own, and is another one afterwards."""
        limits = self._thresholds
        span = apart(self._window, round(limits.starved_window))
        if span is not None and not limits.starved_ratio <= seen.speed(span[0]) <= limits.fast_ratio:
            self._drift = Drift()
        self._drift.note(seen.late)

    def _note_gop(self, seen: Observation) -> None:
        while self._gops and seen.at - self._gops[0][0] > WINDOW:
            self._gops.popleft()
        if self._window and (gop := seen.gop(self._window[-1])) is not None:
            self._gops.append((seen.at, gop))

    def _note_size(self, seen: Observation, facts: StreamFacts) -> None:
        if facts.width is None or facts.height is None:
            return
        size = (facts.width, facts.height)
        if self._size is not None and size != self._size:
            self._size_before, self._size_changed_at = self._size, seen.at
            self._unjudged = JUDGE_EVERY  # told at once
        self._size = size
