"""Viewers counted from what some of them report: exactly while all do, closely where few do, bounded where some lie."""

import random

import pytest

from chalicelib.domain.audience import Audience
from ingest_container.media.audience import (
    FEWEST,
    MIN_RATE,
    NODE_REPORTERS,
    REPORT_EVERY_S,
    WINDOW_S,
    AudienceCounter,
    ReportLimits,
    share_of,
    shared,
)

LIMITS = ReportLimits(most=1_000, per_block=256)


class Crowd:
    """Tabs that behave: each reports every 20 s while it is below the rate that it last heard."""

    def __init__(self, seed: int = 1, limits: ReportLimits = LIMITS) -> None:
        self.random = random.Random(seed)
        self.counter = AudienceCounter()
        self.limits = limits
        self.now = 0.0
        self.tabs: list[tuple[str, bytes, float]] = []  # id, block, second of its turn
        self.heard = 0
        self.most_reporters = 0

    def come(self, count: int) -> None:
        for _ in range(count):
            viewer = f"{self.random.getrandbits(128):032x}"
            self.tabs.append((viewer, self.random.randbytes(3), self.random.randrange(round(REPORT_EVERY_S))))

    def go(self, count: int) -> None:
        del self.tabs[:count]

    def seconds(self, count: int) -> None:
        for _ in range(count):
            rate = self.counter.sample_rate
            for viewer, block, turn in self.tabs:
                if round(self.now) % REPORT_EVERY_S == turn and share_of(viewer) < rate:
                    self.heard += 1
                    self.counter.report(viewer, block, self.now, self.limits)
            self.most_reporters = max(self.most_reporters, self.counter.reporters)
            self.counter.tick(self.now, self.limits)
            self.now += 1


def viewer(number: int, share: float = 0.5) -> str:
    return f"{int(share * 2**32):08x}{number:024x}"


@pytest.mark.requirement("FX-4")
@pytest.mark.parametrize("count", [0, 1, 7, 999])
def test_few_viewers_are_counted_exactly(count: int) -> None:
    crowd = Crowd()
    crowd.come(count)
    crowd.seconds(25)
    assert (crowd.counter.viewers, crowd.counter.sample_rate) == (count, 1)


@pytest.mark.requirement("FX-4")
@pytest.mark.parametrize("count", [5_000, 50_000])
def test_many_are_counted_closely_from_the_reports_of_few(count: int) -> None:
    crowd = Crowd()
    crowd.come(count)
    crowd.seconds(60)
    assert crowd.counter.viewers == pytest.approx(count, rel=0.12)
    assert crowd.most_reporters <= LIMITS.most
    before = crowd.heard
    crowd.seconds(60)
    assert crowd.heard - before <= 3 * LIMITS.most


def test_who_closes_the_page_unheard_is_gone_within_a_minute() -> None:
    crowd = Crowd()
    crowd.come(10)
    crowd.seconds(25)
    crowd.go(4)
    crowd.seconds(60)
    assert crowd.counter.viewers == 6


def test_who_says_so_is_gone_at_once() -> None:
    counter = AudienceCounter()
    counter.report(viewer(1), b"a", 0, LIMITS)
    counter.leave(viewer(1))
    counter.leave(viewer(1))
    assert counter.viewers == 0


def test_a_lost_report_loses_no_viewer() -> None:
    counter = AudienceCounter()
    counter.report(viewer(1), b"a", 0, LIMITS)
    counter.tick(2 * REPORT_EVERY_S + 2, LIMITS)
    assert counter.viewers == 1
    counter.tick(WINDOW_S, LIMITS)
    assert counter.viewers == 0


def test_the_count_stays_close_while_a_crowd_leaves() -> None:
    """The rate rises again, and those that report anew do not make up for those that have yet to."""
    crowd = Crowd()
    crowd.come(20_000)
    crowd.seconds(60)
    crowd.go(19_000)
    crowd.seconds(60)
    for _ in range(600):
        crowd.seconds(1)
        assert crowd.counter.viewers == pytest.approx(1_000, rel=0.4)
    assert crowd.counter.sample_rate in (0.25, 0.5)
    assert crowd.counter.viewers == pytest.approx(1_000, rel=0.2)


def test_one_id_counts_once() -> None:
    counter = AudienceCounter()
    for second in range(50):
        assert counter.report(viewer(1), b"a", second, LIMITS)
    assert counter.viewers == 1


def test_a_block_counts_for_no_more_than_its_limit() -> None:
    counter = AudienceCounter()
    for number in range(2_000):
        counter.report(viewer(number), b"one block", 0, LIMITS)
    assert counter.viewers == LIMITS.per_block
    assert counter.report(viewer(5_000), b"another", 0, LIMITS)


def test_reports_from_one_block_that_choose_their_ids_do_not_move_a_large_count() -> None:
    crowd = Crowd()
    crowd.come(50_000)
    crowd.seconds(60)
    before = crowd.counter.viewers
    for number in range(5_000):
        crowd.counter.report(viewer(number, share=0.0), b"one block", crowd.now, LIMITS)
    assert crowd.counter.viewers - before <= max(LIMITS.per_block * 1.5, 1 / crowd.counter.sample_rate)


def test_ids_that_were_chosen_before_the_rate_fell_are_cut_with_it() -> None:
    counter = AudienceCounter()
    for number in range(256):
        counter.report(viewer(number, share=0.0), b"one block", 0, LIMITS)
    for number in range(5_000):
        counter.report(viewer(number, share=number % 1000 / 1000), number.to_bytes(3, "big"), 0, LIMITS)
    assert counter.sample_rate <= 1 / 4
    forged = counter._blocks[b"one block"] / counter.sample_rate
    assert forged <= LIMITS.per_block


def test_what_can_be_forged_at_all_has_an_end() -> None:
    """Ids below every rate, each from a block of its own."""
    counter = AudienceCounter()
    for number in range(20_000):
        counter.report(viewer(number, share=0.0), number.to_bytes(3, "big"), 0, LIMITS)
    assert counter.reporters <= LIMITS.most
    assert counter.sample_rate >= MIN_RATE
    assert counter.viewers <= LIMITS.most / MIN_RATE


def test_what_a_node_takes_is_shared_by_its_channels() -> None:
    assert shared(LIMITS, [1_000] * 16 + [0] * 400) == LIMITS
    assert shared(LIMITS, [1_000] * 40).most == NODE_REPORTERS // 40
    assert shared(LIMITS, [100] * 20_000).most == FEWEST


def test_a_channel_whose_share_becomes_smaller_keeps_its_count() -> None:
    crowd = Crowd()
    crowd.come(900)
    crowd.seconds(25)
    assert (crowd.counter.viewers, crowd.counter.reporters) == (900, 900)
    crowd.limits = ReportLimits(most=300)
    crowd.seconds(1)
    assert crowd.counter.reporters <= 300
    assert crowd.counter.viewers == pytest.approx(900, rel=0.15)


def test_peak_average_and_time_watched_add_up() -> None:
    counter = AudienceCounter()
    counter.tick(0, LIMITS)
    for second in range(1, 61):
        for number in range(2 if second <= 30 else 4):
            counter.report(viewer(number), b"a", second, LIMITS)
        counter.tick(second, LIMITS)
    totals = counter.totals
    assert (totals.viewers, totals.peak_viewers) == (4, 4)
    assert totals.watched_s == 30 * 2 + 30 * 4
    assert totals.average_viewers == 3.0
    assert totals.watched_minutes == 3.0


def test_another_node_goes_on_from_what_was_counted() -> None:
    counter = AudienceCounter(Audience(viewers=9, peak_viewers=9, watched_s=600, counted_s=100))
    counter.tick(0, LIMITS)
    counter.tick(100, LIMITS)
    assert counter.totals == Audience(viewers=0, peak_viewers=9, watched_s=600, counted_s=200)
