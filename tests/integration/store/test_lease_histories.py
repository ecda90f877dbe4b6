"""Any history of claims, losses, crashes and clean-ups, against the emulator with a clock of the test's own."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from chalicelib.domain.errors import LeaseLost
from chalicelib.domain.leases import is_over
from chalicelib.domain.measures import StreamFacts
from chalicelib.domain.refusals import KeyInUse
from chalicelib.domain.streams import LATE, ChannelStatus, EndReason, StreamState
from chalicelib.services.reading.discovery import view
from chalicelib.services.streams import backstop, orders
from chalicelib.services.streams.lifecycle import StreamHold
from chalicelib.store import nodes, streams
from tests.integration.store.conftest import Clock, LeasedStudio, Node
from tests.support.studio import REGION

EXAMPLES = 25
STEPS = 25


class Histories(RuleBasedStateMachine):
    """Two nodes and their publishers on one channel. A hold stays in the game after it is lost: as a zombie."""

    holds = Bundle("holds")

    @initialize()
    def start(self) -> None:
        self.clock = Clock()
        self.studio = LeasedStudio(self.clock)
        self.nodes = [Node(self.clock), Node(self.clock)]
        self.fence = 0
        self.ended: set[str] = set()
        self.seen: set[str] = set()

    @rule(target=holds, which=st.integers(0, 1))
    def claim(self, which: int) -> object:
        node = self.nodes[which]
        if self.clock.now >= node.membership.expires_at:
            return multiple()  # a node that is not sure of its session claims nothing
        before = self.studio.channel
        held = before.lease.holder
        dead = held is not None and is_over(nodes.find(held.node_id), held.incarnation, self.clock.now)
        try:
            grant = self.studio.claim(node.publisher())
        except KeyInUse:
            assert held is not None
            assert not dead
            return multiple()
        assert held is None or dead, "taken from somebody who lives"
        assert grant.fence > before.lease.fence
        assert grant.resumed == (grant.stream_id == before.stream_id)
        return StreamHold(grant)

    @rule(hold=holds, what=st.sampled_from(["media", "lost", "clean stop", "measured"]))
    def publish(self, hold: StreamHold, what: str) -> None:
        """Whoever ever held the channel goes on writing; only the present fence may succeed."""
        now, state = self.clock.now, hold.state
        present = self.studio.fence == hold.grant.fence
        try:
            if what == "media":
                wrote = hold.media(now, StreamFacts()) is not None
            elif what == "lost":
                wrote = hold.lost(now, now, 0) is not None
            elif what == "measured":
                hold.measured(StreamFacts(width=now % 1000 + 1))
                wrote = state is StreamState.LIVE
            else:
                wrote = hold.end(EndReason.CLEAN_STOP, now, 0) is not None
        except LeaseLost:
            return
        assert present or not wrote, "a zombie wrote"

    @rule(which=st.integers(0, 1))
    def renew(self, which: int) -> None:
        self.nodes[which].renew()

    @rule(which=st.integers(0, 1))
    def restart(self, which: int) -> None:
        self.nodes[which] = self.nodes[which].restarted()

    @rule(ms=st.sampled_from([500, 3_000, 8_000, 20_000]))
    def wait(self, ms: int) -> None:
        self.clock.forward(ms)

    @rule()
    def sweep(self) -> None:
        backstop.sweep_at_once([REGION], self.clock.now)

    @rule()
    def stop_from_the_dashboard(self) -> None:
        stream = orders.running_stream(self.studio.channel_id)
        if stream is not None:
            orders.order_end(stream.stream_id, EndReason.STOPPED, self.clock.now)

    @invariant()
    def the_rules_hold(self) -> None:
        if not hasattr(self, "studio"):
            return
        channel = self.studio.channel
        assert channel.lease.fence >= self.fence, "the fence fell"
        self.fence = channel.lease.fence
        if channel.stream_id is not None:
            self.seen.add(channel.stream_id)
        states = {stream_id: streams.get(stream_id).state for stream_id in self.seen}
        running = {stream_id for stream_id, state in states.items() if state is not StreamState.ENDED}
        assert not running & self.ended, "an ended stream lives again"
        assert running <= {channel.stream_id}, "two streams of one channel"
        self.ended |= states.keys() - running
        if channel.lease.holder is not None:
            assert channel.stream_id in running, "a lease without a stream"
        reading = view(channel, self.clock.now).reading
        if reading.status is ChannelStatus.LIVE:
            assert channel.lease.holder is not None
            session = nodes.find(channel.lease.holder.node_id)
            assert not is_over(session, channel.lease.holder.incarnation, self.clock.now), "LIVE on a dead node"
        assert reading.until is None or reading.until > self.clock.now - LATE


@pytest.mark.requirement("SS-6.4")
@pytest.mark.requirement("SO-12")
@pytest.mark.usefixtures("cloud")
@pytest.mark.timeout(300)
def test_no_history_breaks_the_rules() -> None:
    run_state_machine_as_test(
        Histories,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
