"""What a node tells of what it carries. The bus itself is left out: these are about the events' sizes."""

from collections.abc import Sequence

import pytest
from aws_lambda_powertools import Logger

from chalicelib.domain.events import AnyEvent, Pulse, StreamFacts, StreamMetrics
from chalicelib.services import news
from ingest_container.telemetry import Telemetry
from ingest_container.threads import Threads

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

    monkeypatch.setattr(news, "publish", publish)
    threads = Threads(1)
    watched = [pulse(number) for number in range(1_000)]
    await Telemetry("node-1", threads, Logger("test", level="CRITICAL")).send_metrics(watched)
    threads.close()
    events = [event for event in told if isinstance(event, StreamMetrics)]
    assert [pulse.seq for event in events for pulse in event.pulses] == list(range(1_000))
    assert all(len(str(news._entry(event)["Detail"]).encode()) < PUT_EVENTS_BYTES for event in events)
