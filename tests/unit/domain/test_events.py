"""Bus events survive the bus, and consumers survive newer producers."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from chalicelib.domain.events import (
    EVENT_TYPES,
    DashboardConnected,
    EventName,
    NodeChange,
    StreamMetrics,
    StreamStateChange,
)
from chalicelib.domain.measures import Pulse, StreamFacts
from chalicelib.domain.streams import ChannelStatus

FACTS = st.builds(
    StreamFacts,
    width=st.none() | st.integers(1, 16_384),
    height=st.none() | st.integers(1, 16_384),
    fps=st.none() | st.floats(0.01, 1_000),
    video_codec=st.none() | st.text(max_size=20),
    video_profile=st.none() | st.text(max_size=30),
    video_level=st.none() | st.text(max_size=5),
    interlaced=st.none() | st.booleans(),
    audio_codec=st.none() | st.text(max_size=20),
    audio_sample_rate=st.none() | st.integers(1_000, 768_000),
    audio_channels=st.none() | st.integers(1, 64),
    encoder=st.none() | st.text(max_size=200),
)
TIMES = st.integers(0, 2**53)
CHANGES = st.builds(
    StreamStateChange,
    event_name=st.sampled_from(EventName),
    channel_id=st.text(),
    stream_id=st.none() | st.text(),
    key_id=st.none() | st.text(),
    node_id=st.text(),
    seq=TIMES,
    at=TIMES,
    status=st.none() | st.sampled_from(ChannelStatus),
    reason=st.none() | st.text(),
    detail=st.none() | st.text(),
    client_ip=st.none() | st.text(),
    until=st.none() | TIMES,
    facts=FACTS,
)
PULSES = st.builds(
    Pulse,
    channel_id=st.text(),
    stream_id=st.text(),
    seq=TIMES,
    at=TIMES,
    started_at=TIMES,
    bitrate_kbps=st.floats(0, 1e6),
    fps=st.none() | st.floats(0, 1_000),
    bytes_in=TIMES,
    facts=FACTS,
)
ANY = (
    CHANGES
    | st.builds(StreamMetrics, node_id=st.text(), at=TIMES, pulses=st.lists(PULSES, max_size=3))
    | st.builds(NodeChange, node_id=st.text(), incarnation=st.text(), change=st.just("draining"), at=TIMES)
    | st.builds(DashboardConnected, connection_id=st.text(), channel_id=st.text(), at=TIMES)
)
EVENT = StreamStateChange | StreamMetrics | NodeChange | DashboardConnected


@pytest.mark.requirement("SS-6.5")
@given(ANY)
def test_an_event_comes_back_from_the_bus_as_it_went(event: EVENT) -> None:
    wire = json.loads(json.dumps(event.model_dump(mode="json", exclude_none=True)))
    assert "detail_type" not in wire
    assert EVENT_TYPES[event.detail_type].model_validate(wire) == event


@given(CHANGES)
def test_what_a_newer_producer_adds_is_dropped(event: StreamStateChange) -> None:
    wire = event.model_dump(mode="json") | {"invented_later": {"deep": [1]}}
    assert StreamStateChange.model_validate(wire) == event


@pytest.mark.parametrize(
    "damage", [{"event_name": "Stream Exploded"}, {"seq": "many"}, {"channel_id": None}, {"status": "PAUSED"}]
)
def test_damage_is_refused(damage: dict[str, object]) -> None:
    good = {"event_name": "Stream Start", "channel_id": "c", "node_id": "n", "seq": 1, "at": 1}
    StreamStateChange.model_validate(good)
    with pytest.raises(ValidationError):
        StreamStateChange.model_validate(good | damage)


def test_events_do_not_change() -> None:
    event = DashboardConnected(connection_id="a", channel_id="b", at=1)
    with pytest.raises(ValidationError):
        event.at = 2  # type: ignore[misc]
