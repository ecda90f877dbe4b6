"""What is sent: stable ids, the documented form, and only events that are somebody's business."""

import json
import re
from pathlib import Path
from typing import get_args

import pytest

from chalicelib.domain.events import (
    DashboardConnected,
    DeliveriesDue,
    EventName,
    NodeChange,
    StreamMetrics,
    StreamStateChange,
)
from chalicelib.domain.measures import StreamFacts
from chalicelib.domain.streams import ChannelStatus
from chalicelib.domain.webhooks import EVENT_NAMES, first_id_at, is_offered, message

pytestmark = pytest.mark.requirement("FX-10")

AT = 1_795_165_850_123


def change(name: EventName = EventName.STREAM_START, at: int = AT, seq: int = 7) -> StreamStateChange:
    return StreamStateChange(
        event_name=name,
        channel_id="ch_1",
        stream_id="01STREAM",
        node_id="n",
        seq=seq,
        at=at,
        started_at=at,
        status=ChannelStatus.LIVE,
    )


def test_the_payload_is_id_type_time_and_data() -> None:
    sent = message(change())
    assert json.loads(sent.body) == {
        "id": sent.event_id,
        "type": "Stream Start",
        "created_at": "2026-11-20T09:10:50.123Z",
        "data": {
            "channel_id": "ch_1",
            "stream_id": "01STREAM",
            "node_id": "n",
            "seq": 7,
            "at": "2026-11-20T09:10:50.123Z",
            "started_at": "2026-11-20T09:10:50.123Z",
            "status": "LIVE",
            "facts": {},
        },
    }


def test_a_repeated_event_has_the_same_id_and_body() -> None:
    assert message(change()) == message(StreamStateChange.model_validate_json(change().model_dump_json()))


@pytest.mark.parametrize("other", [change(seq=8), change(at=AT + 1), change(EventName.STREAM_END)])
def test_another_event_has_another_id(other: StreamStateChange) -> None:
    assert message(change()).event_id != message(other).event_id


def test_ids_sort_by_time() -> None:
    earlier, later = message(change(at=AT)).event_id, message(change(at=AT + 1)).event_id
    assert first_id_at(AT) <= earlier < first_id_at(AT + 1) <= later


def test_what_only_our_own_machinery_needs_is_not_offered() -> None:
    assert not is_offered(StreamMetrics(node_id="n", at=AT, pulses=[]))
    assert not is_offered(DashboardConnected(connection_id="c", channel_id="ch_1", at=AT))
    assert not is_offered(DeliveriesDue(webhook_id="whk_1", at=AT))
    assert is_offered(NodeChange(node_id="n", incarnation="i", change="draining", at=AT))
    assert all(is_offered(change(name)) for name in EventName)


@pytest.mark.requirement("FX-17")
def test_test_streams_are_nobody_elses_business() -> None:
    assert not any(is_offered(change(name).model_copy(update={"test": True})) for name in EventName)


def test_the_manual_names_every_event() -> None:
    page = (Path(__file__).parents[3] / "docs" / "webhooks.md").read_text()
    assert [name for name in EVENT_NAMES if f"`{name}`" not in page] == []


def test_the_page_for_people_describes_every_field() -> None:
    """Beside the envelope's: what a `data` may hold, and what a node may do."""
    page = (Path(__file__).parents[3] / "docs" / "webhooks.md").read_text()
    described = set(re.findall(r"`(\w+)`", page[page.index("### Fields of `data`") :]))
    sent = {*StreamStateChange.model_fields, *StreamFacts.model_fields, *NodeChange.model_fields}
    assert sent - {"detail_type", "event_name"} <= described
    assert {*get_args(NodeChange.model_fields["change"].annotation)} <= described
