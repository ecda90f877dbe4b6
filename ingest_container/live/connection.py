"""One publisher's connection: its session's events, its admission, its broadcast. A failure touches no other one."""

import asyncio
import ssl

from chalicelib.domain.measures import StreamFacts
from chalicelib.domain.refusals import NodeDraining, PublishRefused
from chalicelib.domain.streams import EndReason, protocol_failure
from ingest_container import rtmp
from ingest_container.live.audit import ConnectionAudit
from ingest_container.live.broadcast import Broadcast
from ingest_container.live.facts import FactFinder, printable
from ingest_container.live.publish import Abandoned, Host, Moved, request_admission
from ingest_container.net.movable import MovableConnection
from ingest_container.net.turns import ADMISSION_COST


class PublisherConnection(MovableConnection):
    """Asks the node for admission and feeds one `Broadcast` at a time."""

    def __init__(self, node: Host, context: ssl.SSLContext | None = None) -> None:
        """With `context` the peer speaks TLS, behind a PROXY header if one comes."""
        # Where nothing is packaged, nobody wants the frames themselves: they are counted only.
        super().__init__(
            node.scheduler, node.memory, context, node.settings.trusts_proxy, frames=node.settings.packaging
        )
        self._node = node
        self._found = FactFinder()
        self._broadcast: Broadcast | None = None
        self._admission: asyncio.Task[None] | None = None
        self._audit = ConnectionAudit(node.settings.node_id, node.telemetry, node.log, self._loop.time())
        self._stopped_cleanly = False
        self._pong: asyncio.Future[None] | None = None  # while an answer to a ping is waited for
        self.flash_version = ""
        self.is_test = False
        self.requested_at = 0.0

    # --- the connection ----------------------------------------------------------------------------------------

    def connected(self) -> None:
        self._node.connected(self)

    def identified(self, client_ip: str) -> None:
        self._audit.moved_from = self.moved_from
        self._node.identified(self, client_ip)

    def aborted(self, reason: str, detail: str | None) -> None:
        self._audit.ended(reason, detail)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._node.disconnected(self)
        if self._broadcast is not None:
            self._leave(self._broadcast)
        self._audit.connection_lost(exc, self.client_ip, self._loop.time(), self.bytes_received)

    # --- the session's events ----------------------------------------------------------------------------------

    def handle(self, events: list[rtmp.Event]) -> None:
        if self._broadcast is not None:
            self.aim_read(self._broadcast.package(events))
        for event in events:
            match event:
                case rtmp.VideoMessage() | rtmp.AudioMessage():
                    pass  # counted by the session, and packaged
                case rtmp.PublishRequested():
                    self._on_publish(event)
                case rtmp.CleanStop():
                    self._on_clean_stop()
                case rtmp.Connected():
                    self.flash_version = printable(event.flash_ver) or ""
                    self._found.introduced(event.flash_ver)
                case rtmp.ProtocolFailed():
                    self._audit.ended(event.reason_code, event.detail)
                case rtmp.TimedOut():
                    if not self._stopped_cleanly:  # else it said goodbye and only left its socket open
                        self._audit.reason = f"{event.phase}_timeout"
                case rtmp.Pong():
                    if self._pong is not None and not self._pong.done():
                        self._pong.set_result(None)
                case rtmp.CloseNow():
                    self.hang_up()
                case _:
                    self._found.learn(event)

    def _on_publish(self, request: rtmp.PublishRequested) -> None:
        self._stopped_cleanly = False
        self.requested_at = self._loop.time()
        self._audit.publish_requested(self.requested_at, self.bytes_received)
        if self._allowance is None:
            self.charge(ADMISSION_COST)
        self._admission = self._loop.create_task(self._admit(request))

    def _on_clean_stop(self) -> None:
        self._stopped_cleanly = True
        self.read_immediately()
        self._audit.reason = EndReason.CLEAN_STOP.value
        broadcast = self._broadcast
        self._let_go()  # the connection is free for another
        if broadcast is not None:
            broadcast.end(EndReason.CLEAN_STOP)
        self._audit.write(self.client_ip, self._loop.time(), self.bytes_received)

    # --- admission ---------------------------------------------------------------------------------------------

    async def _admit(self, request: rtmp.PublishRequested) -> None:
        try:
            admitted = await request_admission(self._node, request, self)
        except PublishRefused as refusal:
            await self._refuse(refusal)
        except Abandoned as abandoned:
            if not self._transport.is_closing():
                self.abort(abandoned.reason)
        else:
            if isinstance(admitted, Moved):
                self._carry_on(admitted)
            else:
                self._accept(admitted)

    def _accept(self, broadcast: Broadcast) -> None:
        if self._transport.is_closing():
            self._leave(broadcast)
            return
        self._broadcast = broadcast
        self._stay()
        self._audit.accepted(broadcast)
        self._found = FactFinder()
        self._found.introduced(self.flash_version)
        self._session.accept_publish(self._loop.time())
        self._follow_counts(broadcast.media)
        broadcast.meter.follow(self._counts, self._loop.time())
        self.answer()

    def _carry_on(self, moved: Moved) -> None:
        self._audit.moved(moved.splice.node_id, moved.key)
        if self._transport.is_closing():
            return  # the splice knows
        if moved.answer.is_start:
            self._move(moved.splice)
            return
        self.try_peer(None)
        moved.splice.close()
        self._audit.ended("refused_by_peer_node")
        self._session.refuse_publish(moved.answer.code, moved.answer.description, self._loop.time())
        self.answer()

    async def _refuse(self, refusal: PublishRefused) -> None:
        self._audit.refused(refusal)
        pause = self._node.refused(refusal, self.client_ip)
        if pause:
            await asyncio.sleep(pause)
        if not self._transport.is_closing() and self._session.state is rtmp.SessionState.PUBLISH_PENDING:
            self._session.refuse_publish(refusal.rtmp_code, refusal.rtmp_description, self._loop.time())
            self.answer()

    def _leave(self, broadcast: Broadcast) -> None:
        """The connection is gone, and what it carried has to know why."""
        self._let_go()
        if self._stopped_cleanly:
            broadcast.end(EndReason.CLEAN_STOP)
        else:
            detail = self._audit.detail
            failure = None if detail is None else protocol_failure(self._audit.reason, detail)
            broadcast.connection_lost(self, failure)

    def _let_go(self) -> None:
        self._broadcast = self._on_media = None

    # --- what the broadcast asks -------------------------------------------------------------------------------

    @property
    def described(self) -> bool:
        """Whether metadata or sequence headers of the stream came."""
        return self._counts.total_bytes > 0 or self._found.claimed is not None

    @property
    def facts(self) -> StreamFacts:
        self._found.heard(self._counts)
        return self._found.facts

    def drop(self, reason: EndReason) -> None:
        """The broadcast is over, or goes on without this connection."""
        if reason is EndReason.CLEAN_STOP:
            return  # it was let go of then, and another may have begun here
        self._let_go()
        if not self._stopped_cleanly:
            self._audit.reason = reason.value
        # Encoders ignore or mishandle what is said after Publish.Start; a close at a message boundary they all
        # understand.
        self.hang_up()

    # --- what the node asks ------------------------------------------------------------------------------------

    def close(self, reason: str) -> None:
        """The node stops."""
        if self._session.state is rtmp.SessionState.PUBLISH_PENDING:
            draining = NodeDraining()
            self._session.refuse_publish(draining.rtmp_code, draining.rtmp_description, self._loop.time())
        self._audit.reason = reason
        self.hang_up()

    def evict(self) -> None:
        """There are too many unauthenticated connections, and this is the oldest."""
        self.abort("evicted")

    def ping(self) -> "asyncio.Future[None]":
        """Done when the encoder, whose publish is not answered yet, gives a sign of life."""
        self._pong = self._loop.create_future()
        if not self._transport.is_closing() and self._session.state is rtmp.SessionState.PUBLISH_PENDING:
            self._session.ping(self._loop.time())
            self._flush()
        return self._pong
