"""What is measured of one stream while it is live: its rates, its health, its samples, and the line of a test."""

import asyncio

from chalicelib.domain.leases import Grant
from chalicelib.domain.line import LineTest
from chalicelib.domain.measures import Counted, Pulse, StreamFacts
from chalicelib.services.streams.lifecycle import StreamHold
from ingest_container.base.clock import now_ms
from ingest_container.live.health import HealthWatch
from ingest_container.live.history import History
from ingest_container.live.meter import Meter
from ingest_container.live.playable import Playable
from ingest_container.live.telemetry import Telemetry


class Measurement:
    """Of one stream on this node, across its connections. `playable` knows its audience."""

    def __init__(self, grant: Grant, telemetry: Telemetry, playable: Playable) -> None:
        self.meter = Meter(asyncio.get_running_loop().time())
        self._history = History(grant.stream_id, grant.counted.totals)
        self._health = HealthWatch(telemetry, self._history.raised)
        self._line = LineTest() if grant.test else None
        self._telemetry = telemetry
        self._playable = playable

    @property
    def counted(self) -> Counted:
        """What is kept of the stream when it is over."""
        return Counted(self._playable.audience, self._history.totals)

    def restart(self) -> None:
        """The stream continues, and what was received before no longer counts for its rates."""
        self.meter.restart(asyncio.get_running_loop().time())

    def interrupted(self) -> None:
        self._history.interrupted()

    def observe(self, now: float, facts: StreamFacts, hold: StreamHold) -> None:
        """Once a second while the stream is live, after the meter's sample; `now` is monotonic."""
        seen = self.meter.observation(now)
        self._health.observe(seen, facts, hold)
        if self._line is not None:
            self._line.observe(seen)
        if (measures := self.meter.measures) is not None:
            row = self._history.observe(now_ms(), seen, measures, self._playable.viewers)
            self._telemetry.store_samples(row)

    def pulse(self, now: int, last_media_at: int, hold: StreamHold, *, to_store: bool) -> Pulse | None:
        """The measures of this second; None if there are none yet. Times in ms. `to_store`: with its history."""
        measures = self.meter.measures
        if measures is None or hold.started_at is None:
            return None
        return Pulse(
            channel_id=hold.grant.channel_id,
            stream_id=hold.grant.stream_id,
            seq=hold.next_seq(),
            at=now,
            started_at=hold.started_at,
            last_media_at=last_media_at,
            **measures.model_dump() | {"keyframe_interval_s": self._history.keyframe_interval},
            bytes_in=self.meter.total_bytes,
            facts=hold.facts,
            findings=self._health.findings,
            audience=self._playable.audience,
            test=hold.grant.test,
            line=self._line.measure if self._line is not None else None,
            recent=self._history.recent if to_store else (),
            totals=self._history.totals if to_store else None,
        )

    def close(self) -> None:
        """The stream is over on this node: what is left of its samples is stored."""
        self._telemetry.store_samples(self._history.close(now_ms()))
