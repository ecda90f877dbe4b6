"""No reader ever sees a status that the channel did not have, whatever happens between any two of its reads.

A reader's steps are its reads of rows. Before each of them the test lets the world move on: media, interruptions,
ends, restarts, and nodes that crash or take over. What the reader answers must be one of the statuses, with the `seq`,
that the channel had between the reader's first step and its last.
"""

import contextlib
import functools
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from chalicelib.domain.errors import LeaseLost
from chalicelib.domain.measures import StreamFacts
from chalicelib.domain.refusals import KeyInUse
from chalicelib.domain.streams import EndReason, StreamState, stream_reading
from chalicelib.services.reading import discovery, running
from chalicelib.services.streams import backstop
from chalicelib.services.streams.lifecycle import StreamHold
from chalicelib.store import channels, nodes, streams
from tests.integration.store.conftest import Clock, LeasedStudio, Node
from tests.support.studio import REGION

Moment = tuple[str, int]  # status, seq

ACTIONS = ["media", "lost", "stop", "publish here", "publish there", "crash", "restart", "sweep"]


class World:
    """One channel, two nodes, and what was true of the channel after each step."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.studio = LeasedStudio(self.clock)
        self.nodes = [Node(self.clock), Node(self.clock)]
        self.hold: StreamHold | None = None
        self.history: list[Moment] = [("OFFLINE", 0)]

    def act(self, action: str) -> None:
        """One step of the world; what cannot happen now does nothing."""
        with contextlib.suppress(KeyInUse, LeaseLost):
            self._act(action)
        self.history.append(self._truth())

    def act_all(self, actions: list[str]) -> None:
        for action in actions:
            self.act(action)

    def _act(self, action: str) -> None:
        now, hold = self.clock.now, self.hold
        if action in ("publish here", "publish there"):
            publisher = self.nodes[action == "publish there"].publisher()
            self.hold = StreamHold(self.studio.claim(publisher))
        elif action == "crash":
            holder = self.studio.channel.lease.holder
            crashed, other = self.nodes if holder and holder.node_id == self.nodes[0].node_id else self.nodes[::-1]
            crashed.crash()
            other.renew()
        elif action == "restart":
            self.nodes[0] = self.nodes[0].restarted()
        elif action == "sweep":
            backstop.sweep_at_once([REGION], now)
        elif hold is not None and action == "media":
            hold.media(now, StreamFacts())
        elif hold is not None and action == "lost":
            hold.lost(now, now, 0)
        elif hold is not None and action == "stop":
            hold.end(EndReason.CLEAN_STOP, now, 0)

    def _truth(self) -> Moment:
        """Nothing moves while it is found out; said in words of its own, not by the code under test."""
        channel = self.studio.channel
        stream = streams.find(channel.stream_id) if channel.stream_id else None
        if stream is None:
            return "OFFLINE", 0
        session = nodes.find(stream.node_id)
        lives = session is not None and session.incarnation == stream.incarnation
        past_session = self.clock.now - session.expires_at if lives and session is not None else 1 << 40
        if stream.state is StreamState.LIVE:
            status = "LIVE" if past_session <= 1_000 else "RECONNECTING" if past_session < 3_000 else "OFFLINE"
        elif stream.state is StreamState.RECONNECTING:
            status = "RECONNECTING"
        else:
            status = "OFFLINE"
        return status, stream.seq


@pytest.fixture
def before_each_read(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], None]]:
    """What is in the list happens before the next read of rows, once."""
    pending: list[Callable[[], None]] = []
    busy = False

    def interleaved(read: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            nonlocal busy
            if pending and not busy:
                busy = True
                try:
                    pending.pop(0)()
                finally:
                    busy = False
            return read(*args, **kwargs)

        return wrapped

    for module, name in [(channels, "find"), (streams, "find"), (streams, "many"), (streams, "of_channel"),
                         (nodes, "find"), (nodes, "sessions_of")]:  # fmt: skip
        monkeypatch.setattr(module, name, interleaved(getattr(module, name)))
    return pending


def by_channel(world: World) -> Moment:
    seen = discovery.view(channels.get(world.studio.channel_id), world.clock.now)
    return seen.reading.status.value, seen.seq


def by_list_of_the_owner(world: World) -> str:
    page = discovery.streams_of(channels.get(world.studio.channel_id), 1, None, world.clock.now)
    return _status(page[0].state) if page else "OFFLINE"


def by_running_list(world: World) -> str:
    """As the lists of all that run judge a row that they read from the index."""
    stream_id = channels.get(world.studio.channel_id).stream_id
    found = [stream] if stream_id and (stream := streams.find(stream_id)) is not None else []
    seen = running.as_stored(found, world.clock.now)
    return stream_reading(*seen[0], world.clock.now).status.value if seen else "OFFLINE"


def _status(state: StreamState) -> str:
    return state.value if state in (StreamState.LIVE, StreamState.RECONNECTING) else "OFFLINE"


STEPS = st.lists(st.sampled_from(ACTIONS), max_size=3)
LIVE = ["publish here", "media"]


@pytest.mark.requirement("EN-5")
@pytest.mark.requirement("SS-6.4")
@pytest.mark.requirement("SS-3.3")
@pytest.mark.usefixtures("cloud")
@pytest.mark.timeout(300)
@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(before=st.lists(st.sampled_from(ACTIONS), max_size=6), between=st.lists(STEPS, max_size=5))
@example(before=LIVE, between=[[], ["lost"]])
@example(before=[*LIVE, "lost"], between=[[], ["publish there", "media"]])
@example(before=[*LIVE, "lost"], between=[[], ["publish here"], ["media"]])
@example(before=LIVE, between=[[], [], ["crash", "publish there"]])
@example(before=LIVE, between=[[], [], ["lost", "publish there", "restart"]])
@example(before=LIVE, between=[[], ["stop", "publish there", "media"]])
@example(before=LIVE, between=[["stop"], ["publish there"], ["media"]])
def test_a_reader_sees_only_what_was_so_while_it_read(
    before_each_read: list[Callable[[], None]], before: list[str], between: list[list[str]]
) -> None:
    for reader in (by_channel, by_list_of_the_owner, by_running_list):
        before_each_read.clear()
        world = World()
        world.act_all(before)
        began = len(world.history) - 1
        for actions in between:
            before_each_read.append(functools.partial(world.act_all, actions))
        seen = reader(world)
        whole = world.history[began:]
        possible = whole if reader is by_channel else [status for status, _ in whole]
        assert seen in possible, (reader.__name__, before, between, whole)
