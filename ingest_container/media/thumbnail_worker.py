"""The process that decodes key frames into thumbnails; `thumbnailer` starts it, feeds it and replaces it.

A key frame is an encoder's bytes in libavcodec's hands, so this process has nothing to lose: it runs at the lowest
priority, without the node's environment, with little memory, and no job may use more than JOB_CPU_SECONDS. It is run as
a file (`python -I`) and imports nothing of ours.

    stdin    length (4 bytes, big endian), then fragmented MP4: init segment and the start of a fragment
    stdout   length, then a JPEG; length 0 where there is no picture to be had
"""

import contextlib
import io
import math
import os
import resource
import signal
import sys
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

import av
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

WIDTH = 640
MAX_HEIGHT = 1_280  # an upright picture of 9:16 has 1,138 lines
MAX_PIXELS = 8_192 * 4_320
MAX_JOB_BYTES = 16 * 1024 * 1024
MAX_RESULT_BYTES = 4 * 1024 * 1024
JOB_CPU_SECONDS = 4
MEMORY_BYTES = 1024 * 1024 * 1024  # of address space; libraries take 120 MB of it, a picture of 8K 100 MB a reference
MAX_JOBS = 2_000  # then a new process takes over: whatever libraries leak ends with it
QUANTIZER = 4  # of MJPEG, 2 (best) to 31
BT601, BT709, UNSPECIFIED = 5, 1, 2  # AVColorSpace
LEAST_HD_HEIGHT = 720


def thumbnail(data: bytes) -> bytes:
    """The first picture in `data` as a JPEG, WIDTH pixels wide. Raises whatever libav raises, and ValueError."""
    with av.open(io.BytesIO(data), "r", format="mp4") as container:
        stream = container.streams.video[0]
        decoder = stream.codec_context
        decoder.thread_count = 1
        decoder.options = {"max_pixels": str(MAX_PIXELS)}
        packet = next(packet for packet in container.demux(stream) if packet.size)
        # Nothing follows: the decoder gives what it would hold back for reordering.
        frames = decoder.decode(packet) + decoder.decode(None)
    if not frames:
        raise ValueError("no picture in the key frame")
    return _jpeg(frames[0], decoder)


def _jpeg(frame: VideoFrame, decoder: VideoCodecContext) -> bytes:
    width, height = _size(frame.width, frame.height, float(decoder.sample_aspect_ratio or 1))
    matrix = frame.colorspace
    if matrix == UNSPECIFIED:
        matrix = BT709 if frame.height >= LEAST_HD_HEIGHT else BT601
    picture = frame.reformat(
        width, height, "yuvj420p", src_colorspace=matrix, dst_colorspace=BT601, dst_color_range="JPEG"
    )
    picture.pts = 0
    encoder = av.CodecContext.create("mjpeg", "w")
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuvj420p"
    encoder.framerate = Fraction(1)
    encoder.qmin = encoder.qmax = QUANTIZER
    return b"".join(bytes(packet) for packet in encoder.encode(picture) + encoder.encode(None))


def _size(width: int, height: int, pixel_aspect: float) -> tuple[int, int]:
    """WIDTH wide in the shape that viewers see; even, for the chroma planes. What would be too high is squeezed."""
    if not math.isfinite(pixel_aspect) or not 0.1 <= pixel_aspect <= 10:
        pixel_aspect = 1.0
    wanted = WIDTH * height / (width * pixel_aspect)
    return WIDTH, 2 * round(min(max(wanted, 2), MAX_HEIGHT) / 2)


def confine() -> None:
    """Give up what this process does not need. A limit that the system does not know is left out (macOS)."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the node, which closes our stdin
    with contextlib.suppress(OSError):
        os.nice(19)
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")  # where memory runs out, this process is first
    for kind, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 16),
    ):
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(kind, (most, most))


def allow_cpu(seconds: int) -> None:
    """From now on; the kernel kills a process that takes more, whether its parent lives or not."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    used = math.ceil(usage.ru_utime + usage.ru_stime)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CPU, (used + seconds, resource.RLIM_INFINITY))


def serve(jobs: BinaryIO, results: BinaryIO, *, within_limits: bool = True) -> None:
    """Until there are no more jobs. `within_limits`: this process may be killed for what a job takes."""
    for _ in range(MAX_JOBS):
        size = int.from_bytes(jobs.read(4), "big")
        if not 0 < size <= MAX_JOB_BYTES:
            return
        data = jobs.read(size)
        if within_limits:
            allow_cpu(JOB_CPU_SECONDS)
        try:
            picture = thumbnail(data)
        except Exception:  # whatever it was, there is no picture in it
            picture = b""
        if len(picture) > MAX_RESULT_BYTES:
            picture = b""
        results.write(len(picture).to_bytes(4, "big") + picture)
        results.flush()


if __name__ == "__main__":
    av.logging.set_level(av.logging.PANIC)
    confine()
    serve(sys.stdin.buffer, sys.stdout.buffer)
