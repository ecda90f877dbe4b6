"""Real ingest node processes against the emulator, and publishers made of `RtmpPeer` on real sockets."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ulid import ULID

from chalicelib.domain.streams import ChannelStatus
from local.children import die_with
from local.settings import HOST, ROOT
from tests.support.ports import free_ports
from tests.support.publisher import STARTED, Publisher
from tests.support.stack import Emulator
from tests.support.studio import Studio
from tests.support.waiting import until

LOG_TAIL = 40  # lines


class Node:
    """One `python -m ingest_container`."""

    def __init__(self, env: dict[str, str], log: Path, **settings: object) -> None:
        (self.port,) = free_ports(1)
        self.node_id = str(settings.pop("node_id", f"node-{ULID()}"))
        module = str(settings.pop("module", "ingest_container"))
        self._log = log
        named = {f"STREAM_SYNC_{name.upper()}": str(value) for name, value in settings.items()}
        own = {
            "STREAM_SYNC_NODE_ID": self.node_id,
            "STREAM_SYNC_RTMP_HOST": HOST,
            "STREAM_SYNC_RTMP_PORT": str(self.port),
        }
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", module],
                cwd=ROOT,
                env=env | own | named,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                preexec_fn=die_with(os.getpid()),
            )

    def listening(self) -> "Node":
        until(lambda: self.logged("listening"), "the node listens", 30)
        return self

    def text(self) -> str:
        return self._log.read_text()

    def logged(self, event: str, **fields: object) -> list[dict[str, Any]]:
        """Its log's entries with this event code and these fields."""
        lines = (json.loads(line) for line in self.text().splitlines() if line.startswith("{") and line.endswith("}"))
        return [line for line in lines if line.get("event") == event and fields.items() <= line.items()]

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def end(self) -> None:
        """However it is, it is gone afterwards; pytest shows the end of its log beside a failure."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(10)
        print(f"--- {self.node_id}", *self.text().splitlines()[-LOG_TAIL:], sep="\n")


StartNode = Callable[..., Node]
Publish = Callable[..., Publisher]


@pytest.fixture(scope="package")
def shared_node(emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """For tests that do no harm to it. Ends with this package, or it would clean up after the nodes of other tests."""
    node = Node(emulator.env, tmp_path_factory.mktemp("node") / "node.log").listening()
    yield node
    node.end()


@pytest.fixture
def node(cloud: Emulator, shared_node: Node) -> Node:
    """The shared node; it must have survived the test before this one."""
    assert shared_node.process.poll() is None, shared_node.text()[-2000:]
    return shared_node


@pytest.fixture
def start_node(cloud: Emulator, tmp_path: Path) -> Iterator[StartNode]:
    """Nodes of the test's own; what it leaves is killed."""
    with contextlib.ExitStack() as ending:

        def start(env: dict[str, str] | None = None, **settings: object) -> Node:
            started = Node(env or cloud.env, tmp_path / f"node-{ULID()}.log", **settings)
            ending.callback(started.end)
            return started.listening()

        yield start


@pytest.fixture
def publish() -> Iterator[Publish]:
    """Publishers whose sockets are closed in the end."""
    with contextlib.ExitStack() as ending:

        def connect(node: Node, stream_key: str, app: str = "live") -> Publisher:
            publisher = Publisher(node.port, stream_key, app)
            ending.callback(publisher.drop)
            return publisher

        yield connect


@pytest.fixture
def studio(cloud: Emulator) -> Studio:
    return Studio()


@pytest.fixture
def on_air(publish: Publish) -> Callable[[Node, Studio], Publisher]:
    """A publisher whose channel is LIVE."""

    def start(node: Node, studio: Studio) -> Publisher:
        publisher = publish(node, studio.stream_key)
        assert publisher.publish() == STARTED
        publisher.go_on_air()
        until(lambda: studio.is_(ChannelStatus.LIVE), "LIVE")
        return publisher

    return start
