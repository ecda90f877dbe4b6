"""Packaging beside the ingest: what encoders and viewers notice of it, on one node and on the next."""

import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable

import m3u8
import pytest

from chalicelib.domain.streams import ChannelStatus
from local.loopback import open_url
from local.settings import HOST, ROOT
from tests.integration.node.conftest import Node, Publish, StartNode
from tests.support.ports import free_ports
from tests.support.publisher import STARTED, Publisher
from tests.support.stack import Emulator
from tests.support.studio import Studio
from tests.support.waiting import until

OnAir = Callable[[Node, Studio], Publisher]


def fetch(node: Node, path: str) -> str | None:
    """What the node's origin answers; None where it finds nothing."""
    (listening,) = node.logged("listening")
    try:
        with open_url(urllib.request.Request(f"http://{HOST}:{listening['origin_port']}{path}"), timeout=20) as answer:
            return str(answer.read().decode())
    except urllib.error.HTTPError as refused:
        if refused.code != 404:
            raise
        return None


def playlist(node: Node, studio: Studio, *, segments: int = 1) -> m3u8.M3U8:
    """The channel's media playlist, once it has so many whole segments."""

    def found() -> m3u8.M3U8 | None:
        index = fetch(node, f"/live/{studio.channel_id}/index.m3u8")
        if index is None:
            return None
        (variant,) = m3u8.loads(index).playlists
        text = fetch(node, f"/live/{studio.channel_id}/{variant.uri}")
        media = m3u8.loads(text) if text else None
        whole = [segment for segment in media.segments if segment.uri] if media else []
        return media if len(whole) >= segments else None

    return until(found, f"{segments} segments")


def test_a_node_packages_nothing_unless_it_is_told_to(node: Node) -> None:
    (listening,) = node.logged("listening")
    assert "origin_port" not in listening


def test_a_stream_is_packaged_from_its_first_key_frame(studio: Studio, on_air: OnAir, start_node: StartNode) -> None:
    node = start_node(packaging="on", origin_port=0)
    on_air(node, studio)
    first = playlist(node, studio).segments[0]
    assert first.duration == pytest.approx(2.0, abs=0.05)


def test_a_stream_goes_on_where_packaging_has_stopped(studio: Studio, publish: Publish, start_node: StartNode) -> None:
    """No key frame but the first one."""
    node = start_node(packaging="on", origin_port=0)
    publisher = publish(node, studio.stream_key)
    assert publisher.publish() == STARTED
    send = publisher.socket.sendall
    send(publisher.peer.metadata() + publisher.peer.sequence_headers())
    for at in range(0, 25_000, 40):  # faster than real time
        send(publisher.peer.video(at, keyframe=at == 0) + publisher.peer.audio(at))
    until(lambda: node.logged("packaging_stopped", reason="no_key_frame"), "packaging stops")
    publisher.clock = 25_000

    def is_live() -> bool:
        """It sends on meanwhile: after 4 s of silence it would not be LIVE any more."""
        send(publisher.peer.video(publisher.clock) + publisher.peer.audio(publisher.clock))
        publisher.clock += 40
        return studio.is_(ChannelStatus.LIVE)

    until(is_live, "LIVE")


def test_another_node_continues_the_playlist_after_a_crash(
    studio: Studio, on_air: OnAir, taken_over: OnAir, start_node: StartNode
) -> None:
    """Under the same address, with numbers past all that were used."""
    first = start_node(packaging="on", origin_port=0)
    second = start_node(packaging="on", origin_port=0)
    on_air(first, studio)
    before = playlist(first, studio, segments=2)
    first.send(signal.SIGKILL)
    first.process.wait(60)

    taken_over(second, studio)
    after = playlist(second, studio)
    assert after.segments[0].discontinuity
    assert after.media_sequence >= before.media_sequence + len(before.segments)
    assert after.discontinuity_sequence > before.discontinuity_sequence
    assert after.segments[0].program_date_time > before.segments[-1].program_date_time


def test_a_port_that_is_taken_is_named(cloud: Emulator) -> None:
    taken = free_ports(1)[0]
    with subprocess.Popen([sys.executable, "-m", "http.server", str(taken), "--bind", HOST]) as other:
        try:
            until(lambda: answers(taken), "the other program listens")
            own = {
                "STREAM_SYNC_PACKAGING": "on",
                "STREAM_SYNC_RTMP_HOST": HOST,
                "STREAM_SYNC_RTMP_PORT": "0",
                "STREAM_SYNC_ORIGIN_HOST": HOST,
                "STREAM_SYNC_ORIGIN_PORT": str(taken),
            }
            command = [sys.executable, "-m", "ingest_container"]
            node = subprocess.run(
                command, cwd=ROOT, env=cloud.env | own, capture_output=True, text=True, timeout=60, check=False
            )
        finally:
            other.kill()
    assert node.returncode == 2
    assert "STREAM_SYNC_ORIGIN_PORT" in node.stderr


def answers(port: int) -> bool:
    try:
        with open_url(urllib.request.Request(f"http://{HOST}:{port}/"), timeout=1):
            return True
    except OSError:
        return False
