"""The command dialogue of one connection (RTMP 1.0, 7.2): its message streams, and which of them publishes.

A publishing encoder says, in this order:

    connect, [releaseStream, FCPublish,] createStream, publish(name) ... a stop

and stops in one of many ways. FCUnpublish, deleteStream, closeStream, unpublish and publish(false) are all in use, one
of them or several, on the published stream, on stream 0, or with the key in the place of the stream's id. Each is a
stop, unless it plainly names another message stream of the connection.

Media belong to the connection's one publisher whichever message stream they come on: some encoders publish on stream 1
and send everything else on stream 0. Left out is only a stream whose own publish was refused.
"""

from . import commands, messages
from .commands import Command
from .errors import ProtocolError
from .events import Capabilities, CleanStop, Connected, PublishRequested
from .limits import OUTGOING_CHUNK_SIZE, WINDOW_ACKNOWLEDGEMENT_SIZE, Limits
from .outgoing import Outgoing

_STOPS = frozenset(("FCUnpublish", "deleteStream", "closeStream", "unpublish"))


class NetConnection:
    """Answers what needs no decision; `handle` returns what does. The state of the session is the session's."""

    def __init__(self, outgoing: Outgoing, limits: Limits) -> None:
        self._outgoing = outgoing
        self._limits = limits
        self._app = ""
        self._created = 0  # the id of the latest message stream
        self._open: set[int] = set()  # message streams that were created and not deleted
        self._fc_publish = False  # FCPublish came
        self.published: int | None = None  # the message stream of the accepted or pending publish
        self.refused: set[int] = set()  # open message streams whose publish was refused beside it

    # --- the way to publish --------------------------------------------------------------------------------------

    def connect(self, command: Command) -> Connected:
        """Answer connect."""
        out = self._outgoing
        enhanced = Capabilities(command.fourccs(), command.caps_ex())
        self._app = command.text("app").strip("/")
        out.control(messages.WINDOW_ACKNOWLEDGEMENT_SIZE, messages.word(WINDOW_ACKNOWLEDGEMENT_SIZE))
        out.control(
            messages.SET_PEER_BANDWIDTH,
            messages.word(WINDOW_ACKNOWLEDGEMENT_SIZE) + bytes((messages.DYNAMIC_LIMIT,)),
        )
        out.set_chunk_size(OUTGOING_CHUNK_SIZE)
        out.command(0, commands.connect_result(command.transaction_id, enhanced=command.is_enhanced))
        return Connected(self._app, command.text("tcUrl"), command.text("flashVer"), command.text("type"), enhanced)

    def handle(self, command: Command, stream_id: int) -> PublishRequested | CleanStop | None:
        """Any command but connect, on message stream `stream_id`."""
        name = command.name
        if name in ("releaseStream", "FCPublish"):
            self._fc_publish = self._fc_publish or name == "FCPublish"
            self._outgoing.command(0, commands.result(command.transaction_id))
        elif name == "createStream":
            self._create_stream(command)
        elif name == "publish":
            return self._publish(command, stream_id)
        elif name in _STOPS:
            return self._stop(command, stream_id)
        elif name in commands.PLAYER_COMMANDS:
            self._refuse_to_play(command, stream_id)
        # Others (_checkbw, getStreamLength, answers to nothing we asked) are left unanswered, as by most servers.
        return None

    def start(self) -> None:
        """Tell the encoder that it may send."""
        stream_id = self.published or 0
        self._outgoing.user_control(messages.STREAM_BEGIN, stream_id)
        if self._fc_publish:
            self._outgoing.command(0, commands.on_fc_publish())
        self._outgoing.status(stream_id, "status", commands.PUBLISH_START, "Publishing started.")

    def refuse(self, code: str, description: str) -> None:
        """Tell the encoder why it may not."""
        self._outgoing.status(self.published or 0, "error", code, description)

    def _create_stream(self, command: Command) -> None:
        if len(self._open) == self._limits.max_message_streams:
            raise ProtocolError("too_many_streams", f"more than {self._limits.max_message_streams} at once")
        self._created += 1
        self._open.add(self._created)
        self._outgoing.command(0, commands.result(command.transaction_id, float(self._created)))

    def _publish(self, command: Command, stream_id: int) -> PublishRequested | CleanStop | None:
        name, publish_type = command.argument(0), command.argument(1)
        if name is False or (self.published is not None and not isinstance(name, str)):
            return self._unpublish(stream_id)
        if self.published is not None:
            self._outgoing.status(stream_id, "error", commands.BAD_NAME, "This connection publishes already.")
            if self._is_another(stream_id):
                self.refused.add(stream_id)
            return None
        self.published = stream_id
        self.refused.discard(stream_id)
        stream_name, _, query = (name if isinstance(name, str) else "").partition("?")
        return PublishRequested(
            self._app,
            stream_name[: self._limits.max_stream_name_chars],
            query[: self._limits.max_query_chars],
            publish_type if isinstance(publish_type, str) else "",
        )

    # --- the ways to stop ----------------------------------------------------------------------------------------

    def _unpublish(self, stream_id: int) -> CleanStop | None:
        """NetStream.publish(false): "stops publishing". The encoder stays, and waits for an answer."""
        self._outgoing.status(stream_id, "status", commands.UNPUBLISH_SUCCESS, "Publishing stopped.")
        return self._stopped(stream_id)

    def _stop(self, command: Command, stream_id: int) -> CleanStop | None:
        if command.name != "deleteStream":
            if command.transaction_id:
                self._outgoing.command(0, commands.result(command.transaction_id))
            return self._stopped(stream_id)
        # Matched by name: GStreamer's carries the key and no transaction id.
        target = command.argument(0)
        deleted = int(target) if isinstance(target, float) and target in self._open else 0
        stopped = self._stopped(deleted)
        self._open.discard(deleted)
        self.refused.discard(deleted)
        return stopped

    def _stopped(self, stream_id: int) -> CleanStop | None:
        """A stop came that names `stream_id`: does it end what is published?"""
        if self.published is None or self._is_another(stream_id):
            return None
        self.published = None
        return CleanStop()

    def _is_another(self, stream_id: int) -> bool:
        """Whether it is plainly another message stream than the published one: both are open, and they differ."""
        return stream_id != self.published and stream_id in self._open and self.published in self._open

    # --- players -------------------------------------------------------------------------------------------------

    def _refuse_to_play(self, command: Command, stream_id: int) -> None:
        """Nothing plays over RTMP. A player that is told so at once need not wait for a deadline."""
        if command.name == "FCSubscribe":
            self._outgoing.command(0, commands.on_fc_subscribe_failed())
        elif command.name in commands.PLAY:
            self._outgoing.status(stream_id, "error", commands.PLAY_STREAM_NOT_FOUND, commands.NOTHING_TO_PLAY)
        else:
            # "If the command fails, the server responds with an _error" (7.2.2.7 and 7.2.2.8).
            self._outgoing.command(stream_id, commands.player_error(command.transaction_id))
