"""What a node tells of what it carries. The bus itself is left out: these are about the events' sizes."""

import asyncio
import contextlib
import threading
import time
from collections.abc import AsyncIterator, Sequence

import pytest
from aws_lambda_powertools import Logger

from chalicelib.domain.events import AnyEvent, EventName, StreamMetrics, StreamStateChange
from chalicelib.domain.measures import Pulse, StreamFacts
from chalicelib.domain.refusals import KeyExpired, KeyUnknown
from chalicelib.domain.timeline import ConnectionRecord, Entry
from chalicelib.services import bus
from chalicelib.services.streams import records
from ingest_container.base.threads import Threads
from ingest_container.live import telemetry
from ingest_container.live.telemetry import Telemetry

PUT_EVENTS_BYTES = 256 * 1024


def pulse(number: int) -> Pulse:
    facts = StreamFacts(
        width=1920, height=1080, fps=60, video_codec="h264", audio_codec="aac", encoder="\U0001f3a5" * 200
    )
    return Pulse(
        channel_id=f"ch_{number:026}",
        stream_id=f"{number:026}",
        seq=number,
        at=1_800_000_000_000,
        started_at=1_700_000_000_000,
        bitrate_kbps=6_000,
        fps=60,
        bytes_in=10**12,
        facts=facts,
    )


@pytest.mark.requirement("SS-6.5")
async def test_measures_of_many_watched_streams_fit_into_the_bus_events(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[AnyEvent] = []

    def publish(events: Sequence[AnyEvent]) -> int:
        told.extend(events)
        return 0

    monkeypatch.setattr(bus, "publish", publish)
    threads = Threads(1)
    watched = [pulse(number) for number in range(1_000)]
    await Telemetry("node-1", threads, Logger("test", level="CRITICAL")).send_metrics(watched)
    threads.close()
    events = [event for event in told if isinstance(event, StreamMetrics)]
    assert [pulse.seq for event in events for pulse in event.pulses] == list(range(1_000))
    assert all(len(str(bus._entry(event)["Detail"]).encode()) < PUT_EVENTS_BYTES for event in events)


# --- a flood of refusals beside a stream ------------------------------------------------------------------------------

SLOW = 0.02  # seconds for one record or event
FLOOD = 5_000


class SlowCloud:
    """Database and bus, which take their time and keep what they were told."""

    def __init__(self) -> None:
        self.kept: list[StreamStateChange | Entry] = []
        self.published: list[AnyEvent] = []
        self.busy = threading.Event()

    def keep(self, batch: Sequence[StreamStateChange | Entry]) -> None:
        self.busy.set()
        time.sleep(SLOW * len(batch))
        self.kept.extend(batch)

    def publish(self, events: Sequence[AnyEvent]) -> int:
        time.sleep(SLOW)
        self.published.extend(events)
        return 0


@contextlib.asynccontextmanager
async def running_telemetry(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Telemetry, SlowCloud]]:
    cloud, threads = SlowCloud(), Threads(6)
    monkeypatch.setattr(records, "keep", cloud.keep)
    monkeypatch.setattr(bus, "publish", cloud.publish)
    monkeypatch.setattr(telemetry, "SUMMARY_EVERY", 0.2)
    told = Telemetry("node-1", threads, Logger("test", level="CRITICAL"))
    worker = asyncio.create_task(told.run())
    try:
        yield told, cloud
    finally:
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)
        threads.close()


def state_change(number: int) -> StreamStateChange:
    return StreamStateChange(
        event_name=EventName.STREAM_START, channel_id="ch_1", stream_id="stream_1", node_id="node-1", seq=number, at=0
    )


def record(reason: str) -> ConnectionRecord:
    return ConnectionRecord(node_id="node-1", client_ip="192.0.2.1", reason=reason)


@pytest.mark.requirement("HI-5")
@pytest.mark.requirement("SS-5.3")
async def test_a_streams_own_records_neither_wait_for_refusals_nor_are_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running_telemetry(monkeypatch) as (told, cloud), asyncio.timeout(60):
        for number in range(FLOOD):
            told.publish_refused(KeyUnknown(), "192.0.2.1")
            told.audit(record("key_unknown"), None, None)
            if number % 500 == 0:
                told.publish(state_change(number))
        told.audit(record("clean_stop"), "stream_1", 9_999)
        began = time.monotonic()
        await told._events.join()
        await told._records.join()
        assert time.monotonic() - began < 30, "they would be a hundred seconds behind the flood"
        own = [item.seq for item in cloud.kept if item.stream_id == "stream_1"]
        assert own == [*range(0, FLOOD, 500), 9_999]
        assert len([event for event in cloud.published if isinstance(event, StreamStateChange)]) == FLOOD // 500


@pytest.mark.requirement("HI-5")
@pytest.mark.requirement("SS-5.3")
async def test_refusals_past_what_is_recorded_are_counted_in_a_summary(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running_telemetry(monkeypatch) as (told, cloud), asyncio.timeout(60):
        for _ in range(FLOOD):
            told.publish_refused(KeyUnknown(), "192.0.2.1")
            told.audit(record("key_unknown"), None, None)
        await asyncio.sleep(0.3)
        await told._refusal_records.join()
        entries = [entry for entry in cloud.kept if isinstance(entry, Entry)]
        (summary,) = [entry.facts for entry in entries if entry.kind == "refusals"]
        single = [entry for entry in entries if entry.kind == "connection"]
    assert summary["reasons"] == {"key_unknown": FLOOD}
    assert len(single) + summary["records_left_out"] == FLOOD
    assert {entry.stream_id for entry in entries} == {"refused#node-1"}


@pytest.mark.requirement("HI-5")
async def test_an_owner_hears_of_a_refusal_at_once_in_a_flood_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running_telemetry(monkeypatch) as (told, cloud), asyncio.timeout(60):
        began = time.monotonic()
        for _ in range(FLOOD):
            told.publish_refused(KeyUnknown(), "192.0.2.1")
            told.publish_refused(KeyExpired(channel_id="ch_1"), "192.0.2.1")
        told.publish_refused(KeyExpired(channel_id="ch_2"), "192.0.2.1")
        seconds = time.monotonic() - began
        await told._refusal_events.join()
        channels = [event.channel_id for event in cloud.published if isinstance(event, StreamStateChange)]
    assert "ch_2" in channels
    assert len(channels) < 10 + seconds, "after a few, one a second of a channel"


async def test_a_refusal_is_kept_for_the_owner_of_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running_telemetry(monkeypatch) as (told, cloud), asyncio.timeout(60):
        told.publish_refused(KeyExpired(channel_id="ch_1"), "192.0.2.1")
        told.publish_refused(KeyUnknown(), "192.0.2.1")
        await told._refusal_records.join()
    (kept,) = [item for item in cloud.kept if isinstance(item, StreamStateChange)]
    assert (kept.channel_id, kept.reason, kept.client_ip) == ("ch_1", "key_expired", "192.0.2.1")


async def test_one_of_five_events_with_measures_is_for_viewers(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[AnyEvent] = []
    monkeypatch.setattr(bus, "publish", told.extend)
    threads = Threads(1)
    sender = Telemetry("node-1", threads, Logger("test", level="CRITICAL"))
    for second in range(10):
        await sender.send_metrics([pulse(second)])
    threads.close()
    turns = [event.for_viewers for event in told if isinstance(event, StreamMetrics)]
    assert turns == [True, False, False, False, False] * 2
