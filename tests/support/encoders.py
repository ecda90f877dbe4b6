"""Real encoders as processes, and the clip that they send.

What a program says is kept line by line with the time it was said, and never holds the stream key.
"""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import av

from local.children import die_with

WIDTH, HEIGHT, FPS = 640, 360, 25
PROFILE, LEVEL = "Main", "3.1"
SAMPLE_RATE, CHANNELS = 48_000, 2
CLIP_SECONDS = 60
VIDEO_KBPS = 900
KILL_TIMEOUT_S = 10.0
TAIL_LINES = 60

T = TypeVar("T")


@dataclass(frozen=True)
class Line:
    """`at` is wall clock, in seconds."""

    at: float
    text: str


class Program:
    """A process whose output, both kinds in one, is read as it comes."""

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        env: Mapping[str, str] | None = None,
        hide: Mapping[str, str] | None = None,
    ) -> None:
        """`hide` maps secrets to what stands in their place."""
        self.name = name
        self.lines: list[Line] = []
        self._hide = dict(hide or {})
        self._changed = threading.Condition()
        self._process = subprocess.Popen(
            [str(word) for word in command],
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
            preexec_fn=die_with(os.getpid()),
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for raw in self._process.stdout:
            text = raw.rstrip("\n")
            for secret, substitute in self._hide.items():
                text = text.replace(secret, substitute)
            with self._changed:
                self.lines.append(Line(time.time(), text))
                self._changed.notify_all()
        with self._changed:
            self._changed.notify_all()

    # --- what it says ------------------------------------------------------------------------------------------

    def said(self, *words: str) -> list[Line]:
        """The lines so far that hold all of the words."""
        return [line for line in list(self.lines) if all(word in line.text for word in words)]

    def until_said(self, *words: str, within: float, times: int = 1) -> Line:
        """The first such line (the n-th for `times`). Fails if it does not come in `within` seconds."""
        deadline = time.monotonic() + within
        with self._changed:
            while len(found := self.said(*words)) < times:
                left = deadline - time.monotonic()
                assert left > 0, f"{self.name} did not say {words} {times} times within {within} s"
                assert self._reader.is_alive(), f"{self.name} ended and did not say {words} {times} times"
                self._changed.wait(min(left, 0.5))
        return found[times - 1]

    def never_said(self, *words: str, for_seconds: float) -> None:
        """Watches for a while. Fails as soon as it says so."""
        deadline = time.monotonic() + for_seconds
        with self._changed:
            while (left := deadline - time.monotonic()) > 0:
                assert not self.said(*words), f"{self.name} said {words}"
                self._changed.wait(left)
        assert not self.said(*words), f"{self.name} said {words}"

    def tail(self) -> str:
        """The end of what it said, with times."""
        return "\n".join(f"{clock(line.at)} {line.text}" for line in self.lines[-TAIL_LINES:])

    # --- its end -----------------------------------------------------------------------------------------------

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def send_signal(self, number: signal.Signals) -> float:
        """The wall clock just before."""
        now = time.time()
        self._process.send_signal(number)
        return now

    def interrupt(self) -> float:
        """Ctrl-C: encoders then say goodbye. The wall clock just before."""
        return self.send_signal(signal.SIGINT)

    def kill(self) -> float:
        """kill -9. The wall clock just before."""
        return self.send_signal(signal.SIGKILL)

    def exit_code(self, within: float) -> int:
        """Waits for its end. Fails if it goes on."""
        try:
            code = self._process.wait(within)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{self.name} did not end within {within} s") from None
        self._reader.join(KILL_TIMEOUT_S)
        return code

    def runs_on(self, seconds: float) -> bool:
        """Whether it is still there after so many seconds."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return True
        return False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.end()

    def end(self, number: signal.Signals = signal.SIGKILL) -> None:
        """For cleaning up: whatever it is doing, it is gone afterwards."""
        if self.running:
            self._process.send_signal(number)
            try:
                self._process.wait(KILL_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._reader.join(KILL_TIMEOUT_S)


def clock(at: float) -> str:
    """Wall clock with milliseconds, for reading."""
    return time.strftime("%H:%M:%S", time.localtime(at)) + f".{int(at * 1000) % 1000:03d}"


# --- the clip ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Clip:
    """An FLV file of H.264 and AAC; `kbps` is what its packets really hold, 1000 bit/s."""

    path: Path
    kbps: float


def make_clip(folder: Path) -> Clip:
    """A minute of a test card and a tone at a constant bitrate, encoded once; a keyframe every second."""
    path = folder / "clip.flv"
    rate = f"{VIDEO_KBPS}k"
    command = ["ffmpeg", "-hide_banner", "-loglevel", "error", "-y"]
    command += ["-f", "lavfi", "-i", f"testsrc2=size={WIDTH}x{HEIGHT}:rate={FPS}"]
    command += ["-f", "lavfi", "-i", f"sine=frequency=330:sample_rate={SAMPLE_RATE}"]
    command += ["-t", str(CLIP_SECONDS), "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]
    command += ["-profile:v", PROFILE.lower(), "-level", LEVEL]
    command += ["-b:v", rate, "-minrate", rate, "-maxrate", rate, "-bufsize", rate]
    command += ["-g", str(FPS), "-x264-params", "nal-hrd=cbr:force-cfr=1:scenecut=0:cabac=1"]
    command += ["-c:a", "aac", "-b:a", "128k", "-ac", str(CHANNELS), str(path)]
    subprocess.run(command, check=True, timeout=300)
    with av.open(path) as container:
        size = sum(packet.size for packet in container.demux())
    return Clip(path, size * 8 / 1000 / CLIP_SECONDS)


# --- the encoders ------------------------------------------------------------------------------------------------


def ffmpeg(clip: Clip, ingest_url: str, key: str) -> Program:
    """Sends the clip in real time, as it is, again and again until it is told to end."""
    command = ["ffmpeg", "-hide_banner", "-nostdin", "-nostats", "-re", "-stream_loop", "-1", "-i", str(clip.path)]
    return Program("ffmpeg", [*command, "-c", "copy", "-f", "flv", f"{ingest_url}/{key}"], hide={key: "<key>"})


def card(ingest_url: str, key: str) -> Program:
    """ffmpeg encodes a small test card and a tone as it sends them, until it is told to end."""
    command = ["ffmpeg", "-hide_banner", "-nostdin", "-loglevel", "error", "-re"]
    command += ["-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25", "-f", "lavfi", "-i", "sine=frequency=330"]
    command += ["-c:v", "libx264", "-preset", "ultrafast", "-g", "50", "-pix_fmt", "yuv420p", "-c:a", "aac"]
    return Program("ffmpeg", [*command, "-f", "flv", f"{ingest_url}/{key}"], hide={key: "<key>"})


def gstreamer(clip: Clip, ingest_url: str, key: str) -> Program:
    """The same with GStreamer's rtmp2sink; ends cleanly by SIGINT (-e)."""
    command = ["gst-launch-1.0", "-e", "filesrc", f"location={clip.path}", "!", "flvdemux", "name=in"]
    command += ["flvmux", "name=out", "streamable=true", "!", "rtmp2sink", f"location={ingest_url}/{key}"]
    command += ["in.video", "!", "queue", "!", "h264parse", "!", "identity", "sync=true", "!", "out.video"]
    command += ["in.audio", "!", "queue", "!", "aacparse", "!", "identity", "sync=true", "!", "out.audio"]
    return Program("gst-launch", command, hide={key: "<key>"})
