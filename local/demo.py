"""`make demo`: stream a test card to the demo channel, for people without OBS. Ctrl-C stops it cleanly."""

import logging
import signal
import sys
import time
from types import FrameType
from typing import Any

import av.error
import av.logging

from local.account import call_api, running_stack, sign_in
from local.ports import CannotStart
from local.settings import local_settings
from local.test_card import FPS, HEIGHT, WIDTH, Broadcast

PROGRESS_EVERY_S = 5.0


class _Stop:
    """Set by Ctrl-C and SIGTERM; checked between two frames, so that no packet is cut off. A second Ctrl-C kills."""

    def __init__(self) -> None:
        self.asked = False
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, self._ask)

    def _ask(self, number: int, _frame: FrameType | None) -> None:
        self.asked = True
        signal.signal(number, signal.SIG_DFL)


def broadcast(ready: dict[str, Any]) -> None:
    """Fetch address and key as a user would, and go live. Raises CannotStart, or FFmpegError while on air."""
    token = sign_in(ready)
    credentials = call_api(ready, token, "/api/channel/credentials?reveal=true")
    watch_url = f"{ready['http_url']}/watch/{call_api(ready, token, '/api/channel')['channel_id']}"
    key = credentials["stream_key"]
    # libav waits in C for the server's answer, where no Python handler runs: until then Ctrl-C simply kills.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    # An error of libav's carries its reason only while libav logs; what it logs may name the URL, so it is not shown.
    logging.getLogger("libav").addHandler(logging.NullHandler())
    logging.getLogger("libav").propagate = False
    av.logging.set_level(av.logging.ERROR)
    try:
        live = Broadcast(f"{credentials['ingest_url']}/{key}")
        stop = _Stop()
        print(f"Streaming {WIDTH}x{HEIGHT}, {FPS} fps, to {credentials['ingest_url']}. Watch it: {watch_url}")
        print("Press Ctrl-C to stop.", flush=True)
        try:
            _send(live, stop)
        finally:
            live.close()
    except av.error.FFmpegError as error:
        raise CannotStart(f"The server ended the stream: {_words(error).replace(key, '<key>')}") from None
    print("Stopped.")


def _words(error: av.error.FFmpegError) -> str:
    """What libav logged last, such as the server's own description; else the error's name."""
    log: Any = error.log  # (level, part of libav, text); PyAV's annotation knows only two of them
    return log[2].strip().removeprefix("Server error: ") if log else error.strerror or "the connection was lost"


def _send(live: Broadcast, stop: _Stop) -> None:
    said, sent = time.monotonic(), 0

    def progress(seconds: float) -> None:
        nonlocal said, sent
        now = time.monotonic()
        if now - said >= PROGRESS_EVERY_S:
            rate = (live.bytes_sent - sent) * 8 / 1000 / (now - said)
            print(f"  {seconds:7.0f} s sent   {rate:6.0f} kb/s", flush=True)
            said, sent = now, live.bytes_sent

    live.run(lambda: stop.asked, progress)


def main() -> int:
    try:
        broadcast(running_stack(local_settings()))
    except CannotStart as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
