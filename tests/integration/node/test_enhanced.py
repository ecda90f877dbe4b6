"""Encoders that announce Enhanced RTMP and use it, at a real node: libavformat as it publishes HEVC and VP9."""

import contextlib
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from chalicelib.domain.streams import ChannelStatus
from chalicelib.services.reading.discovery import view
from local.settings import HOST, ROOT
from tests.integration.node.conftest import Node
from tests.support.libav_publisher import HEIGHT, WIDTH
from tests.support.rtmp_peer import RtmpPeer
from tests.support.studio import Studio
from tests.support.waiting import until

ANNOUNCED = "hvc1,av01,vp09"


class Wire:
    """Carries one connection to the node and reads along what the node says to the encoder."""

    def __init__(self, node: Node) -> None:
        self.heard = RtmpPeer()
        self._target = node.port
        self._listening = socket.create_server((HOST, 0))
        self.port: int = self._listening.getsockname()[1]
        self._carrier = threading.Thread(target=self._accept)
        self._carrier.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            encoder, _ = self._listening.accept()
            with encoder, socket.create_connection((HOST, self._target)) as node:
                upward = threading.Thread(target=self._upward, args=(encoder, node))
                upward.start()
                while said := node.recv(65_536):
                    self.heard.receive_data(said)
                    encoder.sendall(said)
                upward.join()

    def _upward(self, encoder: socket.socket, node: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := encoder.recv(65_536):
                node.sendall(data)
            node.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._carrier.join(10)


@pytest.fixture
def wire(node: Node) -> Iterator[Wire]:
    carried = Wire(node)
    yield carried
    carried.close()


@contextlib.contextmanager
def encoder(url: str, announced: str, *codecs: str) -> Iterator["subprocess.Popen[bytes]"]:
    program = subprocess.Popen(
        [sys.executable, "-m", "tests.support.libav_publisher", url, announced, *codecs],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        yield program
    finally:
        program.kill()
        program.wait()


@pytest.mark.requirement("SS-6.3")
@pytest.mark.parametrize(
    ("encoders", "codecs"),
    [(("libx265", "aac"), ("hevc", "aac")), (("libvpx-vp9", "libopus"), ("vp9", "opus"))],
    ids=["hevc and aac", "vp9 and opus"],
)
@pytest.mark.parametrize("announced", [ANNOUNCED, ""], ids=["announced", "unannounced"])
def test_enhanced_rtmp_is_live_with_its_own_codecs(
    node: Node, wire: Wire, studio: Studio, announced: str, encoders: tuple[str, str], codecs: tuple[str, str]
) -> None:
    with encoder(f"rtmp://{HOST}:{wire.port}/live/{studio.stream_key}", announced, *encoders) as program:
        until(lambda: studio.is_(ChannelStatus.LIVE), "LIVE")

        def described() -> bool:
            facts = view(studio.channel, int(time.time() * 1000)).facts
            return (facts.video_codec, facts.audio_codec, facts.width, facts.height) == (*codecs, WIDTH, HEIGHT)

        until(described, "picture and sound as they are")
        program.send_signal(signal.SIGINT)
        output, _ = program.communicate(timeout=120)
        assert program.returncode == 0, output.decode().replace(studio.stream_key, "<key>")
        until(lambda: studio.is_(ChannelStatus.OFFLINE), "OFFLINE")
    (record,) = until(lambda: node.logged("audit_record", key_id=studio.key.key_id), "the audit line")
    assert record["reason"] == "clean_stop"

    properties = wire.heard.commands()[0][2]
    assert isinstance(properties, dict)
    if announced:
        assert isinstance(properties["fourCcList"], list)
        assert set(announced.split(",")) <= set(map(str, properties["fourCcList"]))
        assert properties["capsEx"] == 14.0
    else:
        assert not {"fourCcList", "capsEx"} & properties.keys()
