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
from chalicelib import config
from chalicelib.domain.streams import Stream, StreamState
from chalicelib.services.serializers import media
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


@pytest.mark.requirement("EN-11")
def test_mediamtx_excludes_from_authentication_only_what_it_does_not_serve() -> None:
    shipped = mediamtx()
    excluded = [entry["action"] for entry in shipped["authHTTPExclude"]]
    assert "api" not in excluded
    assert [shipped[action] for action in excluded] == [False] * len(excluded)


def documented_environment(page: str) -> dict[str, str]:
    """Every `STREAM_SYNC_...='...'` that a page tells to set."""
    text = (INTEGRATIONS / page / "README.md").read_text()
    return dict(re.findall(r"(STREAM_SYNC_[A-Z_]+)='([^']*)'", text))


@pytest.mark.requirement("EN-11")
@pytest.mark.requirement("SO-14")
@pytest.mark.parametrize(
    ("page", "source", "ingest_url", "hls_url"),
    [
        (
            "mediamtx",
            "mediamtx",
            "rtmp://media.example.com:1935/live",
            "http://media.example.com:8888/live/ch_1/index.m3u8",
        ),
        ("nginx-rtmp", "nginx-rtmp", "rtmp://<this host>:1935/live", "http://<this host>:8080/hls/ch_1.m3u8"),
        ("srs", "srs", "rtmp://<host>/live", "http://<host>:8080/live/ch_1.m3u8"),
        ("ome", "ome", "rtmp://<host>:1935/app", "https://<host>:3334/app/ch_1/llhls.m3u8"),
    ],
    ids=lambda value: value if "/" not in value else "",
)
def test_who_follows_a_page_is_shown_that_server_to_send_to_and_to_play_from(
    monkeypatch: pytest.MonkeyPatch, page: str, source: str, ingest_url: str, hls_url: str
) -> None:
    for name, value in documented_environment(page).items():
        monkeypatch.setenv(name, value)
    config.settings.cache_clear()
    try:
        stream = Stream("S", "ch_1", "key_1", f"{source}:main:1", "run", 1, StreamState.LIVE, 0, source=source)
        assert config.settings().ingest_url("us-east-1") == ingest_url
        assert media.playback("ch_1", stream).hls_url == hls_url
    finally:
        monkeypatch.undo()
        config.settings.cache_clear()


@pytest.mark.needs("curl")
@pytest.mark.requirement("SO-3")
def test_mediamtx_commands_tell_us_what_happens(hooks: Hooks, broadcaster: Broadcaster, tmp_path: Path) -> None:
    (path,) = mediamtx()["paths"].values()
    curl_config = tmp_path / "stream-sync.curl"
    shipped = (INTEGRATIONS / "mediamtx" / "stream-sync.curl").read_text()
    curl_config.write_text(shipped.replace("HOOK_SECRET", hooks.secret))
    channel_id, connection = str(broadcaster.channel()["channel_id"]), str(uuid.uuid4())

    def run(command: str) -> int:
        """As MediaMTX does: variables put in, no shell."""
        text = command.replace(API, hooks.url).replace("/etc/mediamtx/stream-sync.curl", str(curl_config))
        for name, value in (
            ("MTX_PATH", f"live/{channel_id}"),
            ("MTX_SOURCE_TYPE", "rtmpConn"),
            ("MTX_SOURCE_ID", connection),
        ):
            text = text.replace(f"${name}", value)
        return subprocess.run(shlex.split(text), timeout=90, check=False).returncode

    assert run(path["runOnReady"]) != 0  # nobody was let in
    assert hooks.mediamtx_auth(path=f"live/{channel_id}", id=connection, token=broadcaster.key).status == 204
    assert run(path["runOnReady"]) == 0
    assert broadcaster.channel()["status"] == "LIVE"
    assert run(path["runOnNotReady"]) == 0
    assert broadcaster.channel()["status"] == "OFFLINE"
