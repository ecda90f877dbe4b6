"""A live stream's health: observed once a second, told to the bus and the timeline when it changes."""

from collections.abc import Callable

from chalicelib.domain.events import HealthEventName, StreamHealthChange
from chalicelib.domain.findings import Finding
from chalicelib.domain.health import Doctor
from chalicelib.domain.health_rules import RULES
from chalicelib.domain.measures import StreamFacts
from chalicelib.domain.observation import Observation
from chalicelib.services.streams.lifecycle import StreamHold
from ingest_container.base.clock import now_ms
from ingest_container.live.telemetry import Telemetry


class HealthWatch:
    """Of one stream, across its connections."""

    def __init__(self, telemetry: Telemetry, raised: Callable[[Finding], None]) -> None:
        """`raised` is called when a finding is raised or becomes worse."""
        self._doctor = Doctor(RULES)
        self._raised = raised
        self._telemetry = telemetry

    @property
    def findings(self) -> tuple[Finding, ...]:
        return self._doctor.findings

    def observe(self, seen: Observation, facts: StreamFacts, hold: StreamHold) -> None:
        """Once a second while the stream is live."""
        now = now_ms()
        for change in self._doctor.observe(seen, facts, now):
            finding = change.finding
            if not change.cleared:
                self._telemetry.counts.findings[finding.code] += 1
                self._raised(finding)
            self._telemetry.publish(
                StreamHealthChange(
                    event_name=HealthEventName.FINDING_END if change.cleared else HealthEventName.FINDING_START,
                    channel_id=hold.grant.channel_id,
                    stream_id=hold.grant.stream_id,
                    node_id=hold.grant.holder.node_id,
                    seq=hold.next_seq(),
                    at=now,
                    **finding.model_dump(),
                    test=hold.grant.test or None,
                )
            )
