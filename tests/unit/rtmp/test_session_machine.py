"""Any order of anything that peers, time and the shell can do: the session keeps to its table and its promises."""

from collections.abc import Callable

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from ingest_container.rtmp import (
    AudioMessage,
    CleanStop,
    CloseNow,
    Connected,
    Event,
    Limits,
    LocalProtocolError,
    Metadata,
    PublishRequested,
    Session,
    SessionState,
    TimedOut,
    VideoMessage,
)
from ingest_container.rtmp.session_states import TRANSITIONS
from tests.support.rtmp_peer import RtmpPeer, message
from tests.unit.rtmp.conversation import S1_RANDOM, cases

S = SessionState
LIMITS = Limits(max_message_bytes_before_publish=4_096, max_bytes_before_publish=64_000, max_early_bytes=2_000)
DEADLINES = {
    S.HANDSHAKE: LIMITS.handshake_seconds,
    S.CONNECTING: LIMITS.connect_seconds,
    S.CONNECTED: LIMITS.publish_seconds,
    S.REFUSED: LIMITS.refusal_linger_seconds,
}
# Several moves may follow from one read: what can be reached at all.
REACHABLE: dict[SessionState, set[SessionState]] = {state: {state} for state in S}
for _ in S:
    for state in S:
        for follower in TRANSITIONS[state].values():
            REACHABLE[state] |= REACHABLE[follower]


class SessionMachine(RuleBasedStateMachine):
    """The peer may say anything at any time, in pieces; the shell answers a publish when it likes."""

    @initialize(frames=st.booleans(), steps=st.integers(0, 5))
    def begin(self, frames: bool, steps: int) -> None:
        """So many steps of a proper publisher come first, or hardly any run would come far."""
        self.now = 0.0
        self.session = Session(now=0.0, random_bytes=S1_RANDOM, limits=LIMITS, frames=frames)
        self.peer = RtmpPeer(chunk_size=512)
        self.entered = 0.0  # when the present state began
        self.last = self.session.state
        self.told: list[Event] = []
        self.started = False  # a publish was accepted, and its end not told yet
        self.shaken = False
        proper: list[Callable[[], None]] = [
            lambda: self.shake_hands(pieces=1),
            lambda: self.connect(pieces=1),
            self.create_stream,
            lambda: self.publish(stream_id=1),
            self.accept,
        ]
        for step in proper[:steps]:
            step()

    def say(self, data: bytes, pieces: int = 1) -> None:
        size = len(data) // pieces + 1
        for start in range(0, len(data), size):
            self.note(self.session.receive_data(data[start : start + size], self.now))

    def note(self, events: list[Event]) -> None:
        for event in events:
            assert not any(isinstance(earlier, CloseNow) for earlier in self.told), "nothing follows the end"
            if isinstance(event, VideoMessage | AudioMessage | Metadata):
                assert self.started, "media of an accepted stream only"
            if isinstance(event, CleanStop):
                assert self.started, "a clean stop once a stream"
                self.started = False
            if isinstance(event, PublishRequested):
                assert any(isinstance(earlier, Connected) for earlier in self.told)
            self.told.append(event)
        state = self.session.state
        assert state in REACHABLE[self.last]
        if state is not self.last:
            self.last, self.entered = state, self.now

    @precondition(lambda self: not self.shaken)
    @rule(pieces=st.integers(1, 5))
    def shake_hands(self, pieces: int) -> None:
        self.shaken = True
        self.say(self.peer.hello() + self.peer.finish_handshake(), pieces)

    @precondition(lambda self: self.shaken)
    @rule(pieces=st.integers(1, 3), again=st.sampled_from([False] * 9 + [True]))
    def connect(self, pieces: int, again: bool = False) -> None:
        if self.session.state is not S.CONNECTING and not again:
            return  # a second connect is an end
        self.say(self.peer.connect(), pieces)

    @precondition(lambda self: self.shaken)
    @rule()
    def create_stream(self) -> None:
        self.say(self.peer.create_stream())

    @precondition(lambda self: self.shaken)
    @rule(stream_id=st.integers(0, 2))
    def publish(self, stream_id: int) -> None:
        self.say(self.peer.publish(stream_id=stream_id))

    @precondition(lambda self: self.shaken)
    @rule(stream_id=st.integers(0, 2))
    def unpublish(self, stream_id: int) -> None:
        self.say(self.peer.unpublish(stream_id=stream_id))

    @precondition(lambda self: self.shaken)
    @rule(time=st.integers(0, 2**32 - 1), keyframe=st.booleans(), size=st.integers(1, 3_000), pieces=st.integers(1, 4))
    def send_media(self, time: int, keyframe: bool, size: int, pieces: int) -> None:
        data = self.peer.metadata() + self.peer.sequence_headers(time)
        self.say(data + self.peer.video(time, keyframe=keyframe, size=size) + self.peer.audio(time), pieces)

    @precondition(lambda self: self.shaken)
    @rule(value=st.integers(0, 2**32 - 1))
    def answer_a_ping(self, value: int) -> None:
        self.say(self.peer.pong(value))

    @precondition(lambda self: self.shaken)
    @rule(
        type_id=st.one_of(st.sampled_from([0, 3, 4, 8, 9, 15, 18, 19]), st.integers(0, 30)),
        body=st.binary(max_size=200),
        stream_id=st.integers(0, 2),
    )
    def send_any_message(self, type_id: int, body: bytes, stream_id: int) -> None:
        self.say(message(7, type_id, body, stream_id=stream_id, chunk_size=512))

    @rule(data=st.binary(min_size=1, max_size=100), really=st.sampled_from([False] * 9 + [True]))
    def send_garbage(self, data: bytes, really: bool) -> None:
        if not really:
            return
        self.shaken = True
        self.say(data)

    @rule()
    def accept(self) -> None:
        try:
            self.session.accept_publish(self.now)
        except LocalProtocolError:
            assert self.session.state is not S.PUBLISH_PENDING
        else:
            self.started = True
        self.note([])

    @rule()
    def refuse(self) -> None:
        try:
            self.session.refuse_publish("NetStream.Publish.Denied", "Unauthorized: no", self.now)
        except LocalProtocolError:
            assert self.session.state is not S.PUBLISH_PENDING
        self.note([])

    @rule()
    def ping(self) -> None:
        try:
            self.session.ping(self.now)
        except LocalProtocolError:
            assert self.session.state not in (S.CONNECTED, S.PUBLISH_PENDING, S.PUBLISHING)

    @rule(seconds=st.one_of(st.floats(0, 1), st.floats(0, 12)))
    def let_time_pass(self, seconds: float) -> None:
        self.now += seconds
        self.note(self.session.handle_timer(self.now))

    @rule(really=st.sampled_from([False] * 9 + [True]))
    def hang_up(self, really: bool) -> None:
        if not really:
            return
        self.note(self.session.receive_eof(self.now))
        assert self.session.state is S.CLOSED

    @invariant()
    def no_more_time_than_the_phase_has(self) -> None:
        deadline = self.session.next_timer()
        limit = DEADLINES.get(self.session.state)
        if limit is None:
            assert deadline is None
        else:
            assert deadline is not None
            assert deadline <= self.entered + limit + 1e-6

    @invariant()
    def the_end_is_told_when_it_is_the_end(self) -> None:
        ended = any(isinstance(event, CloseNow) for event in self.told)
        assert ended is (self.session.state is S.CLOSED)
        assert sum(isinstance(event, TimedOut) for event in self.told) <= 1

    @invariant()
    def little_is_written(self) -> None:
        assert len(self.session.data_to_send()) < 64_000


SessionMachine.TestCase.settings = settings(max_examples=cases(150), stateful_step_count=40, deadline=None)
TestSessionMachine = SessionMachine.TestCase
