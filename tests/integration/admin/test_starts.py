"""Stream starts are limited, reconnects are not, and what starts leave behind expires."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from chalicelib.domain.refusals import KeyInUse, StartsLimited
from chalicelib.domain.starts import BURST, EVERY
from chalicelib.domain.streams import EndReason
from chalicelib.services.streams.lifecycle import StreamHold
from chalicelib.store import channels, models
from chalicelib.store.leases import UNSEEN_KEPT
from tests.integration.admin.conftest import House

pytestmark = [pytest.mark.needs("ministack"), pytest.mark.requirement("SS-5.2")]


def start_and_stop(house: House, stream_key: str) -> str:
    hold = StreamHold(house.claim(stream_key))
    hold.end(EndReason.CLEAN_STOP, house.now, 0)
    return hold.grant.stream_id


@pytest.mark.requirement("HI-6")
def test_a_channel_starts_so_many_streams_and_more_with_time_whatever_its_keys(house: House) -> None:
    channel = house.channel()
    keys = [house.key(channel).stream_key for _ in range(2)]
    for n in range(BURST):
        start_and_stop(house, keys[n % 2])
    for stream_key in keys:
        with pytest.raises(StartsLimited) as refused:
            house.claim(stream_key)
        assert refused.value.retry_after_s == EVERY // 1000
    house.now += EVERY
    assert start_and_stop(house, keys[0])
    with pytest.raises(StartsLimited):
        house.claim(keys[0])


def test_an_encoder_that_reconnects_every_two_seconds_is_never_limited(house: House) -> None:
    stream_key = house.key(house.channel()).stream_key
    hold = house.live(stream_key)
    for _ in range(3 * BURST):
        hold.lost(house.now, house.now, 0)
        house.forward(2_000)
        again = house.live(stream_key)
        assert again.grant.stream_id == hold.grant.stream_id
        hold = again


def test_who_is_refused_for_another_reason_pays_for_no_start(house: House) -> None:
    channel, _hold = house.live_channel()
    stream_key = house.key(channel).stream_key
    paid = channels.get(channel.channel_id).starts_paid_until
    for _ in range(2 * BURST):
        with pytest.raises(KeyInUse):
            house.claim(stream_key)
    assert channels.get(channel.channel_id).starts_paid_until == paid


@pytest.mark.requirement("HI-6")
def test_at_once_no_more_begin_than_the_burst(house: House) -> None:
    channel = house.channel()
    stream_key = house.key(channel).stream_key

    def go(_n: int) -> int:
        begun = 0
        for _ in range(8):
            try:
                start_and_stop(house, stream_key)
                begun += 1
            except (KeyInUse, StartsLimited):
                pass
        return begun

    with ThreadPoolExecutor(8) as pool:
        assert 0 < sum(pool.map(go, range(8))) <= BURST


@pytest.mark.requirement("HI-6")
def test_a_stream_that_never_was_live_is_forgotten_and_one_that_was_is_kept(house: House) -> None:
    unseen = start_and_stop(house, house.key(house.channel()).stream_key)
    _channel, hold = house.live_channel()
    rows = {one: models.Stream.get(one) for one in (unseen, hold.grant.stream_id)}
    assert rows[unseen].ttl == house.now // 1000 + UNSEEN_KEPT
    assert rows[hold.grant.stream_id].ttl is None
