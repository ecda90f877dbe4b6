"""Streams of a leased studio, in the state that a test begins with."""

from chalicelib.domain.leases import Grant
from chalicelib.domain.measures import StreamFacts
from chalicelib.domain.streams import ChannelStatus
from chalicelib.services.reading.discovery import view
from chalicelib.services.streams.lifecycle import StreamHold
from chalicelib.services.streams.reaping import Reaper
from tests.integration.store.conftest import Clock, LeasedStudio, Node

EVERYBODY = 1_000_000  # watchers of each node


def live(studio: LeasedStudio, node: Node) -> StreamHold:
    hold = StreamHold(studio.claim(node.publisher()))
    hold.media(studio.clock.now, StreamFacts(width=640, height=360))
    return hold


def waiting(studio: LeasedStudio, node: Node) -> StreamHold:
    """A stream whose encoder is gone since now."""
    hold = live(studio, node)
    hold.lost(studio.clock.now, studio.clock.now, 1_000)
    return hold


def status(studio: LeasedStudio) -> ChannelStatus:
    return view(studio.channel, studio.clock.now).reading.status


def reaper_of(node: Node) -> Reaper:
    """Its look at all others: the emulator has the nodes of many tests, and which are neighbours is chance."""
    return Reaper(node.membership.node, node.membership.may_declare_dead, watchers=EVERYBODY)


def peer(clock: Clock) -> Reaper:
    """That of a node which may judge."""
    return Reaper(Node(clock).membership.node, watchers=EVERYBODY)


def ended_of(reaper: Reaper, grant: Grant, clock: Clock) -> list[str | None]:
    return [event.reason for event in reaper.sweep(clock.now) if event.stream_id == grant.stream_id]
