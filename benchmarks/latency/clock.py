"""A picture that carries the time at which it was made, as black and white blocks, and its way into an encoder.

    row 0   32 blocks: milliseconds since the epoch, modulo 2**32, the highest bit first
    row 1    8 blocks: their CRC, so that a picture that is smeared is not taken for a time

Blocks are 20 x 20 pixels: they survive the encoder's quantization and the scaling of a player.
"""

import json
import subprocess
import threading
import time
from pathlib import Path
from zlib import crc32

WIDTH, HEIGHT, FPS, KEYFRAME_S = 640, 360, 30, 2
BLOCK = 20
TIME_BITS, CHECK_BITS = 32, 8

_SIZES = {"width": WIDTH, "height": HEIGHT, "block": BLOCK, "timeBits": TIME_BITS, "checkBits": CHECK_BITS}
_READ = Path(__file__).with_name("read_clock.js").read_text()
# For a page, before it loads.
READ = f"""addEventListener("DOMContentLoaded", () => readClock({json.dumps(_SIZES)}))
{_READ}"""


def picture(now_ms: int) -> bytes:
    """One frame, I420."""
    value = now_ms % 2**TIME_BITS
    check = crc32(value.to_bytes(4, "big")) & 0xFF
    rows = b"".join(_row(bits, count) * BLOCK for bits, count in ((value, TIME_BITS), (check, CHECK_BITS)))
    grey = bytes([96]) * (WIDTH * (HEIGHT - 2 * BLOCK))
    return rows + grey + bytes([128]) * (WIDTH * HEIGHT // 2)


def _row(value: int, count: int) -> bytes:
    blocks = b"".join(bytes([235 if value >> bit & 1 else 16]) * BLOCK for bit in range(count - 1, -1, -1))
    return blocks.ljust(WIDTH, bytes([16]))


class ClockEncoder:
    """ffmpeg, given a picture of the present time 30 times a second. A context: on air within it."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._stop = threading.Event()

    def __enter__(self) -> "ClockEncoder":
        pictures = ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", f"{WIDTH}x{HEIGHT}", "-r", str(FPS), "-i", "-"]
        sound = ["-re", "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000"]
        h264 = ["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", str(FPS * KEYFRAME_S)]
        command = ["ffmpeg", "-loglevel", "error", *sound, *pictures, *h264, "-c:a", "aac", "-f", "flv", self._address]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        return self

    def _run(self) -> None:
        assert self._process.stdin is not None
        start = time.monotonic()
        number = 0
        while not self._stop.wait(max(0.0, start + number / FPS - time.monotonic())):
            try:
                self._process.stdin.write(picture(time.time_ns() // 1_000_000))
                self._process.stdin.flush()
            except BrokenPipeError:
                return
            number += 1

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
