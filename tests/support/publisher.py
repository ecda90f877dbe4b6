"""An encoder on a real socket, made of `RtmpPeer`."""

import contextlib
import socket
import threading
import time

from local.settings import HOST
from tests.support.rtmp_peer import RtmpPeer
from tests.support.waiting import until

FRAME_MS = 40
FRAME_BYTES = 2_000  # 25 a second: 400 kbit/s of video
RHYTHM_FRAMES = 5  # after which a node knows the stream's rhythm; one without may be silent for far longer
SOON = 60.0  # seconds; no promise: on a machine that runs other tests
STARTED = "NetStream.Publish.Start"


class Publisher:
    """An encoder on a real socket. Frames go out from a thread while it is `on_air`."""

    def __init__(self, port: int, stream_key: str, app: str = "live", source: str = HOST) -> None:
        self.peer = RtmpPeer(app=app, key=stream_key)
        self.socket = socket.create_connection((HOST, port), timeout=SOON, source_address=(source, 0))
        self.clock = 0
        self._pongs = 0
        self._air = threading.Event()
        self._closed = threading.Event()
        self._sending = threading.Lock()
        self._sender: threading.Thread | None = None

    def publish(self, within: float = SOON) -> str | None:
        """Everything up to publish; the code of the answer, None if the server closed without one."""
        self.socket.sendall(self.peer.open())
        return self.answer(within)

    def answer(self, within: float = SOON) -> str | None:
        """The code of the answer to publish. Who waits for it answers pings, as encoders do. Raises TimeoutError."""
        deadline = time.monotonic() + within
        try:
            while self.peer.status() is None:
                self.socket.settimeout(max(0.001, deadline - time.monotonic()))
                data = self.socket.recv(65_536)
                if not data:
                    break
                self.peer.receive_data(data)
                self._answer_pings()
        finally:
            self.socket.settimeout(SOON)
        return self.peer.status()

    def _answer_pings(self) -> None:
        for value in self.peer.pings()[self._pongs :]:
            self.socket.sendall(self.peer.pong(value))
            self._pongs += 1

    @property
    def description(self) -> str:
        return str(self.peer.statuses()[-1]["description"])

    def go_on_air(self) -> None:
        """Metadata, headers and then 25 frames a second, until `fall_silent`, `stop` or the connection's end."""
        self.socket.sendall(self.peer.metadata() + self.peer.sequence_headers())
        self._air.set()
        self._sender = threading.Thread(target=self._send_frames, daemon=True)
        self._sender.start()

    def _send_frames(self) -> None:
        """By the clock, as an encoder does: what a busy machine has delayed is made up for."""
        due = time.monotonic()
        while not self._closed.wait(max(0.0, due - time.monotonic())):
            if not self._air.wait(0.1):
                due = time.monotonic()
                continue
            with self._sending:
                if self._air.is_set():
                    self._send_frame()
            due += FRAME_MS / 1000

    def _send_frame(self) -> None:
        with contextlib.suppress(OSError):
            self.socket.sendall(
                self.peer.video(self.clock, keyframe=self.clock % 2_000 == 0, size=FRAME_BYTES)
                + self.peer.audio(self.clock)
            )
        self.clock += FRAME_MS

    def fall_silent(self) -> None:
        """Once it has a rhythm. No frame is on its way when it returns: what the test sends follows a whole one."""
        until(lambda: self.clock >= RHYTHM_FRAMES * FRAME_MS, "it has a rhythm")
        with self._sending:
            self._air.clear()

    def speak_again(self) -> None:
        self._air.set()

    def stop(self) -> None:
        """As a broadcaster presses the button."""
        self._quiet()
        self.socket.sendall(self.peer.unpublish())
        self.socket.close()

    def drop(self) -> None:
        """The connection is gone, without a word."""
        self._quiet()
        self.socket.close()

    def _quiet(self) -> None:
        self._closed.set()
        if self._sender is not None:
            self._sender.join()

    def was_closed(self, within: float) -> bool:
        """Whether the server ends the connection within so many seconds."""
        self.socket.settimeout(within)
        try:
            while data := self.socket.recv(65_536):
                self.peer.receive_data(data)
        except TimeoutError:
            return False
        except ConnectionError:
            return True
        return True
