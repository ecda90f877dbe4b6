"""Whether a stream's encoder is still there: first media, silence, grace period, key expiry. No clock, no I/O.

    WAITING   a connection was attached, nothing came yet      -> NO_MEDIA, GRACE_OVER
       | media: GO_LIVE
    FLOWING   media comes in the stream's own rhythm
       | nothing for longer than that: INTERRUPT               \\  connection lost: INTERRUPT
    SILENT    the connection is open; media: GO_LIVE again      GONE   no connection
       | grace period over: GRACE_OVER                            | grace period over: GRACE_OVER

Inputs: `attached`, `media`, `lost`, and the time with `decide`. GO_LIVE and INTERRUPT are decided once; an end is
decided again with every question until the caller asks no more, or attaches another connection.

Rhythm: ordinary video counts as silent after `silence` seconds. A stream whose habit is longer gaps (a static screen:
a frame every few seconds) may be quiet for half as long again as the longest gap of the last minute or two, bounded by
LONGEST_SILENCE. A stream that sent a frame or two only has no rhythm yet and is given that most. So no stream keeps
changing between LIVE and RECONNECTING: after its first long gap it is not interrupted by the next one.

Times are seconds, monotonic.
"""

from dataclasses import dataclass
from enum import Enum, auto

# Beside the clean figures an owner sees, chosen here:
ORDINARY_SILENCE = 4.0  # seconds that are part of every grace period
LONGEST_SILENCE = 15.0  # seconds; what the rarest stream may be quiet for
TOLERANCE = 1.5  # times its longest gap that a stream may be quiet
HABIT_SECONDS = 60.0  # a gap is remembered for so long at least, twice that at most
HABIT_MESSAGES = 4  # media messages before a stream has a rhythm
REPLACEABLE_AFTER = 1.0  # seconds of quiet after which the same encoder may come back on another connection
LATE_READING = 6.0  # seconds that this node itself may be late with reading; its session is over by then
REPORT_AFTER = 2.0  # seconds until the owner is notified that a key frame is awaited


class Decision(Enum):
    """What is to be done now."""

    GO_LIVE = auto()
    INTERRUPT = auto()
    REPORT_WAITING = auto()  # the encoder described its stream, and its first frame is awaited
    NO_MEDIA = auto()  # the stream ends, as for the following reasons
    GRACE_OVER = auto()
    KEY_EXPIRED = auto()


class Phase(Enum):
    """See the module's text."""

    WAITING = auto()
    FLOWING = auto()
    SILENT = auto()
    GONE = auto()


@dataclass(frozen=True, slots=True)
class LivenessLimits:
    """Seconds. `described` counts for a connection that sent metadata or sequence headers, `first_word` for others."""

    first_word: float = 5.0
    described: float = 20.0
    silence: float = ORDINARY_SILENCE


class Rhythm:
    """The gaps between a stream's media, across its connections."""

    def __init__(self) -> None:
        self._messages = 0
        self._longest = self._longest_before = 0.0  # gap of the present period, and of the one before
        self._period_ends = 0.0

    def heard(self, now: float, gap: float | None, messages: int) -> None:
        """`messages` came, `gap` seconds after those before them; None if they begin a connection."""
        self._messages += messages
        if now >= self._period_ends:
            missed = now >= self._period_ends + HABIT_SECONDS
            self._longest_before = 0.0 if missed else self._longest
            self._longest = 0.0
            self._period_ends = now + HABIT_SECONDS
        if gap is not None and gap > self._longest:
            self._longest = gap

    @property
    def tolerated(self) -> float:
        """Seconds of quiet that are within the habit."""
        return TOLERANCE * max(self._longest, self._longest_before)

    def silence(self, ordinary: float) -> float:
        """Seconds of quiet after which the stream counts as silent."""
        most = max(ordinary, LONGEST_SILENCE)
        return most if self._messages < HABIT_MESSAGES else min(max(ordinary, self.tolerated), most)


class Liveness:
    """Of one stream on this node, across its connections. See the module's text."""

    def __init__(self, now: float, limits: LivenessLimits) -> None:
        self.phase = Phase.GONE
        self.last_media = now
        self.grace_until = now
        self._limits = limits
        self._rhythm = Rhythm()
        self._since = now  # when the present connection was attached
        self._was_live = False
        self._reported_waiting = False
        self._grace = 0.0
        self._expires: float | None = None

    # --- what happens ------------------------------------------------------------------------------------------

    def attached(self, now: float, *, grace: float, was_live: bool, expires: float | None) -> None:
        """A connection was granted the channel. `was_live`: for a stream that was interrupted."""
        self.phase = Phase.WAITING
        self._since = now
        self._reported_waiting = False
        self._grace, self._was_live, self._expires = grace, was_live, expires

    def key_expires(self, at: float | None) -> None:
        """The key's expiry was changed."""
        self._expires = at

    def media(self, now: float, messages: int = 1) -> Decision | None:
        """So many audio and video messages came."""
        if self.phase is Phase.GONE:
            return None
        begins = self.phase is Phase.WAITING
        self._rhythm.heard(now, None if begins else now - self.last_media, messages)
        self.last_media = now
        if self.phase is Phase.FLOWING:
            return None
        self.phase, self._was_live = Phase.FLOWING, True
        return Decision.GO_LIVE

    def lost(self) -> Decision | None:
        """The connection is gone, without a clean stop."""
        before, self.phase = self.phase, Phase.GONE
        if before not in (Phase.WAITING, Phase.FLOWING):
            return None
        return self._interrupt(min(self._rhythm.tolerated, LONGEST_SILENCE))

    # --- what time tells ---------------------------------------------------------------------------------------

    def decide(self, now: float, *, described: bool = False, unread: bool = False) -> Decision | None:
        """`described`: metadata or sequence headers came. `unread`: something waits to be read, so we may be late."""
        if self._expires is not None and now >= self._expires:
            return Decision.KEY_EXPIRED
        late = LATE_READING if unread else 0.0
        if self.phase is Phase.WAITING:
            return self._decide_waiting(now - self._since - late, described)
        if self.phase is Phase.FLOWING:
            if now - self.last_media - late <= self._silence:
                return None
            self.phase = Phase.SILENT
            return self._interrupt(self._silence)
        return Decision.GRACE_OVER if now - late >= self.grace_until else None

    def next_timer(self, *, described: bool = False) -> float:
        """Before this time `decide` has nothing to say, if nothing happens."""
        if self.phase is Phase.WAITING:
            limit = self._limits.described if described else self._limits.first_word
            due = self._since + (min(REPORT_AFTER, limit) if described and not self._reported_waiting else limit)
        elif self.phase is Phase.FLOWING:
            due = self.last_media + self._silence
        else:
            due = self.grace_until
        return due if self._expires is None else min(due, self._expires)

    @property
    def replaceable_at(self) -> float | None:
        """When the same encoder may replace this connection with another, if nothing is received until then.

        None if the channel is free for it anyway. An encoder that sends at its usual rhythm is not replaced.
        """
        if self.phase is Phase.WAITING:
            return self._since + REPLACEABLE_AFTER
        if self.phase is Phase.FLOWING:
            return self.last_media + max(REPLACEABLE_AFTER, min(self._rhythm.tolerated, self._silence))
        return None

    @property
    def _silence(self) -> float:
        return self._rhythm.silence(self._limits.silence)

    def _decide_waiting(self, waited: float, described: bool) -> Decision | None:
        if waited > (self._limits.described if described else self._limits.first_word):
            return Decision.GRACE_OVER if self._was_live else Decision.NO_MEDIA
        if described and not self._reported_waiting and waited >= REPORT_AFTER:
            self._reported_waiting = True
            return Decision.REPORT_WAITING
        return None

    def _interrupt(self, quiet: float) -> Decision:
        """The grace period counts from the last media; where `quiet` is longer than ordinary, by so much later."""
        self.grace_until = self.last_media + self._grace + max(0.0, quiet - ORDINARY_SILENCE)
        return Decision.INTERRUPT
