"""What is read of a stream's viewers: by anybody, by its owner, by administrators, and when it is over."""

import pytest

from chalicelib.domain.audience import Audience
from chalicelib.domain.channels import Channel
from chalicelib.domain.measures import NOT_COUNTED, Counted, Pulse
from chalicelib.domain.metadata import Search
from chalicelib.domain.streams import EndReason
from chalicelib.services.reading import discovery
from chalicelib.services.serializers import channels as channel_serializer
from chalicelib.services.serializers import messages
from chalicelib.services.serializers import streams as stream_serializer
from chalicelib.services.streams import lifecycle, orders
from chalicelib.services.streams.lifecycle import StreamHold
from chalicelib.store import channels, pulses
from tests.integration.admin.conftest import House

WATCHED = Audience(viewers=12, peak_viewers=20, watched_s=3_000, counted_s=200)
FIGURES = {"peak_viewers": 20, "average_viewers": 15.0, "watched_minutes": 50.0}


def pulse(house: House, channel: Channel, hold: StreamHold, audience: Audience | None = WATCHED) -> Pulse:
    """What the node writes."""
    written = Pulse(
        channel_id=channel.channel_id,
        stream_id=hold.grant.stream_id,
        seq=1,
        at=house.now,
        started_at=house.now,
        bitrate_kbps=2_500.0,
        audience=audience,
    )
    pulses.put([written])
    return written


def figures(shape: object) -> dict[str, object]:
    return {name: getattr(shape, name) for name in FIGURES}


@pytest.mark.requirement("FX-4")
def test_everybody_sees_how_many_watch_and_the_owner_what_came_together(house: House) -> None:
    channel, hold = house.live_channel(title="Counted")
    written = pulse(house, channel, hold)
    view = discovery.view(channels.get(channel.channel_id), house.now, owner=True)
    own, public = channel_serializer.own_channel(view).live, channel_serializer.public_channel(view).live
    assert own is not None
    assert public is not None
    assert (own.viewers, figures(own), public.viewers) == (12, FIGURES, 12)
    assert not FIGURES.keys() & public.model_dump().keys()
    (listed,) = discovery.public_streams(Search("Counted"), 10, None, house.now).items
    assert stream_serializer.public_stream(listed).viewers == 12
    by_the_second = messages.metrics(written, owner=True)
    assert (by_the_second.viewers, figures(by_the_second)) == (12, FIGURES)
    assert messages.metrics(written, owner=False).viewers == 12


@pytest.mark.requirement("SO-5")
@pytest.mark.requirement("FX-4")
def test_a_streams_details_have_its_viewers(house: House) -> None:
    channel, hold = house.live_channel()
    pulse(house, channel, hold)
    details = stream_serializer.details(discovery.stream_details(hold.grant.stream_id, house.now), house.now)
    assert (details.viewer_count, details.viewers, figures(details)) == (12, 12, FIGURES)


def test_where_viewers_are_not_counted_open_websockets_are_all_that_is_known(house: House) -> None:
    channel, hold = house.live_channel()
    pulse(house, channel, hold, audience=None)
    details = stream_serializer.details(discovery.stream_details(hold.grant.stream_id, house.now), house.now)
    assert (details.viewer_count, details.viewers, details.peak_viewers) == (0, None, None)


@pytest.mark.requirement("FX-4")
@pytest.mark.parametrize("how", ["by its node", "by an order to nobody", "by a claim's undoing", "by the node's death"])
def test_what_came_together_is_kept_however_the_stream_ends(house: House, how: str) -> None:
    channel, hold = house.live_channel()
    pulse(house, channel, hold)
    stream_id = hold.grant.stream_id
    match how:
        case "by its node":
            hold.end(EndReason.CLEAN_STOP, house.now, 0, counted=Counted(WATCHED))
        case "by an order to nobody":
            hold.lost(house.now, house.now, 0)
            assert orders.order_end(stream_id, EndReason.STOPPED, house.now)
        case "by a claim's undoing":
            assert lifecycle.give_back(channel.channel_id, hold.grant.holder, house.now)
        case _:
            house.node_dies()
            seen = discovery.stream_details(stream_id, house.now)
            assert stream_serializer.own_stream(seen, house.now).peak_viewers == 20  # before anybody cleaned up
            present = channels.get(channel.channel_id)
            assert lifecycle.reap(present, seen.stream, house.now, EndReason.NODE_LOST) is not None
    (seen,) = discovery.streams_of(channel, 10, None, house.now)
    own = stream_serializer.own_stream(seen, house.now)
    assert (own.state, own.viewers, figures(own)) == ("ENDED", None, FIGURES)
    assert stream_serializer.stream(seen, house.now).viewers is None


def test_who_continues_a_stream_is_told_what_was_counted(house: House) -> None:
    channel = house.channel()
    key = house.key(channel).stream_key
    hold = house.live(key)
    assert hold.grant.counted == NOT_COUNTED
    pulse(house, channel, hold)
    hold.lost(house.now, house.now, 0)
    assert house.claim(key).counted.audience == WATCHED
