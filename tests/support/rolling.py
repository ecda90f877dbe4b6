"""All nodes are replaced by new ones while encoders stream through a load balancer; what each stream noticed of it."""

import contextlib
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ulid import ULID

from chalicelib.domain.streams import ChannelStatus
from tests.support.balancer import Balancer
from tests.support.encoders import Clip, Program
from tests.support.nodes import Node
from tests.support.ports import free_ports
from tests.support.stack import Emulator
from tests.support.studio import Studio
from tests.support.waiting import until

RECONNECT_S = 1.5  # OBS: 2 s, ffmpeg has no reconnect of its own for output


class ReconnectingFfmpeg:
    """Sends the clip again and again; begins anew some moments after its connection is gone, as OBS does."""

    def __init__(self, clip: Clip, url: str, key: str) -> None:
        self._command = ["ffmpeg", "-hide_banner", "-nostdin", "-nostats", "-loglevel", "error", "-re"]
        self._command += ["-stream_loop", "-1", "-i", str(clip.path), "-c", "copy", "-f", "flv", f"{url}/{key}"]
        self._hide = {key: "<key>"}
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._ending.is_set():
            with Program("ffmpeg", self._command, hide=self._hide) as program:
                while program.running and not self._ending.wait(0.1):
                    pass
            self._ending.wait(RECONNECT_S)

    def end(self) -> None:
        self._ending.set()
        self._thread.join(15)


@dataclass(frozen=True)
class Fleet:
    """Starts nodes behind a load balancer."""

    cloud: Emulator
    folder: Path
    balancer: Balancer
    ending: contextlib.ExitStack
    settings: dict[str, object]

    def start(self, count: int) -> list[Node]:
        """Nodes that get publishers."""
        started = []
        for _ in range(count):
            (health_port,) = free_ports(1)
            log = self.folder / f"node-{ULID()}.log"
            node = Node(self.cloud.env, log, health_port=health_port, **self.settings)
            self.ending.callback(node.end)
            started.append((node, self.balancer.add(node.port, health_port)))
        for node, target in started:
            node.listening()
            until(lambda target=target: target.is_healthy, "the load balancer finds it ready", 60)  # type: ignore[misc]
        return [node for node, _ in started]


@contextlib.contextmanager
def fleet(cloud: Emulator, folder: Path, **settings: object) -> Iterator[Fleet]:
    with contextlib.ExitStack() as ending:
        balancer = ending.enter_context(Balancer())
        yield Fleet(cloud, folder, balancer, ending, settings)


@dataclass(frozen=True)
class Replaced:
    """`drains`: seconds that each old node took. `interruptions`: seconds in which each stream was not LIVE."""

    drains: list[float]
    interruptions: dict[str, list[float]]


def replace_all(fleet: Fleet, old: list[Node], studios: list[Studio]) -> Replaced:
    """New nodes first, then the old ones one after another. Fails unless each stream goes on under its id."""
    ids = {studio.channel_id: studio.stream().stream_id for studio in studios}
    new = fleet.start(len(old))
    drains = []
    for node in old:
        began = time.monotonic()
        node.send(signal.SIGTERM)
        assert node.process.wait(120) == 0, node.tail()
        drains.append(time.monotonic() - began)
    until(lambda: all(studio.is_(ChannelStatus.LIVE) for studio in studios), "all are LIVE")
    names = {node.node_id for node in new}
    for studio in studios:
        stream = studio.stream()
        assert (stream.stream_id, stream.end_reason) == (ids[studio.channel_id], None)
        assert stream.node_id in names
        assert "Stream End" not in studio.kinds()
    assert not any(node.logged("publisher_refused") for node in (*old, *new))
    return Replaced(drains, {studio.channel_id: interruptions(studio) for studio in studios})


def interruptions(studio: Studio) -> list[float]:
    """From each interruption to the resumption that follows it, in seconds."""
    found, since = [], None
    for entry in studio.timeline():
        if entry.kind == "Stream Interrupted":
            since = entry.at
        elif entry.kind == "Stream Resumed" and since is not None:
            found.append((entry.at - since) / 1000)
            since = None
    return found


def all_live(studios: list[Studio], within: float = 90) -> None:
    until(lambda: all(studio.is_(ChannelStatus.LIVE) for studio in studios), "all are LIVE", within)
