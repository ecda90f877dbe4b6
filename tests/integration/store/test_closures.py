"""A channel whose stream was ended from outside refuses publishers; against the emulator over HTTP."""

from typing import Any

import pytest

from chalicelib.domain.closures import CLOSED_FOR, Closure
from chalicelib.domain.errors import NotLive
from chalicelib.domain.refusals import ChannelClosed
from chalicelib.domain.streams import EndReason
from chalicelib.services.streams import orders
from chalicelib.store import channels, leases
from tests.integration.store.conftest import Clock, LeasedStudio, Node
from tests.integration.store.holds import live, waiting


@pytest.mark.requirement("SS-3.3")
def test_a_channel_that_was_ended_refuses_publishers_until_its_owner_allows_them(
    studio: LeasedStudio, node: Node, clock: Clock
) -> None:
    waiting(studio, node)
    orders.stop_channel(studio.channel_id, EndReason.STOPPED, clock.now)
    for _ in range(2):
        with pytest.raises(ChannelClosed) as refused:
            studio.claim(node.publisher())
        assert (refused.value.channel_id, refused.value.detail) == (
            studio.channel_id,
            "The stream was ended in the studio",
        )
    assert orders.allow_again(studio.channel_id, clock.now).closed is None
    assert not studio.claim(node.publisher()).resumed


@pytest.mark.requirement("SS-3.3")
def test_a_channel_that_was_ended_opens_when_nobody_has_tried_for_a_while(
    studio: LeasedStudio, node: Node, clock: Clock
) -> None:
    waiting(studio, node)
    orders.stop_channel(studio.channel_id, EndReason.ADMIN_STOPPED, clock.now)
    clock.now += CLOSED_FOR - 1
    with pytest.raises(ChannelClosed):
        studio.claim(node.publisher())
    clock.now += CLOSED_FOR - 1
    with pytest.raises(ChannelClosed):
        studio.claim(node.publisher())
    clock.now += CLOSED_FOR
    assert studio.claim(node.publisher())


@pytest.mark.requirement("SS-3.3")
def test_a_claim_that_was_under_way_when_the_stream_was_ended_fails(
    studio: LeasedStudio, node: Node, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has read an open channel, and writes to one that is closed by then."""
    waiting(studio, node)
    resume = leases.resume

    def ended_first(*claim: Any) -> Any:
        monkeypatch.setattr(leases, "resume", resume)
        channels.set_closed(studio.channel_id, Closure.at(clock.now, EndReason.STOPPED))
        return resume(*claim)

    monkeypatch.setattr(leases, "resume", ended_first)
    with pytest.raises(ChannelClosed):
        studio.claim(node.publisher())


def test_a_stop_that_comes_too_late_leaves_the_channel_open(studio: LeasedStudio, node: Node, clock: Clock) -> None:
    hold = live(studio, node)
    hold.end(EndReason.CLEAN_STOP, clock.now, 0)
    with pytest.raises(NotLive):
        orders.stop_channel(studio.channel_id, EndReason.STOPPED, clock.now)
    assert studio.channel.closed is None
