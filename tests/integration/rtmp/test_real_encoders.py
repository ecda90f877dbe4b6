"""Real ffmpeg and GStreamer against a session behind the smallest possible shell."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from ingest_container.rtmp import (
    AudioMessage,
    CleanStop,
    CloseNow,
    Event,
    Metadata,
    PublishRequested,
    Session,
    VideoConfig,
    VideoMessage,
)
from local.settings import HOST
from tests.support.ports import free_ports

BUSY = ("NetStream.Publish.BadName", "Busy: this key is live already.")
DENIED = ("NetStream.Publish.Denied", "Unauthorized: this stream key is not known.")
SECONDS = 60


@dataclass
class Outcome:
    """What the server saw of one connection."""

    events: list[Event] = field(default_factory=list)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    media: asyncio.Event = field(default_factory=asyncio.Event)

    def all(self, kind: type) -> list[Event]:
        return [event for event in self.events if isinstance(event, kind)]


class Shell(asyncio.Protocol):
    """One connection: accepts the publish, or refuses it with the given code and description."""

    def __init__(self, outcome: Outcome, refusal: tuple[str, str] | None) -> None:
        self._outcome = outcome
        self._refusal = refusal
        self._session = Session(now=time.monotonic(), random_bytes=os.urandom(1528))
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._follow([])

    def data_received(self, data: bytes) -> None:
        self._follow(self._session.receive_data(data, time.monotonic()))

    def eof_received(self) -> bool:
        self._follow(self._session.receive_eof(time.monotonic()))
        return True

    def connection_lost(self, error: Exception | None) -> None:
        if self._timer:
            self._timer.cancel()
        self._outcome.events += self._session.receive_eof(time.monotonic())
        self._outcome.over.set()

    def _timer_due(self) -> None:
        self._follow(self._session.handle_timer(time.monotonic()))

    def _follow(self, events: list[Event]) -> None:
        self._outcome.events += events
        for event in events:
            if isinstance(event, PublishRequested):
                if self._refusal:
                    self._session.refuse_publish(*self._refusal, time.monotonic())
                else:
                    self._session.accept_publish(time.monotonic())
            elif isinstance(event, VideoMessage) and event.keyframe:
                self._outcome.media.set()
        self._transport.write(self._session.data_to_send())
        if any(isinstance(event, CloseNow) for event in events):
            self._transport.close()
        if self._timer:
            self._timer.cancel()
        deadline = self._session.next_timer()
        delay = None if deadline is None else deadline - time.monotonic()
        self._timer = None if delay is None else asyncio.get_running_loop().call_later(delay, self._timer_due)


@asynccontextmanager
async def server(refusal: tuple[str, str] | None = None) -> AsyncIterator[tuple[str, Outcome]]:
    """A server for one connection: its URL without the key, and what it will have seen."""
    outcome = Outcome()
    (port,) = free_ports(1)
    serving = await asyncio.get_running_loop().create_server(lambda: Shell(outcome, refusal), HOST, port)
    try:
        yield f"rtmp://{HOST}:{port}/live", outcome
    finally:
        serving.close()


def ffmpeg(url: str, *, seconds: float = 2, options: tuple[str, ...] = ()) -> list[str]:
    return [
        *("ffmpeg", "-hide_banner", "-loglevel", "error", "-re"),
        *("-f", "lavfi", "-i", "testsrc=size=426x240:rate=25", "-f", "lavfi", "-i", "sine=sample_rate=48000"),
        *("-t", str(seconds), "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"),
        *(*options, "-f", "flv", url),
    ]


def gstreamer(url: str) -> list[str]:
    return [
        *("gst-launch-1.0", "-e", "flvmux", "name=mux", "streamable=true", "!", "rtmp2sink", f"location={url}"),
        *("videotestsrc", "num-buffers=50", "!", "video/x-raw,format=I420,width=426,height=240,framerate=25/1"),
        *("!", "x264enc", "tune=zerolatency", "!", "mux."),
        *("audiotestsrc", "num-buffers=80", "!", "audio/x-raw,rate=48000", "!", "voaacenc", "!", "mux."),
    ]


async def run(command: list[str]) -> tuple[int, str]:
    """Exit status and everything it printed."""
    process = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    output, _ = await asyncio.wait_for(process.communicate(), SECONDS)
    assert process.returncode is not None
    return process.returncode, output.decode()


ENCODERS: list[Callable[[str], list[str]]] = [ffmpeg, gstreamer]
each_encoder = pytest.mark.parametrize("encoder", ENCODERS, ids=lambda encoder: str(encoder.__name__))
pytestmark = pytest.mark.needs("ffmpeg", "gst-launch-1.0")


@pytest.mark.requirement("SS-2.1")
@each_encoder
async def test_a_broadcast_is_read_from_publish_to_clean_stop(encoder: Callable[[str], list[str]]) -> None:
    async with server() as (url, outcome):
        status, output = await run(encoder(f"{url}/the-key?session=7"))
        await asyncio.wait_for(outcome.over.wait(), SECONDS)
    assert status == 0, output
    (publish,) = outcome.all(PublishRequested)
    assert isinstance(publish, PublishRequested)
    assert (publish.app, publish.stream_name, publish.query) == ("live", "the-key", "session=7")
    (metadata,) = outcome.all(Metadata)[:1]
    assert isinstance(metadata, Metadata)
    assert metadata.values["width"] == 426.0
    (video,) = outcome.all(VideoConfig)
    assert isinstance(video, VideoConfig)
    assert (video.width, video.height, video.fps) == (426, 240, 25.0)
    frames = [
        event for event in outcome.events if isinstance(event, VideoMessage) and event.data_offset < len(event.payload)
    ]
    assert len(frames) == 51  # 50 pictures behind the sequence header
    assert frames[1].keyframe
    assert frames[-1].timestamp == pytest.approx(49 * 40, abs=100)
    assert len(outcome.all(AudioMessage)) > 70
    assert outcome.events.count(CleanStop()) == 1
    assert outcome.events[-1] == CloseNow("peer_closed")


@pytest.mark.requirement("SS-2.2")
@each_encoder
@pytest.mark.parametrize("refusal", [DENIED, BUSY], ids=["denied", "busy"])
async def test_a_refused_encoder_stops_and_shows_the_reason(
    encoder: Callable[[str], list[str]], refusal: tuple[str, str]
) -> None:
    async with server(refusal) as (url, outcome):
        status, output = await run(encoder(f"{url}/the-key"))
        await asyncio.wait_for(outcome.over.wait(), SECONDS)
    assert status != 0
    # GStreamer has words of its own for BadName.
    assert refusal[1] in output or "stream already exists" in output
    assert outcome.all(VideoMessage) == []
    assert outcome.all(CleanStop) == []
    assert outcome.events[-1] == CloseNow("refused")


async def test_a_killed_encoder_is_no_clean_stop() -> None:
    async with server() as (url, outcome):
        process = await asyncio.create_subprocess_exec(*ffmpeg(f"{url}/the-key", seconds=60))
        await asyncio.wait_for(outcome.media.wait(), SECONDS)
        process.kill()
        await process.wait()
        await asyncio.wait_for(outcome.over.wait(), SECONDS)
    assert outcome.all(CleanStop) == []
    assert outcome.events[-1] == CloseNow("peer_closed")
