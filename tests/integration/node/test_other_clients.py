"""Publishing clients of other makes at a real node: each goes LIVE, and is counted.

nginx-rtmp's relay (`push`), librtmp (GStreamer's rtmpsink), and two from registries that share no code with these, nor
with each other: node-media-server 2.7.4, widely used, whose client sends all media on message stream 0; and gortmplib
1.0.1, MediaMTX's own library, maintained.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from chalicelib.domain.streams import ChannelStatus, EndReason
from local.settings import HOST, ROOT
from tests.integration.node.conftest import Node
from tests.support.encoders import Program
from tests.support.ports import free_ports
from tests.support.publisher import STARTED, Publisher
from tests.support.rtmp_peer import AVC_RECORD
from tests.support.studio import Studio
from tests.support.tools import CLIENTS, GORTMPLIB
from tests.support.waiting import until

pytestmark = pytest.mark.requirement("SS-2.1")

SPS, PPS = AVC_RECORD[8:42], AVC_RECORD[45:51]
LIVE_WITHIN = 90.0  # seconds; the clients are started cold
SECONDS = "4"
Run = Callable[..., Program]


@pytest.fixture
def run() -> Iterator[Run]:
    """Programs that are gone in the end."""
    with ExitStack() as ending:

        def start(name: str, key: str, *command: str | Path) -> Program:
            program = Program(name, command, hide={key: "<key>"})
            ending.callback(program.end)
            return program

        yield start


def until_live(studio: Studio) -> None:
    until(lambda: studio.has_been_live, "LIVE", LIVE_WITHIN)
    until(lambda: studio.stream().facts.video_codec == "h264", "its codec")


def until_ended(studio: Studio, reason: EndReason) -> None:
    until(lambda: studio.stream().end_reason == reason, f"its end as {reason}", LIVE_WITHIN)
    assert studio.stream().bytes_in > 50_000


@pytest.mark.requirement("EN-1")
@pytest.mark.needs("node-media-server")
def test_node_media_server_sends_its_media_on_stream_0(node: Node, studio: Studio, run: Run) -> None:
    url = f"rtmp://{HOST}:{node.port}/live/{studio.stream_key}"
    header = (b"\x17\x00\x00\x00\x00" + AVC_RECORD).hex()
    script = CLIENTS / "node_media_server.js"
    with_node = ROOT / "local" / "with_node.sh"
    run("node-media-server", studio.stream_key, "sh", with_node, "node", script, url, header, SECONDS)
    until_live(studio)
    until(lambda: studio.stream().facts.width == 640, "its size")
    until_ended(studio, EndReason.CLEAN_STOP)


@pytest.mark.needs("gortmplib")
def test_gortmplib(node: Node, studio: Studio, run: Run) -> None:
    url = f"rtmp://{HOST}:{node.port}/live"
    run("gortmplib", studio.stream_key, GORTMPLIB, url, studio.stream_key, SPS.hex(), PPS.hex(), SECONDS)
    until_live(studio)
    until(lambda: studio.stream().facts.width == 640, "its size")
    until_ended(studio, EndReason.GRACE_OVER)  # its Close says nothing but FIN


@pytest.mark.needs("gst-launch-1.0")
def test_librtmp(node: Node, studio: Studio, run: Run) -> None:
    url = f"rtmp://{HOST}:{node.port}/live/{studio.stream_key} live=1"
    source = "videotestsrc is-live=true num-buffers=120 ! video/x-raw,width=640,height=360,framerate=30/1"
    encoder = "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=30 ! h264parse"
    pipeline = f"{source} ! {encoder} ! flvmux streamable=true ! rtmpsink name=out"
    run("librtmp", studio.stream_key, "gst-launch-1.0", "-e", *pipeline.split(), f"location={url}")
    until_live(studio)
    until(lambda: studio.stream().facts.width == 640, "its size")
    until_ended(studio, EndReason.CLEAN_STOP)


RELAY = """
daemon off; master_process off; error_log {folder}/error.log; pid {folder}/nginx.pid;
load_module /usr/lib/nginx/modules/ngx_rtmp_module.so;
events {{ worker_connections 64; }}
rtmp {{
  server {{
    listen {host}:{port};
    application relay {{ live on; push rtmp://{host}:{node}/live/{key}; }}
  }}
}}
"""


@pytest.mark.needs("nginx with rtmp")
def test_nginx_rtmp_relays_what_it_gets(node: Node, studio: Studio, run: Run, tmp_path: Path) -> None:
    (port,) = free_ports(1)
    config = tmp_path / "nginx.conf"
    config.write_text(RELAY.format(folder=tmp_path, host=HOST, port=port, node=node.port, key=studio.stream_key))
    nginx = str(shutil.which("nginx"))
    run("nginx", studio.stream_key, nginx, "-c", config, "-p", tmp_path, "-e", tmp_path / "error.log")

    def connected() -> Publisher | None:
        try:
            return Publisher(port, "anything", "relay")
        except ConnectionRefusedError:
            return None

    encoder = until(connected, "nginx listens")
    try:
        assert encoder.publish() == STARTED
        encoder.go_on_air()
        until_live(studio)
        until(lambda: studio.stream().facts.width == 640, "its size")
    finally:
        encoder.stop()
    until(lambda: not studio.is_(ChannelStatus.LIVE), "that it is over", LIVE_WITHIN)
