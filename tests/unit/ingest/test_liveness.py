"""When a stream's encoder counts as there, as quiet, and as gone: a table of what happens, and properties."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest_container.live.liveness import (
    LATE_READING,
    LONGEST_SILENCE,
    REPLACEABLE_AFTER,
    REPORT_AFTER,
    Decision,
    Liveness,
    LivenessLimits,
    Phase,
)

LIMITS = LivenessLimits(first_word=5, described=20, silence=4)
GRACE = 8.0


def attached(*, was_live: bool = False, expires: float | None = None) -> Liveness:
    """A connection was attached at 0 s."""
    liveness = Liveness(0.0, LIMITS)
    liveness.attached(0.0, grace=GRACE, was_live=was_live, expires=expires)
    return liveness


def ordinary(until: float = 10.0, **kind: bool) -> Liveness:
    """25 frames a second until then."""
    liveness = attached(**kind)
    for frame in range(int(until * 25) + 1):
        liveness.media(frame / 25)
    return liveness


def decisions(liveness: Liveness, start: float, end: float, **seen: bool) -> list[tuple[float, Decision]]:
    """What is decided when somebody asks twice a second; nothing after an end."""
    told: list[tuple[float, Decision]] = []
    for half in range(int(start * 2) + 1, int(end * 2) + 1):
        decision = liveness.decide(half / 2, **seen)
        if decision is not None:
            told.append((half / 2, decision))
        if decision in (Decision.NO_MEDIA, Decision.GRACE_OVER, Decision.KEY_EXPIRED):
            break
    return told


# --- first media -----------------------------------------------------------------------------------------------


@pytest.mark.requirement("EN-4")
def test_a_publisher_that_sends_nothing_is_ended_after_five_seconds() -> None:
    assert decisions(attached(), 0, 30) == [(5.5, Decision.NO_MEDIA)]


@pytest.mark.requirement("EN-4")
def test_one_that_described_its_stream_has_twenty_and_its_owner_is_told() -> None:
    assert decisions(attached(), 0, 30, described=True) == [
        (REPORT_AFTER, Decision.REPORT_WAITING),
        (20.5, Decision.NO_MEDIA),
    ]


def test_one_that_continues_a_stream_and_sends_nothing_ends_it_as_not_come_back() -> None:
    assert decisions(attached(was_live=True), 0, 30) == [(5.5, Decision.GRACE_OVER)]


def test_the_first_media_goes_live_once() -> None:
    liveness = attached()
    assert [liveness.media(1.0), liveness.media(1.1)] == [Decision.GO_LIVE, None]


def test_a_connection_lost_before_its_first_media_is_told_once() -> None:
    liveness = attached()
    assert [liveness.lost(), liveness.lost()] == [Decision.INTERRUPT, None]


# --- silence and grace period ------------------------------------------------------------------------------------


@pytest.mark.requirement("SS-3.3")
def test_ordinary_video_is_silent_after_four_seconds_and_over_after_its_grace_period() -> None:
    assert decisions(ordinary(10), 10, 30) == [(14.5, Decision.INTERRUPT), (18.0, Decision.GRACE_OVER)]


@pytest.mark.requirement("SS-3.3")
def test_a_lost_connection_is_over_after_the_grace_period() -> None:
    liveness = ordinary(10)
    assert liveness.lost() is Decision.INTERRUPT
    assert decisions(liveness, 10, 30) == [(18.0, Decision.GRACE_OVER)]


def test_a_silent_connection_that_speaks_again_goes_live_again() -> None:
    liveness = ordinary(10)
    assert liveness.decide(15) is Decision.INTERRUPT
    assert [liveness.media(16), liveness.media(16.1)] == [Decision.GO_LIVE, None]
    assert liveness.phase is Phase.FLOWING


def test_a_silent_connection_that_is_lost_then_is_no_second_interruption() -> None:
    liveness = ordinary(10)
    assert liveness.decide(15) is Decision.INTERRUPT
    assert liveness.lost() is None


def test_media_of_a_connection_that_is_gone_changes_nothing() -> None:
    liveness = ordinary(10)
    liveness.lost()
    assert liveness.media(11) is None
    assert liveness.phase is Phase.GONE


def test_what_waits_to_be_read_is_our_delay_but_no_excuse_for_ever() -> None:
    told = decisions(ordinary(10), 10, 40, unread=True)
    assert told == [(14.5 + LATE_READING, Decision.INTERRUPT), (18 + LATE_READING, Decision.GRACE_OVER)]


def test_a_key_expires_in_every_phase() -> None:
    waiting, flowing, gone = attached(expires=11), ordinary(10), ordinary(10)
    gone.lost()
    for liveness in (flowing, gone):
        liveness.attached(10, grace=GRACE, was_live=True, expires=11)
    flowing.media(10.5)
    for liveness in (waiting, flowing, gone):
        assert liveness.decide(11, unread=True) is Decision.KEY_EXPIRED


# --- rhythm ------------------------------------------------------------------------------------------------------


def sparse(liveness: Liveness, start: float, gap: float, count: int) -> list[Decision]:
    """A frame every `gap` seconds; what is decided meanwhile, asked twice a second."""
    told: list[Decision] = []
    for frame in range(1, count + 1):
        told += [decision for _, decision in decisions(liveness, start + (frame - 1) * gap, start + frame * gap - 0.1)]
        if (decision := liveness.media(start + frame * gap)) is not None:
            told.append(decision)
    return told


@pytest.mark.requirement("EN-10")
@pytest.mark.parametrize("gap", [5, 7, 10])
def test_a_stream_with_rare_frames_stays_live(gap: float) -> None:
    liveness = attached()
    assert liveness.media(0.1) is Decision.GO_LIVE
    assert sparse(liveness, 0.1, gap, 40) == []


@pytest.mark.requirement("EN-10")
@pytest.mark.parametrize("gap", [5, 7])
def test_video_that_becomes_rare_is_interrupted_once_and_never_again(gap: float) -> None:
    assert sparse(ordinary(60), 60, gap, 40) == [Decision.INTERRUPT, Decision.GO_LIVE]


@pytest.mark.requirement("EN-10")
def test_rare_frames_that_stop_are_noticed_in_bounded_time() -> None:
    liveness = attached()
    for frame in range(20):
        liveness.media(frame * 10.0)
    assert decisions(liveness, 190, 300) == [
        (190 + LONGEST_SILENCE + 0.5, Decision.INTERRUPT),
        (190 + GRACE + LONGEST_SILENCE - LIMITS.silence, Decision.GRACE_OVER),
    ]


@pytest.mark.requirement("EN-10")
def test_ordinary_video_has_its_ordinary_limit_again_some_time_after_a_long_gap() -> None:
    liveness = ordinary(10)
    for frame in range(25 * 130):
        liveness.media(17 + frame / 25)  # a gap of seven seconds, then as before
    last = liveness.last_media
    assert liveness.decide(last + LIMITS.silence) is None
    assert liveness.decide(last + LIMITS.silence + 0.1) is Decision.INTERRUPT


# --- the same encoder on another connection -------------------------------------------------------------------------


@pytest.mark.requirement("EN-9")
def test_a_quiet_connection_is_replaceable_after_a_second() -> None:
    assert ordinary(10).replaceable_at == 10 + REPLACEABLE_AFTER
    assert attached().replaceable_at == REPLACEABLE_AFTER


def test_within_its_rhythm_no_connection_is_replaceable() -> None:
    liveness = attached()
    for frame in range(10):
        liveness.media(frame * 5.0)
    assert liveness.replaceable_at == 45 + 7.5


def test_where_the_lease_is_free_nothing_is_replaceable() -> None:
    lost, silent = ordinary(10), ordinary(10)
    lost.lost()
    silent.decide(15)
    assert lost.replaceable_at is silent.replaceable_at is None


# --- properties ------------------------------------------------------------------------------------------------

STEP = st.sampled_from(["media", "lost", "take on", "ask", "ask", "ask"])
HISTORY = st.lists(st.tuples(st.floats(0.01, 30), STEP, st.booleans()), max_size=60)


@pytest.mark.requirement("EN-10")
@given(history=HISTORY)
def test_interruption_and_going_live_take_turns_and_nothing_comes_before_its_timer(
    history: list[tuple[float, str, bool]],
) -> None:
    liveness, now, live = attached(), 0.0, False
    for pause, step, described in history:
        due = liveness.next_timer(described=described)
        now += pause
        match step:
            case "media":
                decision = liveness.media(now)
            case "lost":
                decision = liveness.lost()
            case "take on":
                decision = None
                if liveness.phase is not Phase.FLOWING:
                    liveness.attached(now, grace=GRACE, was_live=not live, expires=None)
            case _:
                decision = liveness.decide(now, described=described)
                assert decision is None or now >= due
        if decision is Decision.GO_LIVE:
            assert not live
            live = True
        elif decision is Decision.INTERRUPT:
            live = False
        assert live == (liveness.phase is Phase.FLOWING)


@given(gaps=st.lists(st.floats(0.01, LONGEST_SILENCE), min_size=1, max_size=50))
def test_every_stream_that_stops_is_over_in_bounded_time(gaps: list[float]) -> None:
    liveness, now = attached(), 0.0
    for gap in gaps:
        now += gap
        liveness.media(now)
    told = decisions(liveness, now, now + 60)
    assert [decision for _, decision in told] == [Decision.INTERRUPT, Decision.GRACE_OVER]
    assert told[-1][0] - now <= GRACE + LONGEST_SILENCE - LIMITS.silence + 1
