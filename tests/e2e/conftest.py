"""The clip that real encoders send, made once a session."""

import pytest

from tests.support import tools
from tests.support.encoders import Clip, make_clip


@pytest.fixture(scope="session")
def clip(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Clip:
    tools.need(request.node.nodeid or "tests that send the clip", "ffmpeg")
    return make_clip(tmp_path_factory.mktemp("clip"))
