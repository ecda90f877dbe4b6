"""Each action of the fleet, done by the real services against the emulator: what it asks of AWS, and its CPU.

Units are counted in one pass and CPU in another: counting reads every row twice more. CPU is the process's own, all
threads together, and the least of several rounds: whatever else runs on the machine only adds to it.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count
from random import Random

from ulid import ULID

from benchmarks.scale.ledger import Ledger
from chalicelib.domain.audience import Audience
from chalicelib.domain.events import DashboardConnected, StreamMetrics, StreamStateChange
from chalicelib.domain.findings import FindingCode, Severity
from chalicelib.domain.leases import Holder
from chalicelib.domain.live_index import shard_of
from chalicelib.domain.measures import Counted, Pulse, StreamFacts
from chalicelib.domain.metadata import Search
from chalicelib.domain.nodes import NodeInfo
from chalicelib.domain.samples import Sample as Sampled
from chalicelib.domain.samples import Sampler, SampleRow
from chalicelib.domain.streams import EndReason
from chalicelib.domain.timeline import Entry
from chalicelib.domain.topics import Listener, Topic
from chalicelib.domain.totals import Raised, StreamTotals
from chalicelib.services import bus, fanout, limits, watches
from chalicelib.services.reading import discovery
from chalicelib.services.streams import admission, backstop, fleet, records
from chalicelib.services.streams.lifecycle import StreamHold
from chalicelib.services.streams.reaping import Reaper
from chalicelib.store import models, nodes
from infra.actions import Measured
from tests.support.studio import REGION, Studio, now_ms

BROADCASTS = 50  # of a round
LIVE = 200  # streams while lists and sweeps are measured
PEERS = 40
WATCHED = 500  # channels of a node
VIEWERS = 10  # of a channel
HEARD = 100  # the first of the live streams that have listeners
COPIES = 3_000  # further rows of live streams, for the sweep
PAGE = 50
ROUNDS = 3
LASTS = 3_600_000  # ms
EVENTS_A_REQUEST, ROWS_A_REQUEST = 10, 25  # as the node's telemetry sends them while many publishers come
FACTS = StreamFacts(
    width=1920,
    height=1080,
    fps=60.0,
    video_codec="h264",
    video_profile="High",
    video_level="4.2",
    audio_codec="aac",
    audio_sample_rate=48_000,
    audio_channels=2,
    encoder="obs-output module (libobs version 31.0.0)",
)

COUNTED = Counted(
    Audience(viewers=10, peak_viewers=20, watched_s=36_000.5, counted_s=3_600.25),
    StreamTotals(
        measured_s=3_600,
        kilobits=21_600_000,
        peak_kbps=6_400.5,
        raised={FindingCode.BITRATE_UNSTABLE: Raised(count=2, severity=Severity.WARNING)},
    ),
)


def _minute() -> tuple[Sampled, ...]:
    """The most that a pulse may carry: the samples of a whole minute."""
    draw, sampler = Random(1), Sampler()
    for second in range(60):
        video, audio = draw.gauss(5_840, 100), draw.gauss(160, 2)
        values = {"bitrate_kbps": video + audio, "video_bitrate_kbps": video, "audio_bitrate_kbps": audio}
        sampler.add(
            second * 1_000, values | {"video_fps": draw.gauss(60, 0.1), "keyframe_interval_s": 2, "viewers": 10}
        )
    return tuple(sampler.unfinished)


MINUTE = _minute()


class Sample:
    """`rows` measures everything, in the order in which the rows of each step are the next one's stock."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._numbers = count()
        self._node = NodeInfo("bench-node", "run", "127.0.0.1", REGION, 1_000, now_ms())
        self._live: list[tuple[Studio, StreamHold]] = []

    def rows(self) -> Iterator[tuple[str, Measured]]:
        fleet.warm_up()
        nodes.register(self._node, now_ms() + LASTS)
        yield "start and end", self._of(BROADCASTS, self._broadcasts)
        self._live = [self._start() for _ in range(LIVE)]
        yield "measures of a stream", self._of(ROWS_A_REQUEST, self._pulses)
        yield "samples of a stream", self._of(ROWS_A_REQUEST, self._samples)
        membership = fleet.NodeMembership(NodeInfo("bench-renewing", "run", "", REGION, 1_000, now_ms()))
        membership.join(now_ms())
        yield "renewal", self._of(20, lambda: [membership.renew(now_ms, 500) for _ in range(20)])
        for number in range(WATCHED):
            watches.watch(self._node.node_id, f"ch_watched{number:019}", now_ms())
        yield "look at watches", self._of(20, lambda: [watches.of_node("bench-node", now_ms()) for _ in range(20)])
        yield "look at peers", self._of(20, self._peers())
        yield "dashboard opens", self._of(20, lambda: self._open_all(20))
        yield "viewer's page opens", self._of(VIEWERS, lambda: self._view_all(0))
        for number in range(HEARD, HEARD + 20):
            self._open(number, Listener.OWNER)
        yield "measures to a dashboard", self._of(20, lambda: self._measured(20, for_viewers=False))
        self._view_all(HEARD)
        yield "measures to a viewer", self._measures_to_viewers()
        yield "state change", self._of(10, self._state_changes)
        yield "page of the public list", self._of(1, self._list)
        yield "sweep, a stream", self._sweep()

    def _sweep(self) -> Measured:
        """What a stream adds: a run has costs of its own, which do not grow."""
        few = self._of(1, lambda: backstop.without_node([REGION], now_ms()))
        with models.Stream.batch_write() as batch:
            for row in self._copies():
                batch.save(row)
        many = self._of(1, lambda: backstop.without_node([REGION], now_ms()))
        return Measured(
            calls=(many.calls - few.calls) / COPIES,
            read_units=(many.read_units - few.read_units) / COPIES,
            cpu_s=(many.cpu_s - few.cpu_s) / COPIES,
            read={"streams/live": (many.read["streams/live"] - few.read["streams/live"]) / COPIES},
        )

    def _copies(self) -> Iterator[models.Stream]:
        """Rows as that of a live stream, under ids of their own."""
        row = models.Stream.get(self._live[0][1].grant.stream_id)
        for _ in range(COPIES):
            stream_id = str(ULID())
            own = {"stream_id": stream_id, "live": shard_of(REGION, stream_id)}
            yield models.Stream(**(row.attribute_values | own))

    def _of(self, times: int, action: Callable[[], object], prepare: Callable[[], None] = lambda: None) -> Measured:
        """`action` does `times` of what is measured."""
        action()  # makes clients, fills caches
        with self._ledger.open() as costs:
            action()
        cpu = []
        for _ in range(ROUNDS):
            began = time.process_time()
            action()
            cpu.append(time.process_time() - began)
        return Measured(
            costs.calls / times,
            costs.read_units / times,
            costs.write_units / times,
            costs.events / times,
            costs.posts / times,
            min(cpu) / times,
            _by_place(costs.written, times),
            _by_place(costs.read, times),
        )

    # --- a node --------------------------------------------------------------------------------------------------

    def _broadcasts(self) -> None:
        """As many start and end as a storm brings: their events and records fill the requests."""
        events: list[StreamStateChange] = []
        kept: list[StreamStateChange | Entry] = []
        for _ in range(BROADCASTS):
            _, hold = self._start(events)
            if (ended := hold.end(EndReason.CLEAN_STOP, now_ms(), 1_000_000, counted=COUNTED)) is not None:
                events.append(ended)
            # What the connection was, and that it is over: as `ConnectionRecord` says it.
            facts = {"client_ip": "192.0.2.1", "bytes_in": 1_000_000, "reason": "clean_stop", "key_id": "k" * 30}
            kept.append(Entry(hold.grant.stream_id, hold.next_seq(), now_ms(), "Connection", facts))
        kept += events
        for start in range(0, len(events), EVENTS_A_REQUEST):
            bus.publish(events[start : start + EVENTS_A_REQUEST])
        for start in range(0, len(kept), ROWS_A_REQUEST):
            records.keep(kept[start : start + ROWS_A_REQUEST])

    def _start(self, events: list[StreamStateChange] | None = None) -> tuple[Studio, StreamHold]:
        studio = self._studio()
        key = admission.authenticate(studio.stream_key, now_ms())
        holder = Holder(self._node.node_id, self._node.incarnation, f"publisher-{next(self._numbers)}")
        hold = StreamHold(admission.claim(key, holder, "192.0.2.1", now_ms(), flash_version="FMLE/3.0"))
        started = hold.media(now_ms(), FACTS)
        if events is not None and started is not None:
            events += [hold.created(now_ms(), "192.0.2.1"), started]
        return studio, hold

    def _studio(self) -> Studio:
        return self._spare.pop() if self._spare else Studio()

    _spare: list[Studio] = []  # noqa: RUF012 - replaced by `stock`

    def _pulses(self) -> None:
        records.keep_pulses([self._pulse(n) for n in range(ROWS_A_REQUEST)])

    def _pulse(self, number: int) -> Pulse:
        studio, hold = self._live[number]
        return Pulse(
            channel_id=studio.channel_id,
            stream_id=hold.grant.stream_id,
            seq=hold.next_seq(),
            at=now_ms(),
            started_at=hold.started_at or now_ms(),
            bitrate_kbps=6_000.0,
            video_bitrate_kbps=5_840.0,
            audio_bitrate_kbps=160.0,
            fps=60.0,
            bytes_in=10**9,
            facts=FACTS,
            audience=COUNTED.audience,
            recent=MINUTE,
            totals=COUNTED.totals,
        )

    def _samples(self) -> None:
        at = now_ms()
        records.keep_samples([SampleRow(self._live[n][1].grant.stream_id, at, MINUTE) for n in range(ROWS_A_REQUEST)])

    def _peers(self) -> Callable[[], object]:
        for number in range(PEERS):
            nodes.register(NodeInfo(f"bench-{number}", "run", "127.0.0.1", REGION, 1_000, now_ms()), now_ms() + LASTS)
        reaper, at = Reaper(self._node), now_ms()
        reaper.sweep(at)  # reads the list of nodes, which is counted by itself
        return lambda: [reaper.sweep(at) for _ in range(20)]

    # --- functions -----------------------------------------------------------------------------------------------

    def _open_all(self, dashboards: int) -> None:
        for number in range(dashboards):
            self._open(number, Listener.OWNER)

    def _view_all(self, number: int) -> None:
        for _ in range(VIEWERS):
            self._open(number, Listener.PUBLIC)

    def _open(self, number: int, listener: Listener) -> None:
        studio, _ = self._live[number]
        serial = next(self._numbers)
        user = f"user-{serial}" if listener is Listener.OWNER else None
        name, topic, now = f"bench-{serial}", Topic(studio.channel_id, listener), now_ms()
        fanout.join(name, topic, user, now, places=limits.places_of(user, f"192.0.2.{serial % 250}/{serial}"))
        fanout.greet(DashboardConnected(connection_id=name, channel_id=studio.channel_id, at=now), now_ms)

    def _measured(self, channels: int, *, for_viewers: bool) -> None:
        pulses = [self._pulse(HEARD + n) for n in range(channels)]
        event = StreamMetrics(node_id=self._node.node_id, at=now_ms(), pulses=pulses, for_viewers=for_viewers)
        bus.publish([event])
        fanout.measured(event)

    def _measures_to_viewers(self) -> Measured:
        """Of a channel with its viewers and its owners, less what its owners alone cost."""
        both = self._of(1, lambda: self._measured(1, for_viewers=True))
        alone = self._of(1, lambda: self._measured(1, for_viewers=False))
        viewers = both.posts - alone.posts
        return Measured(
            (both.calls - alone.calls) / viewers,
            (both.read_units - alone.read_units) / viewers,
            0.0,
            0.0,
            1.0,
            max(0.0, both.cpu_s - alone.cpu_s) / viewers,
        )

    def _state_changes(self) -> None:
        _, hold = self._live[HEARD]
        change = hold.waiting(now_ms())
        for _ in range(10):
            fanout.state_changed(change)

    def _list(self) -> None:
        discovery.public_streams(Search(), PAGE, None, now_ms())

    def stock(self, studios: int) -> None:
        """Channels and keys for the broadcasts to come."""
        self._spare = [Studio() for _ in range(studios)]


def _by_place(heat: Counter[tuple[str, str]], times: int) -> dict[str, float]:
    by_place: Counter[str] = Counter()
    for (place, _), units in heat.items():
        by_place[place] += units
    return {place: units / times for place, units in by_place.items()}
