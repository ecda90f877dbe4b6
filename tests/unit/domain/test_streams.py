"""The stream table is total and its end is final; a channel's status never outlives its holder."""

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.leases import CLOCK_MARGIN, NODE_LOST_GRACE, NodeSession
from chalicelib.domain.streams import (
    END_REASON_ACTION,
    END_REASON_TEXT,
    HANDOVER,
    LATE,
    OFFLINE,
    SEQ_BITS,
    TRANSITIONS,
    ChannelStatus,
    EndReason,
    Interruption,
    StatusReading,
    Stream,
    StreamEnd,
    StreamEvent,
    StreamState,
    end_as_read,
    end_without_encoder,
    first_seq,
    is_doubtful,
    next_state,
    stream_reading,
)

CONNECTING, LIVE, RECONNECTING, ENDED = StreamState
MEDIA, LOST, END = StreamEvent

NOW = 1_700_000_000_000


def session(expires_at: int, incarnation: str = "run-1") -> NodeSession:
    return NodeSession("node-1", incarnation, expires_at)


def test_every_state_answers_every_event() -> None:
    assert set(TRANSITIONS) == set(StreamState)
    assert all(set(row) == set(StreamEvent) for row in TRANSITIONS.values())


@pytest.mark.requirement("SO-12")
@pytest.mark.parametrize(
    ("state", "event", "expected"),
    [
        (CONNECTING, MEDIA, LIVE),
        (CONNECTING, LOST, ENDED),
        (CONNECTING, END, ENDED),
        (LIVE, MEDIA, LIVE),
        (LIVE, LOST, RECONNECTING),
        (LIVE, END, ENDED),
        (RECONNECTING, MEDIA, LIVE),
        (RECONNECTING, LOST, RECONNECTING),
        (RECONNECTING, END, ENDED),
        (ENDED, MEDIA, ENDED),
        (ENDED, LOST, ENDED),
        (ENDED, END, ENDED),
    ],
)
def test_each_transition(state: StreamState, event: StreamEvent, expected: StreamState) -> None:
    assert next_state(state, event) is expected


@pytest.mark.requirement("SO-12")
@given(st.lists(st.sampled_from(StreamEvent)))
def test_whatever_comes_in_whatever_order(events: list[StreamEvent]) -> None:
    states = list(itertools.accumulate(events, next_state, initial=CONNECTING))
    for (before, after), event in zip(itertools.pairwise(states), events, strict=True):
        assert before is not ENDED or after is ENDED, "an end is final"
        assert after is not CONNECTING or before is CONNECTING
        assert event is not END or after is ENDED
        # What comes twice does what it does once.
        assert next_state(after, event) is after


@given(st.lists(st.sampled_from([MEDIA, LOST])))
def test_a_stream_that_was_live_ends_only_by_an_end(events: list[StreamEvent]) -> None:
    state = LIVE
    for event in events:
        state = next_state(state, event)
    assert state in (LIVE, RECONNECTING)


@pytest.mark.parametrize("reason", EndReason)
def test_every_end_says_what_happened_and_what_to_do(reason: EndReason) -> None:
    assert END_REASON_TEXT[reason].endswith(".")
    action = END_REASON_ACTION[reason]
    assert (action is None) == (reason is EndReason.CLEAN_STOP)
    assert action is None or action.endswith(".")


@given(st.integers(0, 2**30), st.integers(1, 2**SEQ_BITS - 1))
def test_numbers_of_a_later_holder_are_larger_and_safe_in_a_browser(fence: int, used: int) -> None:
    assert first_seq(fence) + used < first_seq(fence + 1) < 2**53


# --- the status of a channel -----------------------------------------------------------------------------------------


def stream(state: StreamState, resumable_until: int | None = None) -> Stream:
    return Stream(
        "01JZZZZZZZZZZZZZZZZZZZZZZZ",
        "ch_1",
        "key_1",
        "node-1",
        "run-1",
        fence=7,
        state=state,
        connected_at=NOW - 60_000,
        resumable_until=resumable_until,
    )


@pytest.mark.parametrize("state", [CONNECTING, ENDED])
def test_offline_without_media_and_after_the_end(state: StreamState) -> None:
    assert stream_reading(stream(state, NOW + 5_000), session(NOW + 5_000), NOW) == OFFLINE


def test_live_while_its_node_lives() -> None:
    assert stream_reading(stream(LIVE), session(NOW + 1), NOW) == StatusReading(ChannelStatus.LIVE)


def test_live_within_the_clock_margin_of_an_expired_session() -> None:
    assert stream_reading(stream(LIVE), session(NOW - CLOCK_MARGIN), NOW).status is ChannelStatus.LIVE


@pytest.mark.requirement("SS-6.4")
def test_a_dead_node_is_reconnecting_and_then_offline() -> None:
    expired = NOW - CLOCK_MARGIN - 1
    until = expired + CLOCK_MARGIN + NODE_LOST_GRACE
    assert stream_reading(stream(LIVE), session(expired), NOW) == StatusReading(ChannelStatus.RECONNECTING, until)
    assert stream_reading(stream(LIVE), session(expired), until - 1).status is ChannelStatus.RECONNECTING
    assert stream_reading(stream(LIVE), session(expired), until) == OFFLINE


@pytest.mark.requirement("SS-6.4")
@pytest.mark.parametrize("gone", [None, session(NOW + 60_000, "run-2")], ids=["vanished", "restarted"])
def test_a_live_stream_of_a_node_that_vanished_or_restarted_is_offline_at_once(gone: NodeSession | None) -> None:
    assert stream_reading(stream(LIVE), gone, NOW) == OFFLINE


@pytest.mark.requirement("SS-3.3")
@pytest.mark.parametrize("by", [session(NOW + 5_000), session(NOW - 60_000), None], ids=["lives", "dead", "vanished"])
def test_an_interrupted_stream_waits_for_its_encoder_whatever_becomes_of_the_node(by: NodeSession | None) -> None:
    waiting = stream(RECONNECTING, NOW + 1)
    assert stream_reading(waiting, by, NOW) == StatusReading(ChannelStatus.RECONNECTING, NOW + 1)
    assert stream_reading(waiting, by, NOW + LATE).status is ChannelStatus.RECONNECTING
    assert stream_reading(waiting, by, NOW + 1 + LATE) == OFFLINE
    assert stream_reading(stream(RECONNECTING), by, NOW) == OFFLINE


@given(
    state=st.sampled_from(StreamState),
    resumable=st.none() | st.integers(NOW - 20_000, NOW + 20_000),
    held_by=st.none()
    | st.builds(session, st.integers(NOW - 20_000, NOW + 20_000), st.sampled_from(["run-1", "run-2"])),
)
def test_what_is_read_is_what_the_row_says_or_less(
    state: StreamState, resumable: int | None, held_by: NodeSession | None
) -> None:
    reading = stream_reading(stream(state, resumable), held_by, NOW)
    if reading.status is ChannelStatus.LIVE:
        assert state is LIVE
        assert held_by is not None
        assert held_by.incarnation == "run-1"
        assert held_by.expires_at + CLOCK_MARGIN >= NOW
    assert (reading.until is not None) == (reading.status is ChannelStatus.RECONNECTING)
    assert reading.until is None or reading.until > NOW - LATE
    if reading.status.value != state.value and state not in (CONNECTING, ENDED):
        assert is_doubtful(stream(state, resumable), held_by, NOW), "less than the row says, and nobody looks again"


# --- how the last stream ended ---------------------------------------------------------------------------------------


def row(state: StreamState, **known: Any) -> Stream:
    began = None if state is CONNECTING else NOW - 60_000
    return Stream("s", "ch", "key", "node-1", "run-1", 7, state, NOW - 61_000, started_at=began, **known)


@pytest.mark.parametrize("reason", EndReason)
def test_an_end_that_was_written_is_told_as_written(reason: EndReason) -> None:
    ended = row(ENDED, ended_at=NOW, end_reason=reason.value)
    assert end_as_read(ended, ChannelStatus.OFFLINE) == StreamEnd("s", NOW - 60_000, NOW, reason.value)


def test_of_a_stream_whose_node_is_lost_that_is_the_reason_and_the_time_is_not_known() -> None:
    end = end_as_read(row(LIVE), ChannelStatus.OFFLINE)
    assert end == StreamEnd("s", NOW - 60_000, None, EndReason.NODE_LOST.value)


def test_a_grace_that_is_over_is_the_reason_before_anybody_wrote_so() -> None:
    waited = row(RECONNECTING, resumable_until=NOW - 1)
    end = end_as_read(waited, ChannelStatus.OFFLINE)
    assert end == StreamEnd("s", NOW - 60_000, NOW - 1, EndReason.GRACE_OVER.value)


PROTOCOL = Interruption(EndReason.PROTOCOL_ERROR, "A chunk is too large.")


@pytest.mark.parametrize(
    ("interruption", "is_held", "reason"),
    [
        (None, False, EndReason.GRACE_OVER),
        (HANDOVER, False, EndReason.NODE_DRAINED),
        (PROTOCOL, False, EndReason.PROTOCOL_ERROR),
        (None, True, EndReason.NODE_LOST),
        (HANDOVER, True, EndReason.NODE_LOST),
        (PROTOCOL, True, EndReason.NODE_LOST),
    ],
)
def test_a_stream_that_waited_in_vain_ends_for_the_reason_of_its_interruption(
    interruption: Interruption | None, is_held: bool, reason: EndReason
) -> None:
    waited = row(RECONNECTING, resumable_until=NOW - 1, interruption=interruption)
    assert end_without_encoder(waited, is_held=is_held) is reason


@pytest.mark.parametrize("status", [ChannelStatus.LIVE, ChannelStatus.RECONNECTING])
def test_what_runs_has_no_end(status: ChannelStatus) -> None:
    assert end_as_read(row(LIVE), status) is None


def test_what_has_only_connected_has_no_end() -> None:
    assert end_as_read(row(CONNECTING), ChannelStatus.OFFLINE) is None
