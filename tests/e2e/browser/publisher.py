"""A publisher whose every byte and moment the test knows."""

import contextlib
import socket
import threading
import time
from types import TracebackType
from typing import Self

from local.settings import HOST
from tests.support.rtmp_peer import RtmpPeer

FPS = 30
FRAME_S = 1 / FPS
ANSWER_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 10.0


class Publisher:
    """A publisher on a socket of its own; a thread keeps it sending 30 frames a second.

    `__init__` waits for the server's answer: `status` is NetStream.Publish.Start or the refusal's code.
    `first_media_at` is the moment, in seconds, at which the first frame left. Without `sound` it sends a picture only.
    """

    def __init__(self, port: int, stream_key: str, *, sound: bool = True) -> None:
        self._sound = sound
        self._peer = RtmpPeer(key=stream_key)
        self._socket = socket.create_connection((HOST, port), timeout=ANSWER_TIMEOUT_S)
        self._ending = threading.Event()
        self._frame = 0
        self._thread = threading.Thread(target=self._keep_sending, daemon=True)
        self.first_media_at = 0.0
        self._socket.sendall(self._peer.open())
        while self._peer.status() is None:
            data = self._socket.recv(65536)
            if not data:
                raise ConnectionError("The server closed without an answer")
            self._peer.receive_data(data)
        self.status = str(self._peer.status())
        self.description = str(self._peer.statuses()[-1]["description"])

    def go(self) -> Self:
        """Start sending."""
        headers = self._peer.sequence_headers() if self._sound else self._peer.video_header()
        self._socket.sendall(self._peer.metadata() + headers)
        self.first_media_at = time.time()
        self._send_frame()
        self._thread.start()
        return self

    def stop(self) -> float:
        """End cleanly; the moment, in seconds."""
        self._still()
        now = time.time()
        self._socket.sendall(self._peer.unpublish())
        self._socket.close()
        return now

    def drop(self) -> float:
        """Break off without a word; the moment, in seconds."""
        self._still()
        now = time.time()
        self._socket.close()
        return now

    @property
    def sending(self) -> bool:
        return self._thread.is_alive()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._still()
        self._socket.close()

    def _still(self) -> None:
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join(STOP_TIMEOUT_S)

    def _keep_sending(self) -> None:
        began = time.monotonic()
        # The server ends the connection when it ends the broadcast: then there is nothing more to do.
        with contextlib.suppress(OSError):
            while not self._ending.wait(max(0.0, began + self._frame * FRAME_S - time.monotonic())):
                self._send_frame()

    def _send_frame(self) -> None:
        at = round(self._frame * FRAME_S * 1000)
        picture = self._peer.video(at, keyframe=self._frame % FPS == 0, size=4000)
        self._socket.sendall(picture + self._peer.audio(at) if self._sound else picture)
        self._frame += 1
