"""A live stream, and a storm of hostile connections from one address against the same node: what does it notice?"""

import contextlib
import io
import os
import socket
import ssl
import statistics
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.ingest.watch import cpu_seconds
from chalicelib.domain.streams import ChannelStatus
from local.settings import HOST
from tests.integration.node.conftest import Node
from tests.support.attacks import storm
from tests.support.certificates import make_certificate
from tests.support.ports import free_ports
from tests.support.publisher import STARTED, Publisher
from tests.support.rtmp_peer import RtmpPeer
from tests.support.stack import Emulator
from tests.support.storm import TLS_FLOODS
from tests.support.studio import Studio
from tests.support.waiting import until

PATIENCE = 10.0  # seconds until a handshake counts as not answered
BETWEEN = 0.1  # seconds between handshakes


@dataclass(frozen=True, slots=True)
class Noticed:
    """What was seen beside one kind of storm."""

    kind: str
    status: str  # of the live channel, the worst that was read
    handshake_median_ms: float
    handshake_worst_ms: float | None  # None: one was not answered
    node_cpu: float  # of a core


def _pin(pid: int, core: int) -> None:
    """The node on the first core, the storm on the last: it must not take the node's CPU from outside."""
    cores = sorted(os.sched_getaffinity(0))
    for thread in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(ProcessLookupError):
            os.sched_setaffinity(int(thread.name), {cores[core]})


def _handshake(port: int, context: ssl.SSLContext | None) -> float | None:
    """With `context` the one of TLS as well."""
    peer = RtmpPeer()
    began = time.monotonic()
    with contextlib.suppress(OSError), contextlib.ExitStack() as closing:
        connection = closing.enter_context(socket.create_connection((HOST, port), timeout=PATIENCE))
        if context is not None:
            connection = closing.enter_context(context.wrap_socket(connection, server_hostname=HOST))
        connection.sendall(peer.hello())
        while not peer.handshake_answered:
            data = connection.recv(65_536)
            if not data:
                return None
            peer.receive_data(data)
        return time.monotonic() - began
    return None


def watch(emulator: Emulator, kind: str, seconds: float, folder: Path) -> Noticed:
    """So many seconds of this storm against a new node."""
    context, target, settings = None, 0, {}
    if kind in TLS_FLOODS:
        certificate, key = make_certificate(folder, HOST)
        context = ssl.create_default_context(cafile=certificate)
        (target,) = free_ports(1)
        settings = {"rtmps_port": target, "tls_certificate": certificate, "tls_private_key": key}
    node = Node(emulator.env, folder / f"{kind}.log", **settings).listening()
    target = target or node.port
    try:
        _pin(node.process.pid, 0)
        studio = Studio()
        publisher = Publisher(node.port, studio.stream_key)
        assert publisher.publish() == STARTED
        publisher.go_on_air()
        until(lambda: studio.is_(ChannelStatus.LIVE), "LIVE")
        waits: list[float | None] = []
        seen = {ChannelStatus.LIVE}
        with storm(target, kind) as attacker:
            _pin(attacker, -1)
            time.sleep(1)
            began, cpu = time.monotonic(), cpu_seconds(node.process.pid)
            while time.monotonic() < began + seconds:
                waits.append(_handshake(target, context))
                seen.add(studio.status)
                time.sleep(BETWEEN)
            share = (cpu_seconds(node.process.pid) - cpu) / (time.monotonic() - began)
        publisher.drop()
    finally:
        with contextlib.redirect_stdout(io.StringIO()):  # the end of its log, for tests
            node.end()
    answered = [wait for wait in waits if wait is not None]
    worst = next((s for s in (ChannelStatus.OFFLINE, ChannelStatus.RECONNECTING) if s in seen), ChannelStatus.LIVE)
    return Noticed(
        kind,
        worst.value,
        round(1000 * (statistics.median(answered) if answered else PATIENCE), 1),
        round(1000 * max(answered), 1) if len(answered) == len(waits) else None,
        round(share, 2),
    )
