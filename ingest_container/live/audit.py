"""The audit records of one connection: who connected, with which key, how long, how much, why it ended (SS-5.3)."""

from dataclasses import dataclass
from typing import Any

from aws_lambda_powertools import Logger

from chalicelib.domain.keys import StreamKey
from chalicelib.domain.refusals import PublishRefused
from chalicelib.domain.timeline import ConnectionRecord
from chalicelib.domain.times import iso
from ingest_container.base.clock import now_ms
from ingest_container.live.broadcast import Broadcast
from ingest_container.live.telemetry import Telemetry

PEER_CLOSED = "peer_closed"


@dataclass(frozen=True, slots=True)
class AuditSpan:
    """From the connection's beginning to the end of its first stream; then from each further publish to its end."""

    began: int  # ms since the epoch
    began_at: float  # the loop's time
    received_before: int = 0  # bytes that earlier records have

    @classmethod
    def begin(cls, now: float, received: int = 0) -> "AuditSpan":
        """`now` is the loop's time, `received` what the connection had received by then."""
        return cls(now_ms(), now, received)

    def measures(self, now: float, received: int) -> dict[str, Any]:
        """Its part of the record, for an end at `now`."""
        seconds = now - self.began_at
        size = received - self.received_before
        return {
            "started_at": iso(self.began),
            "duration_s": round(seconds, 3),
            "bytes": size,
            "mean_kbps": round(size * 8 / 1000 / seconds, 1) if seconds > 0 else 0.0,
        }


class ConnectionAudit:
    """Collects what the record says, and writes it once for each stream, or once for a connection without any.

    `now` is the loop's time, `received` the bytes that the connection has received.
    """

    def __init__(self, node_id: str, telemetry: Telemetry, log: Logger, now: float) -> None:
        self.reason = PEER_CLOSED
        self.detail: str | None = None
        self._node_id = node_id
        self._telemetry = telemetry
        self._log = log
        self._span = AuditSpan.begin(now)
        self._is_written = False
        self._asked_to_publish = False
        self._key_id: str | None = None
        self._key_label: str | None = None
        self._channel_id: str | None = None
        self._stream: tuple[str, int] | None = None  # its id, and the record's number in its timeline
        self._moved_to: str | None = None
        self.moved_from: str | None = None

    def ended(self, reason: str, detail: str | None = None) -> None:
        """Why the connection ends."""
        self.reason, self.detail = reason, detail

    def publish_requested(self, now: float, received: int) -> None:
        """Where it is not the connection's first, it has a record of its own."""
        if self._is_written:
            self._span = AuditSpan.begin(now, received)
            self._is_written = False
            self._key_id = self._stream = None
            self.ended(PEER_CLOSED)
        self._asked_to_publish = True

    def accepted(self, broadcast: Broadcast) -> None:
        self.ended(PEER_CLOSED)  # unless another reason follows; an earlier publish may have been refused
        self._key_id, self._channel_id = broadcast.key.key_id, broadcast.key.channel_id
        self._stream = (broadcast.stream_id, broadcast.hold.next_seq())

    def moved(self, node_id: str, key: StreamKey) -> None:
        """A peer has answered the publish."""
        self._moved_to, self._key_id, self._channel_id = node_id, key.key_id, key.channel_id

    def refused(self, refusal: PublishRefused) -> None:
        self.ended(refusal.code, refusal.further_detail)
        self._key_id, self._channel_id, self._key_label = refusal.key_id, refusal.channel_id, refusal.key_label

    def connection_lost(self, exc: Exception | None, client_ip: str | None, now: float, received: int) -> None:
        """Writes what has not been written. `exc`: why it broke, as asyncio says it."""
        if exc is not None and self.reason == PEER_CLOSED:
            self.reason = "connection_reset"
        if not self._is_written:
            self.write(client_ip, now, received)

    def write(self, client_ip: str | None, now: float, received: int) -> None:
        self._is_written = True
        record = ConnectionRecord(
            node_id=self._node_id,
            client_ip=client_ip,
            reason=self.reason,
            key_id=self._key_id,
            key_label=self._key_label if self._stream is None else None,
            channel_id=self._channel_id,
            stream_id=self._stream[0] if self._stream else None,
            detail=self.detail,
            moved_to=self._moved_to,
            moved_from=self.moved_from,
            **self._span.measures(now, received),
        )
        # A load balancer's health check connects and leaves every few seconds.
        write = self._log.info if received or self.detail is not None else self._log.debug
        write("Audit record of a connection", event="audit_record", extra=record.facts)
        if self._asked_to_publish:
            self._telemetry.audit(record, *(self._stream or (None, None)))
