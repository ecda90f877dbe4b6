"""An RTMP connection that a peer may carry on: this node then only passes its bytes on, both ways."""

from ingest_container.net.relay import Relay
from ingest_container.net.rtmp_connection import RtmpConnection
from ingest_container.net.splice import Replay, Splice


class MovableConnection(RtmpConnection):
    """The encoder's side of a `Splice`."""

    _relay: Relay  # once it is opened

    def opened(self) -> None:
        self._relay = Relay()
        super().opened()

    # --- what a splice needs -----------------------------------------------------------------------------------

    @property
    def replay(self) -> Replay | None:
        return self._relay.replay

    def pause_reading(self) -> None:
        if not self._transport.is_closing():
            self._transport.pause_reading()

    def resume_reading(self) -> None:
        if not self._transport.is_closing():
            self._transport.resume_reading()

    def peer_sent(self, data: bytes) -> None:
        if self._wire is not None:
            self._wire.send_data(data)
            data = self._wire.data_to_send()
        if not self._transport.is_closing():
            self._transport.write(data)

    def peer_closed(self, reason: str) -> None:
        self._relay.try_peer(None)
        self.aborted(reason, None)
        self.hang_up()

    # --- what a subclass needs ---------------------------------------------------------------------------------

    def try_peer(self, splice: Splice | None) -> None:
        """What comes from now on goes to this peer as well, which is asked for its answer; None: to no peer."""
        self._relay.try_peer(splice)

    def _stay(self) -> None:
        """It is accepted here: what is kept for a peer is given back."""
        self._relay.replay = None

    def _move(self, splice: Splice) -> None:
        """The peer has accepted the publish: the session ends with the answer, and all bytes go there from now on."""
        self._session.accept_publish(self._loop.time())
        self.answer()
        self._give_back()
        self._relay.move(splice)

    # --- as the connection sees it -----------------------------------------------------------------------------

    @property
    def bytes_received(self) -> int:
        return self._session.bytes_received + self._relay.moved_bytes

    @property
    def held_bytes(self) -> int:
        return self._session.held_bytes + self._relay.held_bytes

    @property
    def paid_bytes(self) -> int:
        return super().paid_bytes + self._relay.moved_bytes

    def _receive(self, data: bytes | bytearray | memoryview, size: int) -> None:
        if not self._relay.take(data, size):
            super()._receive(data, size)

    def _give_back(self) -> None:
        self._relay.replay = None
        super()._give_back()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._relay.closed(exc)
