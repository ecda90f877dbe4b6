"""One publishing connection, server side, without a socket and without a clock.

Theory of operation
-------------------
The shell hands in what it read (`receive_data`, `receive_eof`) and the time; it gets events back and then writes what
`data_to_send` holds. `next_timer` is the one deadline of the present phase; when it has passed the shell calls
`handle_timer`. Admission is the shell's: on `PublishRequested` it calls `accept_publish` or `refuse_publish`, at once
or much later, and may `ping` a publisher that it keeps waiting. By then the publisher may be gone, even within the same
list of events: `state` tells.

    HANDSHAKE -> CONNECTING -> CONNECTED -> PUBLISH_PENDING -> PUBLISHING -> CONNECTED (clean stop) ...
                                                  |
                                                  +-> REFUSED -> CLOSED (the peer has read the reason, or 2 s are over)

Refusals happen at publish, never at connect: only then do encoders show the reason and stop. In REFUSED whatever
comes is read and thrown away, because closing with unread data would reset the connection and lose the reason.

A peer can never make a method raise: what breaks the protocol is a `ProtocolFailed` event, then `CloseNow`.
"""

from . import messages, work
from .chunks import ChunkReader
from .commands import Command, parse_command
from .counting import MediaCounter
from .early import EarlyMessages
from .errors import LocalProtocolError, ProtocolError
from .events import CloseNow, Event, Pong, ProtocolFailed, PublishRequested, TimedOut
from .handshake import Handshake
from .limits import WINDOW_ACKNOWLEDGEMENT_SIZE, Limits
from .media import MediaReader, configures
from .messages import Message
from .netconnection import NetConnection
from .outgoing import Outgoing
from .session_states import TRANSITIONS, SessionState, Trigger
from .work import WorkAllowance

_PUBLISHING = SessionState.PUBLISHING  # looked at with every read

# A peer that sends nothing past the window is often stopped short of it, by a message that no longer fits: it must not
# wait for us then. FFmpeg acknowledges twice a window, librtmp ten times.
_ACKNOWLEDGEMENTS_PER_WINDOW = 2


class Session:
    """See the module's text. `now` is monotonic seconds throughout."""

    def __init__(self, *, now: float, random_bytes: bytes, limits: Limits | None = None, frames: bool = True) -> None:
        """`random_bytes`: the 1528 that S1 carries. `frames`: whether media messages are events, or only counted."""
        self._limits = limits or Limits()
        self._handshake = Handshake(random_bytes)
        self._reader = ChunkReader(self._limits)
        self._outgoing = Outgoing()
        self._connection = NetConnection(self._outgoing, self._limits)
        self._frames = frames
        self._counter = MediaCounter()
        self._allowance = WorkAllowance(self._limits, now)
        self._media = MediaReader(self._limits, self._counter, self._reader.spend, frames=frames)
        self._early = EarlyMessages(self._limits)
        self._acknowledge_every = WINDOW_ACKNOWLEDGEMENT_SIZE // _ACKNOWLEDGEMENTS_PER_WINDOW
        self._bytes_since_handshake = 0
        self._bytes_before_publish = 0  # and between one publish and the next
        self._acknowledged = 0
        self._deadline: float | None = now + self._limits.handshake_seconds
        self.state = SessionState.HANDSHAKE
        self.bytes_received = 0

    # --- what the shell calls ----------------------------------------------------------------------------------

    @property
    def acknowledge_every(self) -> int:
        """Bytes received after which an acknowledgement is due: a peer may wait for it before it sends more."""
        return self._acknowledge_every

    @property
    def counts(self) -> MediaCounter:
        """Of the stream that is published; a new one with every accepted publish."""
        return self._counter

    def receive_data(self, data: bytes | bytearray | memoryview, now: float, size: int = -1) -> list[Event]:
        """Take the first `size` bytes of `data` (all by default), which were read from the socket.

        `data` may be reused by the caller afterwards. A bytearray is read in place.
        """
        size = len(data) if size < 0 else size
        self.bytes_received += size
        events: list[Event] = []
        try:
            if self.state is _PUBLISHING:
                self._read(data, size, now, events)
            else:
                self._receive_before_publish(memoryview(data)[:size], now, events)
        except ProtocolError as fault:
            events.append(ProtocolFailed(fault.reason_code, fault.detail))
            self._close("protocol_failed", now, events)
        return events

    def _receive_before_publish(self, data: memoryview, now: float, events: list[Event]) -> None:
        rest: bytes | memoryview = data
        if self.state is SessionState.HANDSHAKE:
            answer, rest = self._handshake.receive_data(data)
            self._outgoing.raw(answer)
            if self._handshake.done:
                self._move(Trigger.HANDSHAKE_DONE, now)
        if self.state in (SessionState.HANDSHAKE, SessionState.CLOSED):
            return
        self._bytes_before_publish += len(rest)
        if self._bytes_before_publish > self._limits.max_bytes_before_publish:
            if self.state is SessionState.REFUSED:
                self._close("refused", now, events)
                return
            raise ProtocolError("too_much_before_publish", f"{self._bytes_before_publish} bytes")
        if self.state is not SessionState.REFUSED:
            self._read(rest, len(rest), now, events)

    def receive_eof(self, now: float) -> list[Event]:
        """The peer closed its side, or the connection broke."""
        events: list[Event] = []
        if self.state is not SessionState.CLOSED:
            self._close("refused" if self.state is SessionState.REFUSED else "peer_closed", now, events)
        return events

    @property
    def held_bytes(self) -> int:
        """Kept of messages that are not whole, and of early configuration."""
        return self._reader.held + self._early.size

    def discard(self) -> None:
        """No message is read any more: gives back what is held."""
        self._reader.discard()
        self._early.take()

    def data_to_send(self) -> bytes:
        """What is to be written to the socket now; empties it."""
        return self._outgoing.take()

    def next_timer(self) -> float | None:
        """When `handle_timer` is due, or None: a publisher, waiting or accepted, has no deadline here."""
        return self._deadline

    def handle_timer(self, now: float) -> list[Event]:
        """To be called at `next_timer`; too early is harmless."""
        events: list[Event] = []
        if self._deadline is None or now < self._deadline:
            return events
        if self.state is SessionState.REFUSED:
            self._close("refused", now, events)
        else:
            phase = {SessionState.HANDSHAKE: "handshake", SessionState.CONNECTING: "connect"}
            events.append(TimedOut(phase.get(self.state, "publish")))
            self._close("timed_out", now, events)
        return events

    def accept_publish(self, now: float) -> None:
        """Send NetStream.Publish.Start. Raises LocalProtocolError unless the state is PUBLISH_PENDING."""
        self._move(Trigger.ACCEPT, now)
        self._counter = MediaCounter(self._connection.refused, keeps_frames=self._frames)
        self._reader.allow_media(self._counter)
        self._reader.work_left = self._allowance.open(now)
        self._bytes_before_publish = 0
        self._media = MediaReader(self._limits, self._counter, self._reader.spend, frames=self._frames)
        self._connection.start()

    def refuse_publish(self, code: str, description: str, now: float) -> None:
        """Send an error status and linger until the peer has gone, 2 s at most: then comes `CloseNow`.

        `code` is a NetStream.Publish.* code, `description` what the encoder shows to its user, not empty. Raises
        LocalProtocolError unless the state is PUBLISH_PENDING.
        """
        self._move(Trigger.REFUSE, now)
        self._connection.refuse(code, description)
        self.discard()

    def ping(self, now: float) -> None:
        """Send a ping request; the answer is a `Pong`. OBS answers only until Publish.Start.

        Raises LocalProtocolError unless the connection is between connect and its end.
        """
        if self.state not in (SessionState.CONNECTED, SessionState.PUBLISH_PENDING, SessionState.PUBLISHING):
            raise LocalProtocolError(f"ping in state {self.state.name}")
        milliseconds = int(now * 1000) & messages.TIMESTAMP_MASK
        self._outgoing.user_control(messages.PING_REQUEST, milliseconds)

    # --- states ------------------------------------------------------------------------------------------------

    def _move(self, trigger: Trigger, now: float) -> None:
        state = TRANSITIONS[self.state].get(trigger)
        if state is None:
            raise LocalProtocolError(f"{trigger.name} in state {self.state.name}")
        self.state = state
        limits = self._limits
        seconds = {
            SessionState.CONNECTING: limits.connect_seconds,
            SessionState.CONNECTED: limits.publish_seconds,
            SessionState.REFUSED: limits.refusal_linger_seconds,
        }.get(state)
        self._deadline = None if seconds is None else now + seconds

    def _close(self, reason: str, now: float, events: list[Event]) -> None:
        self._move(Trigger.END, now)
        events.append(CloseNow(reason))

    # --- messages ----------------------------------------------------------------------------------------------

    def _read(self, data: bytes | bytearray | memoryview, size: int, now: float, events: list[Event]) -> None:
        self._bytes_since_handshake += size
        reader = self._reader
        if reader.work_left <= self._allowance.low:
            reader.work_left = self._allowance.refill(reader.work_left, now, self._counter.total_bytes)
        if self._early.size and self.state is _PUBLISHING:
            for early in self._early.take():
                self._media.read(early, events)
        self._counter.events = events
        reader.feed(data, size)
        while (message := reader.next_message()) is not None:
            self._handle(message, now, events)
            if self.state is SessionState.CLOSED:
                return
        self._counter.events = []  # what was read is the caller's
        if self._bytes_since_handshake - self._acknowledged >= self._acknowledge_every:
            self._acknowledge()

    def _handle(self, message: Message, now: float, events: list[Event]) -> None:
        kind = message.type_id
        if kind in messages.MEDIA_TYPES:
            self._on_media(message, events)
        elif kind == messages.COMMAND_AMF0:
            self._read_command(message.payload, message.stream_id, now, events)
        elif kind == messages.COMMAND_AMF3:
            # "AMF3" commands are AMF0 behind a byte that says so.
            self._read_command(message.payload[1:], message.stream_id, now, events)
        elif kind == messages.USER_CONTROL:
            self._on_user_control(message.payload, events)
        elif kind == messages.WINDOW_ACKNOWLEDGEMENT_SIZE:
            self._on_window(messages.control_value(message))
        elif kind == messages.AGGREGATE and self.state in (SessionState.PUBLISH_PENDING, SessionState.PUBLISHING):
            parts = messages.aggregate_parts(message, self._limits.max_aggregate_parts)
            self._reader.spend(work.TRACK * len(parts))
            for part in parts:
                if part.type_id in messages.MEDIA_TYPES:
                    self._on_media(part, events)
        # Acknowledgement, Set Peer Bandwidth, shared objects and unknown types ask nothing of a server that only reads.

    def _read_command(self, payload: bytes, stream_id: int, now: float, events: list[Event]) -> None:
        self._reader.spend(work.ANSWER + work.of_values(len(payload), self._limits))
        self._on_command(parse_command(payload, self._limits), stream_id, now, events)

    def _on_user_control(self, payload: bytes, events: list[Event]) -> None:
        event_type = int.from_bytes(payload[:2], "big")
        if len(payload) < 6:
            return
        self._reader.spend(work.ANSWER)
        if event_type == messages.PING_REQUEST:
            value = int.from_bytes(payload[2:6], "big")
            self._outgoing.user_control(messages.PING_RESPONSE, value)
        elif event_type == messages.PING_RESPONSE:
            events.append(Pong())

    def _on_window(self, window: int) -> None:
        """The peer wants to be acknowledged at least so often; 0 asks for nothing."""
        if window:
            every = min(window, WINDOW_ACKNOWLEDGEMENT_SIZE) // _ACKNOWLEDGEMENTS_PER_WINDOW
            self._acknowledge_every = max(every, self._limits.min_acknowledged_bytes)

    def _acknowledge(self) -> None:
        # "The client or the server MUST send an acknowledgment to the peer after receiving bytes equal to the window
        # size" (5.4.3). The sequence number counts from the handshake and wraps. At most one for each read.
        self._acknowledged = self._bytes_since_handshake
        self._outgoing.control(messages.ACKNOWLEDGEMENT, messages.word(self._acknowledged & messages.TIMESTAMP_MASK))

    # --- commands ----------------------------------------------------------------------------------------------

    def _on_command(self, command: Command, stream_id: int, now: float, events: list[Event]) -> None:
        if command.name == "connect":
            if self.state is not SessionState.CONNECTING:
                raise ProtocolError("second_connect", "connect came twice")
            events.append(self._connection.connect(command))
            self._move(Trigger.CONNECT, now)
            return
        if self.state is SessionState.CONNECTING:
            raise ProtocolError("command_before_connect", "a command came before connect")
        asked = self._connection.handle(command, stream_id)
        if isinstance(asked, PublishRequested):
            self._move(Trigger.PUBLISH, now)
            events.append(asked)
        elif asked is not None:
            was_published = self.state is _PUBLISHING
            self._move(Trigger.STOP, now)
            self._counter.stop()
            events.append(asked if was_published else CloseNow("publish_abandoned"))

    # --- media and metadata ------------------------------------------------------------------------------------

    def _on_media(self, message: Message, events: list[Event]) -> None:
        """Media and metadata of the accepted publisher; of a waiting one, what configures it."""
        if message.stream_id in self._connection.refused:
            return
        if self.state is SessionState.PUBLISHING:
            self._media.read(message, events)
        elif self.state is SessionState.PUBLISH_PENDING and configures(message, self._reader.spend):
            self._early.keep(message)
