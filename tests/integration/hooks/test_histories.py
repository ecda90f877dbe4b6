"""Random histories: encoders come and go on three media servers, hooks are lost, repeated, late and out of order.

The world below is what really happens; our state is what its hooks made of it. Once the hooks have calmed down, the
two agree: the channel is LIVE if and only if somebody publishes, and its stream is held by that very connection.
"""

import itertools
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.domain.errors import BroadcastEnded
from chalicelib.domain.leases import CLOCK_MARGIN, NODE_LOST_GRACE
from chalicelib.domain.mediamtx import Source
from chalicelib.domain.not_found import StreamNotFound
from chalicelib.domain.publications import SESSION_TTL, Dialect
from chalicelib.domain.refusals import PublishRefused
from chalicelib.domain.streams import EndReason, StreamState
from chalicelib.services.media_servers import claims, mediamtx, publishers, reconciler
from chalicelib.services.media_servers.mediamtx import LivePath, MediaMtx
from chalicelib.services.media_servers.publishers import MediaServer
from chalicelib.services.streams import backstop, lifecycle, orders
from tests.integration.hooks.conftest import Broadcaster

Hook = Callable[[], None]
LETS_GO = (PublishRefused, BroadcastEnded, StreamNotFound)
LONGEST_TTL = max(SESSION_TTL[dialect] for dialect in (Dialect.MEDIAMTX, Dialect.NGINX_RTMP, Dialect.SRS))


@dataclass
class Connection:
    """An encoder's connection to a media server. `number` is the server's own for it."""

    server: MediaServer
    number: str
    publishing: bool = True


@dataclass
class World(MediaMtx):
    """What really happens. It is MediaMTX's control API at the same time."""

    broadcaster: Broadcaster
    connections: list[Connection] = field(default_factory=list)
    under_way: list[Hook] = field(default_factory=list)  # hooks that were sent and have not arrived
    numbers: Iterator[int] = field(default_factory=itertools.count)
    name: str = field(default_factory=lambda: uuid.uuid4().hex[:12])

    @property
    def path(self) -> str:
        return f"live/{self.broadcaster.channel_id}"

    def publishing(self, *dialects: Dialect) -> list[Connection]:
        return [c for c in self.connections if c.publishing and (not dialects or c.server.dialect in dialects)]

    # --- MediaMTX's control API ----------------------------------------------------------------------------------

    def live_paths(self) -> list[LivePath]:
        return [LivePath(self.path, Source("rtmpConn", c.number)) for c in self.publishing(Dialect.MEDIAMTX)]

    def live_path(self, name: str) -> LivePath | None:
        return next((path for path in self.live_paths() if path.name == name), None)

    def are_gone(self, connections: Iterable[Source]) -> bool:
        there = {connection.number for connection in self.publishing(Dialect.MEDIAMTX)}
        ids = [connection.id for connection in connections]
        return bool(ids) and there.isdisjoint(ids)

    def kick(self, source: Source) -> None:
        for connection in self.publishing(Dialect.MEDIAMTX):
            if connection.number == source.id:
                self.disconnect(connection)

    # --- what encoders do ----------------------------------------------------------------------------------------

    def connect(self, dialect: Dialect, *, answer_arrives: bool) -> None:
        """The server asks, and lets the encoder in if it hears a yes. What it asked may arrive once more, later."""
        connection = Connection(MediaServer(dialect, self.name), str(next(self.numbers)))
        self.under_way.append(lambda: self._ask(connection))
        try:
            self._ask(connection)
        except PublishRefused:
            return
        if not answer_arrives:
            return
        self.connections.append(connection)
        if dialect is Dialect.MEDIAMTX:
            self.under_way.append(lambda: self._ready(connection))

    def disconnect(self, connection: Connection) -> None:
        connection.publishing = False
        self.under_way.append(lambda: self._gone(connection))

    def _ask(self, connection: Connection) -> None:
        server, key, now = connection.server, self.broadcaster.key, self.broadcaster.clock()
        if server.dialect is Dialect.MEDIAMTX:
            claims.admit(server, connection.number, key, None, now, protocol="rtmp")
        else:
            claims.publish(server, connection.number, key, None, now)

    def _ready(self, connection: Connection) -> None:
        reconciler.ready(self.name, self.path, Source("rtmpConn", connection.number), self.broadcaster.clock())

    def _gone(self, connection: Connection) -> None:
        if connection.server.dialect is Dialect.MEDIAMTX:
            reconciler.not_ready(self.name, self.path, Source("rtmpConn", connection.number), self.broadcaster.clock())
            return
        publication = publishers.find(connection.server, connection.number)
        if publication is not None:
            publishers.leave(publication, self.broadcaster.clock())

    # --- what servers do by themselves ---------------------------------------------------------------------------

    def arrive(self, position: int, *, again: bool) -> None:
        """One of the hooks under way arrives; `again`: it will once more."""
        if not self.under_way:
            return
        position %= len(self.under_way)
        hook = self.under_way[position] if again else self.under_way.pop(position)
        try:
            hook()
        except LETS_GO:
            return

    def lose(self, position: int) -> None:
        if self.under_way:
            self.under_way.pop(position % len(self.under_way))

    def heartbeat(self) -> None:
        """update_publish and on_hls of everybody who publishes; nginx drops whom we refuse."""
        for connection in self.publishing(Dialect.NGINX_RTMP, Dialect.SRS):
            publication = publishers.find(connection.server, connection.number)
            try:
                if publication is None:
                    raise StreamNotFound()
                publishers.confirm(publication, self.broadcaster.clock())
            except LETS_GO:
                if connection.server.dialect is Dialect.NGINX_RTMP:
                    self.disconnect(connection)

    def reconcile(self) -> None:
        reconciler.reconcile(self.name, self, self.broadcaster.clock)

    def sweep(self) -> None:
        lifecycle.announce(backstop.sweep_at_once(["us-east-1"], self.broadcaster.clock()))

    def stop(self) -> None:
        """The owner ends the broadcast."""
        stream = orders.running_stream(self.broadcaster.channel_id)
        if stream is not None and orders.order_end(stream.stream_id, EndReason.STOPPED, self.broadcaster.clock()):
            reconciler.follow_orders(stream.node_id, self.broadcaster.clock())

    def calm_down(self) -> None:
        """Nothing more is lost, repeated or late; time passes as long as the longest session lasts."""
        self.under_way.clear()
        passed = 0
        while passed < LONGEST_TTL + CLOCK_MARGIN + NODE_LOST_GRACE + 60_000:
            self.heartbeat()
            self.reconcile()
            self.sweep()
            self.under_way.clear()
            self.broadcaster.clock.forward(60_000)
            passed += 60_000
        self.heartbeat()
        self.reconcile()


# SRS lets nobody go for our answer, so its publishers are heard of as long as they are there, and nobody stops them.
STEPS = st.one_of(
    st.tuples(st.just("connect"), st.sampled_from([Dialect.MEDIAMTX, Dialect.NGINX_RTMP, Dialect.SRS]), st.booleans()),
    st.tuples(st.just("disconnect"), st.integers(0, 9)),
    st.tuples(st.just("arrive"), st.integers(0, 9), st.booleans()),
    st.tuples(st.just("lose"), st.integers(0, 9)),
    st.tuples(st.just("time"), st.integers(0, 70_000)),
    st.tuples(st.just("heartbeat")),
    st.tuples(st.just("reconcile")),
    st.tuples(st.just("sweep")),
    st.tuples(st.just("stop")),
)


def play(world: World, steps: list[tuple[object, ...]]) -> None:
    for step in steps:
        match step:
            case ("connect", Dialect() as dialect, bool(arrives)):
                world.connect(dialect, answer_arrives=arrives)
            case ("disconnect", int(position)) if world.publishing():
                world.disconnect(world.publishing()[position % len(world.publishing())])
            case ("arrive", int(position), bool(again)):
                world.arrive(position, again=again)
            case ("lose", int(position)):
                world.lose(position)
            case ("time", int(ms)):
                world.broadcaster.clock.forward(ms)
                if world.publishing(Dialect.SRS):
                    world.heartbeat()
            case ("heartbeat",):
                world.heartbeat()
            case ("reconcile",):
                world.reconcile()
            case ("sweep",):
                world.sweep()
            case ("stop",) if not world.publishing(Dialect.SRS):
                world.stop()


@pytest.mark.requirement("SO-12")
@pytest.mark.requirement("SO-11")
@pytest.mark.timeout(300)
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(STEPS, min_size=3, max_size=25))
def test_after_any_history_our_state_is_the_true_one(
    new_broadcaster: Callable[[], Broadcaster], monkeypatch: pytest.MonkeyPatch, steps: list[tuple[object, ...]]
) -> None:
    world = World(new_broadcaster())
    monkeypatch.setattr(mediamtx, "control_of", lambda name: world if name == world.name else None)
    play(world, steps)
    world.calm_down()

    publishing = world.publishing()
    assert len(publishing) <= 1
    assert world.broadcaster.status() == ("LIVE" if publishing else "OFFLINE")
    stream = world.broadcaster.stream()
    if publishing:
        assert stream is not None
        assert stream.node_id == publishing[0].server.node_id(publishing[0].number)
    elif stream is not None:
        assert stream.state is StreamState.ENDED


@pytest.mark.requirement("SO-12")
@pytest.mark.parametrize("dialect", [Dialect.MEDIAMTX, Dialect.NGINX_RTMP, Dialect.SRS])
def test_twenty_quick_reconnects_leave_the_last_one_live(
    broadcaster: Broadcaster, monkeypatch: pytest.MonkeyPatch, dialect: Dialect
) -> None:
    """Each goodbye is heard before the next hello, as a server that works sends them, and twice."""
    world = World(broadcaster)
    monkeypatch.setattr(mediamtx, "control_of", lambda name: world if name == world.name else None)
    for _ in range(20):
        for connection in world.publishing():
            world.disconnect(connection)
        while world.under_way:
            world.arrive(-1, again=False)
        world.connect(dialect, answer_arrives=True)
        del world.under_way[0]  # what was asked is not asked again
        world.arrive(0, again=True)
        broadcaster.clock.forward(10)
    assert broadcaster.status() == "LIVE"
    stream = broadcaster.stream()
    assert stream is not None
    assert stream.node_id.endswith(f":{world.publishing()[0].number}")
