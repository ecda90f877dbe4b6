"""A stream whose encoder does not come back, and whose node has left meanwhile, is ended by others."""

from typing import Any

import pytest

from chalicelib.domain.measures import StreamFacts
from chalicelib.domain.streams import END_REASON_TEXT, GRACE, LATE, NOT_TAKEN_UP, EndReason
from chalicelib.services.reading.discovery import view
from chalicelib.services.streams import backstop
from chalicelib.services.streams.lifecycle import StreamHold
from chalicelib.store import timeline
from tests.integration.store.conftest import Clock, LeasedStudio, Node
from tests.integration.store.holds import ended_of, live, peer
from tests.support.studio import REGION

Case = tuple[dict[str, Any], EndReason, str]  # how it was interrupted; the reason and the sentence of its end
DRAINED: Case = ({"handed_over": True}, EndReason.NODE_DRAINED, NOT_TAKEN_UP)
CASES: list[tuple[str, Case]] = [
    *((ended_by, DRAINED) for ended_by in ("a peer", "the backstop", "the next publisher", "nobody yet")),
    ("a peer", ({}, EndReason.GRACE_OVER, END_REASON_TEXT[EndReason.GRACE_OVER])),
    ("a peer", ({"failure": "A chunk is too large."}, EndReason.PROTOCOL_ERROR, "A chunk is too large.")),
]


@pytest.mark.parametrize(("ended_by", "case"), CASES)
def test_a_stream_whose_node_has_left_ends_for_the_reason_of_its_interruption(
    studio: LeasedStudio,
    node: Node,
    clock: Clock,
    ended_by: str,
    case: Case,
) -> None:
    """As if its node had still been there to end it."""
    lost, reason, detail = case
    hold = live(studio, node)
    hold.lost(clock.now, clock.now, 1_000, **lost)
    node.membership.leave(clock.now)
    clock.forward(GRACE + LATE)
    stream_id = hold.grant.stream_id
    match ended_by:
        case "a peer":
            assert ended_of(peer(clock), hold.grant, clock) == [reason]
        case "the backstop":
            backstop.sweep_at_once([REGION], clock.now)
        case "the next publisher":
            studio.claim(Node(clock).publisher())
        case _:
            end = view(studio.channel, clock.now).end
            assert end is not None
            assert end.reason == reason
            return
    assert studio.stream(stream_id).end_reason == reason
    (told,) = [entry.facts for entry in timeline.of_stream(stream_id) if entry.kind == "Stream End"]
    assert (told["reason"], told["detail"]) == (reason, detail)


def test_an_interruption_is_no_reason_any_more_once_the_encoder_is_back(
    studio: LeasedStudio, node: Node, other_node: Node, clock: Clock
) -> None:
    hold = live(studio, node)
    hold.lost(clock.now, clock.now, 0, handed_over=True)
    again = StreamHold(studio.claim(other_node.publisher()))
    again.media(clock.now, StreamFacts())
    again.lost(clock.now, clock.now, 0)
    other_node.membership.leave(clock.now)
    clock.forward(GRACE + LATE)
    assert ended_of(peer(clock), again.grant, clock) == [EndReason.GRACE_OVER]
