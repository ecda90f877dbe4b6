"""Real ingest node processes against the emulator, and publishers made of `RtmpPeer` on real sockets."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from ulid import ULID

from chalicelib import aws
from chalicelib.domain.streams import ChannelStatus
from local.children import die_with
from local.loopback import answers
from local.settings import HOST
from tests.support.nodes import Node as Node
from tests.support.ports import free_ports
from tests.support.publisher import STARTED, Publisher
from tests.support.relay import Relay, relaying
from tests.support.stack import Emulator, in_environment, running_emulator
from tests.support.studio import Studio
from tests.support.waiting import until

# An encoder that comes back to it is in time, however busy the machine is.
PATIENT = "tests.support.patient_node"

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
def own_cloud(tmp_path: Path) -> Iterator[Emulator]:
    """An emulator that the test may stop; this process's stores use it."""
    with running_emulator(tmp_path / "cloud") as own, in_environment(own):
        yield own


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
def taken_over(publish: Publish) -> Callable[[Node, Studio], Publisher]:
    """The encoder again, once this node accepts it, when the node that had the channel was killed; on air."""

    def start(node: Node, studio: Studio) -> Publisher:
        def back() -> Publisher | None:
            publisher = publish(node, studio.stream_key)
            return publisher if publisher.publish() == STARTED else None

        publisher = until(back, "the other node takes the stream", 30)
        publisher.go_on_air()
        return publisher

    return start


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


@pytest.fixture
def storage_relay(monkeypatch: pytest.MonkeyPatch) -> Iterator[Relay]:
    """Before an S3 of its own, for the emulator answers to its own name only; this process asks it directly."""
    (port,) = free_ports(1)
    command = [sys.executable, "-m", "moto.server", "-H", HOST, "-p", str(port)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, preexec_fn=die_with(os.getpid())) as server:
        try:
            until(lambda: answers(f"http://{HOST}:{port}/moto-api/"), "S3 answers")
            monkeypatch.setenv("AWS_ENDPOINT_URL_S3", f"http://{HOST}:{port}")
            aws.client.cache_clear()
            with relaying(port) as between:
                yield between
        finally:
            server.kill()
            aws.client.cache_clear()
