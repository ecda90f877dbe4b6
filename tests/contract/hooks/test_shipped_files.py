"""The configuration files in docs/integrations call what is there, and MediaMTX's commands do what they should."""

import re
import shlex
import subprocess
import uuid
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml

from app import app
from local.settings import ROOT
from tests.contract.hooks.conftest import Hooks
from tests.support.broadcaster import Broadcaster

INTEGRATIONS = ROOT / "docs" / "integrations"
API = "https://api.example.com"


def mediamtx() -> dict[str, Any]:
    return dict(yaml.safe_load((INTEGRATIONS / "mediamtx" / "mediamtx.yml").read_text()))


@pytest.mark.parametrize("name", ["mediamtx/mediamtx.yml", "srs/srs.conf", "ome/Server.xml", "nginx-rtmp/nginx.conf"])
def test_every_address_in_a_shipped_file_is_a_route(name: str) -> None:
    text = (INTEGRATIONS / name).read_text()
    called = {match.rstrip("/") for match in re.findall(r"/hooks/[a-z-]+(?:/[a-z_]+)?", text)}
    routes = set(app.routes)
    assert called
    assert {path for path in called if path not in routes} <= {"/hooks/nginx-rtmp"}  # a `location` for all of them


def test_ome_file_is_well_formed() -> None:
    root = ET.parse(INTEGRATIONS / "ome" / "Server.xml").getroot()  # noqa: S314 - our own file
    assert root.findtext("ControlServerUrl") == f"{API}/hooks/ome"


def test_mediamtx_refuses_a_second_publisher_by_itself_too() -> None:
    assert mediamtx()["pathDefaults"]["overridePublisher"] is False
    (pattern,) = mediamtx()["paths"]
    assert re.match(pattern.removeprefix("~"), "live/ch_0458aa85d3be9735a44a8820")
    assert not re.match(pattern.removeprefix("~"), "live/a b;c")


@pytest.mark.needs("curl")
@pytest.mark.requirement("SO-3")
def test_mediamtx_commands_tell_us_what_happens(hooks: Hooks, broadcaster: Broadcaster, tmp_path: Path) -> None:
    (path,) = mediamtx()["paths"].values()
    config = tmp_path / "stream-sync.curl"
    shipped = (INTEGRATIONS / "mediamtx" / "stream-sync.curl").read_text()
    config.write_text(shipped.replace("HOOK_SECRET", hooks.secret))
    channel_id, connection = str(broadcaster.channel()["channel_id"]), str(uuid.uuid4())

    def run(command: str) -> int:
        """As MediaMTX does: variables put in, no shell."""
        text = command.replace(API, hooks.url).replace("/etc/mediamtx/stream-sync.curl", str(config))
        for name, value in (
            ("MTX_PATH", f"live/{channel_id}"),
            ("MTX_SOURCE_TYPE", "rtmpConn"),
            ("MTX_SOURCE_ID", connection),
        ):
            text = text.replace(f"${name}", value)
        return subprocess.run(shlex.split(text), timeout=30, check=False).returncode

    assert run(path["runOnAvailable"]) != 0  # nobody was let in
    assert hooks.mediamtx_auth(path=f"live/{channel_id}", id=connection, token=broadcaster.key).status == 204
    assert run(path["runOnAvailable"]) == 0
    assert broadcaster.channel()["status"] == "LIVE"
    assert run(path["runOnUnavailable"]) == 0
    assert broadcaster.channel()["status"] == "OFFLINE"
