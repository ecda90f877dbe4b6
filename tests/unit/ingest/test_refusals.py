"""Refusals are told one by one as far as that is cheap; all of them are counted."""

import pytest

from chalicelib.domain.refusal_reports import EVENTS, OF_CHANNEL, RECORDS
from ingest_container.live.refusals import CHANNELS_KEPT, SUMMARISED_CHANNELS, RefusalSampler


@pytest.mark.requirement("HI-5")
def test_an_owner_is_told_at_once_and_then_once_a_second() -> None:
    sampler = RefusalSampler()
    told = [sampler.refused("key_expired", "ch_1", 100 * tenth) for tenth in range(100)]
    assert told[: OF_CHANNEL.burst] == [True] * OF_CHANNEL.burst
    assert OF_CHANNEL.burst + 8 <= sum(told) <= OF_CHANNEL.burst + 10


def test_one_channels_refusals_do_not_hide_anothers() -> None:
    sampler = RefusalSampler()
    for _ in range(1_000):
        sampler.refused("key_in_use", "ch_1", 0)
    assert sampler.refused("key_in_use", "ch_2", 0)


@pytest.mark.requirement("HI-5")
def test_all_channels_together_have_a_limit_too() -> None:
    sampler = RefusalSampler()
    told = [sampler.refused("key_expired", f"ch_{number}", 0) for number in range(3 * EVENTS.burst)]
    assert sum(told) == EVENTS.burst


def test_an_unknown_key_is_counted_and_nobodys_event() -> None:
    assert not RefusalSampler().refused("key_unknown", None, 0)


@pytest.mark.requirement("HI-5")
def test_the_summary_counts_every_refusal_and_begins_anew() -> None:
    sampler = RefusalSampler()
    for number in range(500):
        sampler.refused("key_unknown", None, 0)
        sampler.refused("key_expired", f"ch_{number % 2}", 0)
        sampler.may_record(0)
    assert sampler.summary() == {
        "reasons": {"key_unknown": 500, "key_expired": 500},
        "channels": {"ch_0": 250, "ch_1": 250},
        "records_left_out": 500 - RECORDS.burst,
        "events_left_out": 500 - 2 * OF_CHANNEL.burst,
    }
    assert sampler.summary() is None


def test_where_every_refusal_was_told_there_is_no_summary() -> None:
    sampler = RefusalSampler()
    assert sampler.refused("key_expired", "ch_1", 0)
    assert sampler.may_record(0)
    assert sampler.summary() is None


@pytest.mark.requirement("HI-5")
def test_what_is_remembered_of_channels_is_bounded() -> None:
    sampler = RefusalSampler()
    for number in range(3 * CHANNELS_KEPT):
        sampler.refused("key_expired", f"ch_{number}", 0)
    assert len(sampler._channels) == CHANNELS_KEPT
    summary = sampler.summary()
    assert summary is not None
    assert len(summary["channels"]) == SUMMARISED_CHANNELS  # type: ignore[arg-type]
