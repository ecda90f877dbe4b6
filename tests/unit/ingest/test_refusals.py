"""Refusals are told one by one as far as that is cheap; all of them are counted."""

import pytest

from ingest_container.live.refusals import (
    CHANNEL_BURST,
    CHANNELS_KEPT,
    CHANNELS_TOLD,
    EVENT_BURST,
    RECORD_BURST,
    RefusalSampler,
    TokenBucket,
)


def test_a_bucket_gives_its_burst_and_then_its_rate() -> None:
    bucket = TokenBucket(2.0, 3, 0.0)
    assert [bucket.take(0.0) for _ in range(4)] == [True, True, True, False]
    assert [bucket.take(0.4), bucket.take(0.6), bucket.take(0.7)] == [False, True, False]
    assert [bucket.take(100.0) for _ in range(4)] == [True, True, True, False]


@pytest.mark.requirement("HI-5")
def test_an_owner_is_told_at_once_and_then_once_a_second() -> None:
    sampler = RefusalSampler(0.0)
    told = [sampler.refused("key_expired", "ch_1", tenth / 10) for tenth in range(100)]
    assert told[:CHANNEL_BURST] == [True] * CHANNEL_BURST
    assert CHANNEL_BURST + 8 <= sum(told) <= CHANNEL_BURST + 10


def test_one_channels_refusals_do_not_hide_anothers() -> None:
    sampler = RefusalSampler(0.0)
    for _ in range(1_000):
        sampler.refused("key_in_use", "ch_1", 0.0)
    assert sampler.refused("key_in_use", "ch_2", 0.0)


@pytest.mark.requirement("HI-5")
def test_all_channels_together_have_a_limit_too() -> None:
    sampler = RefusalSampler(0.0)
    told = [sampler.refused("key_expired", f"ch_{number}", 0.0) for number in range(3 * EVENT_BURST)]
    assert sum(told) == EVENT_BURST


def test_an_unknown_key_is_counted_and_nobodys_event() -> None:
    assert not RefusalSampler(0.0).refused("key_unknown", None, 0.0)


@pytest.mark.requirement("HI-5")
def test_the_summary_counts_every_refusal_and_begins_anew() -> None:
    sampler = RefusalSampler(0.0)
    for number in range(500):
        sampler.refused("key_unknown", None, 0.0)
        sampler.refused("key_expired", f"ch_{number % 2}", 0.0)
        sampler.may_record(0.0)
    assert sampler.summary() == {
        "reasons": {"key_unknown": 500, "key_expired": 500},
        "channels": {"ch_0": 250, "ch_1": 250},
        "records_left_out": 500 - RECORD_BURST,
        "events_left_out": 500 - 2 * CHANNEL_BURST,
    }
    assert sampler.summary() is None


def test_where_every_refusal_was_told_there_is_no_summary() -> None:
    sampler = RefusalSampler(0.0)
    assert sampler.refused("key_expired", "ch_1", 0.0)
    assert sampler.may_record(0.0)
    assert sampler.summary() is None


@pytest.mark.requirement("HI-5")
def test_what_is_remembered_of_channels_is_bounded() -> None:
    sampler = RefusalSampler(0.0)
    for number in range(3 * CHANNELS_KEPT):
        sampler.refused("key_expired", f"ch_{number}", 0.0)
    assert len(sampler._channels) == CHANNELS_KEPT
    summary = sampler.summary()
    assert summary is not None
    assert len(summary["channels"]) == CHANNELS_TOLD  # type: ignore[arg-type]
