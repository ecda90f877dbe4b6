"""The clip that real encoders send, made once a session, and a node that waits for an encoder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.browser.nodes import running_node
from tests.support import tools
from tests.support.encoders import Clip, make_clip
from tests.support.nodes import Node
from tests.support.stack import Stack


@pytest.fixture(scope="session")
def clip(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Clip:
    tools.need(request.node.nodeid or "tests that send the clip", "ffmpeg")
    return make_clip(tmp_path_factory.mktemp("clip"))


@pytest.fixture
def patient_node(stack: Stack, tmp_path: Path) -> Iterator[Node]:
    """Whose interrupted streams wait a minute: time to load a page again, or for an encoder to come back."""
    with running_node(stack, tmp_path, module="tests.support.patient_node") as node:
        yield node
