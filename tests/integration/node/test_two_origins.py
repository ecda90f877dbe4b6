"""Two nodes, one stream: viewers may ask either."""

import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import m3u8
import pytest

from chalicelib.domain.broadcasters import Block
from chalicelib.domain.metadata import Visibility
from chalicelib.services import playback_tokens
from chalicelib.store import channels
from local.loopback import open_url
from local.settings import HOST
from tests.integration.node.conftest import Node, StartNode
from tests.support.encoders import card
from tests.support.publisher import Publisher
from tests.support.studio import Studio, now_ms
from tests.support.waiting import until

OnAir = Callable[[Node, Studio], Publisher]


@pytest.fixture
def nodes(start_node: StartNode) -> tuple[Node, Node]:
    """The one that gets the stream, and the other."""
    return start_node(packaging="on", origin_port=0), start_node(packaging="on", origin_port=0)


def url(node: Node, path: str) -> str:
    (listening,) = node.logged("listening")
    return f"http://{HOST}:{listening['origin_port']}{path}"


def get(node: Node, path: str, timeout: float = 30) -> tuple[int, str]:
    """Status, and the text of a playlist."""
    try:
        with open_url(urllib.request.Request(url(node, path)), timeout=timeout) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, ""


def media_path(node: Node, studio: Studio, token: str | None = None) -> str:
    """Of the channel's media playlist, once `node` has one."""
    channel = f"/live/{studio.channel_id}/{token}" if token else f"/live/{studio.channel_id}"

    def found() -> str | None:
        status, index = get(node, f"{channel}/index.m3u8")
        return f"{channel}/{m3u8.loads(index).playlists[0].uri}" if status == 200 else None

    return until(found, "the channel is playable")


def next_segment(node: Node, path: str) -> int:
    """Of the one that is being written. Requests for more than the one after it are refused (RFC 8216bis, 6.2.5.2)."""
    playlist = m3u8.loads(get(node, path)[1])
    return int(playlist.media_sequence) + len([segment for segment in playlist.segments if segment.uri])


@pytest.fixture
def encoder(studio: Studio, nodes: tuple[Node, Node]) -> Iterator[None]:
    """A real one, on the first node."""
    holder, _ = nodes
    with card(f"rtmp://{HOST}:{holder.port}/live", studio.stream_key):
        yield


@pytest.mark.requirement("FX-7")
@pytest.mark.needs("ffmpeg")
def test_a_player_asks_the_wrong_node_and_plays(studio: Studio, nodes: tuple[Node, Node], encoder: None) -> None:
    _, other = nodes
    media_path(other, studio)
    command = ["ffmpeg", "-hide_banner", "-v", "error", "-xerror", "-i"]
    command += [url(other, f"/live/{studio.channel_id}/index.m3u8"), "-t", "4", "-f", "null", "-"]
    played = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert (played.returncode, played.stderr) == (0, "")


def test_a_blocking_reload_passes_through(studio: Studio, nodes: tuple[Node, Node], on_air: OnAir) -> None:
    holder, other = nodes
    on_air(holder, studio)
    path = media_path(other, studio)
    msn = next_segment(other, path) + 1  # not begun yet: whoever has it was answered later
    with ThreadPoolExecutor(20) as viewers:
        answers = list(viewers.map(lambda _: get(other, f"{path}?_HLS_msn={msn}"), range(20)))
    assert {status for status, _ in answers} == {200}
    assert all(f"/s{msn}.m4s" in text for _, text in answers)


@pytest.mark.serial
def test_a_dead_holder_is_told_of_quickly(studio: Studio, nodes: tuple[Node, Node], on_air: OnAir) -> None:
    holder, other = nodes
    on_air(holder, studio)
    path = media_path(other, studio)
    msn = next_segment(other, path)
    with ThreadPoolExecutor(1) as viewer:
        waiting = viewer.submit(get, other, f"{path}?_HLS_msn={msn}")
        holder.send(signal.SIGKILL)
        killed = time.monotonic()
        status, _ = waiting.result()
    assert status in (200, 503)
    assert get(other, path)[0] == 503
    assert time.monotonic() - killed < 3
    until(lambda: get(other, path)[0] == 404, "it is taken for dead")


@pytest.mark.requirement("FX-15")
@pytest.mark.serial
def test_a_channel_that_turns_private_stops_on_every_node(
    studio: Studio, nodes: tuple[Node, Node], on_air: OnAir
) -> None:
    holder, other = nodes
    on_air(holder, studio)
    path = media_path(other, studio)
    channels.edit(studio.channel_id, {"visibility": Visibility.PRIVATE.value})
    until(lambda: {get(node, path)[0] for node in nodes} == {404}, "nobody may watch", 3)


@pytest.mark.requirement("FX-15")
def test_a_private_channel_plays_with_its_token_on_every_node(
    studio: Studio, nodes: tuple[Node, Node], on_air: OnAir
) -> None:
    on_air(nodes[0], studio)
    channels.edit(studio.channel_id, {"visibility": Visibility.PRIVATE.value})
    token = playback_tokens.issue(studio.channel_id, 600, now_ms()).text
    for node in nodes:
        assert m3u8.loads(get(node, media_path(node, studio, token))[1]).segments
        assert get(node, f"/live/{studio.channel_id}/index.m3u8")[0] == 404
    index = f"/live/{studio.channel_id}/{token}/index.m3u8"
    channels.set_block(studio.channel_id, Block(now_ms(), "an administrator", "test"))
    until(lambda: {get(node, index)[0] for node in nodes} == {404}, "nobody may watch")
    assert not [node for node in nodes if token in node.text()], "no log has the token"
