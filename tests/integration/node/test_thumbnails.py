"""Thumbnails of a real node: what an encoder sends is seen in the picture, and what is no picture harms nobody."""

import os
import signal
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from chalicelib.domain.streams import ChannelStatus
from local.loopback import open_url
from local.settings import HOST
from tests.integration.node.conftest import Node, Publish, StartNode
from tests.support.encoders import Program
from tests.support.pictures import RGB, decoded, is_near
from tests.support.publisher import STARTED
from tests.support.studio import Studio
from tests.support.waiting import until

pytestmark = [
    pytest.mark.needs("ffmpeg"),
    pytest.mark.serial,  # the worker has 5 s for a picture, and the lowest priority
]

RED: RGB = (200, 40, 40)
SOON = 60.0  # no promise: what took too long is tried again after 15 s
Send = Callable[[Node, Studio, RGB], Program]


@pytest.fixture
def send() -> Iterator[Send]:
    """ffmpeg, with a picture of one colour."""
    with ExitStack() as ending:

        def start(node: Node, studio: Studio, rgb: RGB) -> Program:
            red, green, blue = rgb
            picture = f"color=0x{red:02x}{green:02x}{blue:02x}:size=1280x720:rate=25"
            program = Program(
                "ffmpeg",
                [
                    *("ffmpeg", "-hide_banner", "-loglevel", "warning", "-re", "-f", "lavfi", "-i", picture),
                    *("-vf", "scale=out_color_matrix=bt709,format=yuv420p", "-colorspace", "bt709"),
                    *("-c:v", "libx264", "-preset", "ultrafast", "-g", "25", "-f", "flv"),
                    f"rtmp://{HOST}:{node.port}/live/{studio.stream_key}",
                ],
                hide={studio.stream_key: "KEY"},
            )
            ending.callback(program.kill)
            return program

        yield start


def thumbnail(node: Node, studio: Studio) -> bytes | None:
    (listening,) = node.logged("listening")
    url = f"http://{HOST}:{listening['origin_port']}/live/{studio.channel_id}/thumb.jpg"
    try:
        with open_url(urllib.request.Request(url), timeout=20) as answer:
            return bytes(answer.read())
    except urllib.error.HTTPError as refused:
        if refused.code != 404:
            raise
        return None


def worker_of(node: Node) -> int | None:
    """The process id of the node's thumbnail worker."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat, command = (entry / "stat").read_text(), (entry / "cmdline").read_text()
            except OSError:
                continue
            if "thumbnail_worker" in command and int(stat.rpartition(")")[2].split()[1]) == node.process.pid:
                return int(entry.name)
    return None


@pytest.mark.requirement("FX-2")
def test_what_ffmpeg_sends_is_seen_in_the_thumbnail_soon(studio: Studio, start_node: StartNode, send: Send) -> None:
    node = start_node(packaging="on", origin_port=0)
    send(node, studio, RED)
    until(lambda: studio.is_(ChannelStatus.LIVE), "LIVE")
    jpeg = until(lambda: thumbnail(node, studio), "a thumbnail", SOON)
    width, height, colour = decoded(jpeg)
    assert (width, height) == (640, 360)
    assert is_near(colour, RED)


def test_the_last_thumbnail_is_the_poster_of_the_recording(
    studio: Studio, start_node: StartNode, send: Send, tmp_path: Path
) -> None:
    node = start_node(packaging="on", origin_port=0, recording=tmp_path / "recordings")
    encoder = send(node, studio, RED)
    until(lambda: thumbnail(node, studio), "a thumbnail", SOON)
    poster = tmp_path / "recordings" / str(studio.channel.stream_id) / "poster.jpg"
    encoder.end(signal.SIGINT)
    until(poster.exists, "the poster is stored", SOON)
    assert is_near(decoded(poster.read_bytes())[2], RED)


def test_a_worker_that_is_killed_or_stopped_costs_one_thumbnail(
    studio: Studio, start_node: StartNode, send: Send
) -> None:
    node = start_node(packaging="on", origin_port=0)
    other = Studio()
    send(node, studio, RED)
    until(lambda: thumbnail(node, studio), "a thumbnail", SOON)
    worker = worker_of(node)
    assert worker is not None
    os.kill(worker, signal.SIGSTOP)
    try:
        send(node, other, (40, 40, 200))
        until(lambda: node.logged("thumbnail_worker_replaced", reason="timeout"), "the worker is replaced", SOON)
    finally:
        if Path(f"/proc/{worker}").exists():
            os.kill(worker, signal.SIGCONT)
    assert studio.is_(ChannelStatus.LIVE)
    assert other.is_(ChannelStatus.LIVE)
    until(lambda: thumbnail(node, other), "the next thumbnail", SOON)
    assert worker_of(node) != worker


def test_garbage_for_a_key_frame_touches_neither_the_node_nor_other_streams(
    studio: Studio, publish: Publish, start_node: StartNode, send: Send
) -> None:
    node = start_node(packaging="on", origin_port=0)
    hostile = publish(node, studio.stream_key)
    assert hostile.publish() == STARTED
    hostile.go_on_air()  # frames of zeros
    until(lambda: node.logged("thumbnail_failed"), "the worker has seen it", SOON)
    other = Studio()
    send(node, other, RED)
    until(lambda: thumbnail(node, other), "a thumbnail of the other", SOON)
    assert thumbnail(node, studio) is None
    assert studio.is_(ChannelStatus.LIVE)
    assert not node.logged("thumbnail_worker_replaced", reason="exited")


def test_without_thumbnails_no_worker_is_started(studio: Studio, start_node: StartNode, send: Send) -> None:
    node = start_node(packaging="on", origin_port=0, thumbnails="off")
    send(node, studio, RED)
    (listening,) = node.logged("listening")
    index = f"http://{HOST}:{listening['origin_port']}/live/{studio.channel_id}/index.m3u8"

    def plays() -> bool:
        try:
            return bool(open_url(urllib.request.Request(index), timeout=20).read())
        except urllib.error.HTTPError:
            return False

    until(plays, "the stream plays")
    assert worker_of(node) is None
    assert thumbnail(node, studio) is None
