"""libavformat as a publisher that may announce Enhanced RTMP in connect, as `ffmpeg -rtmp_enhanced_codecs` does.

    python -m tests.support.libav_publisher <url> hvc1,av01,vp09 libx265 aac

sends a still picture and silence in real time until Ctrl-C, and then stops cleanly.
"""

import signal
import sys
import threading
import time
from typing import Any

import av
from av.codec.context import Flags
from av.container import OutputContainer

WIDTH, HEIGHT, FPS = 640, 360, 25
SAMPLE_RATE = 48_000
SAMPLES = SAMPLE_RATE // FPS  # of silence to each picture
_LIVE = {
    "libx265": {"preset": "ultrafast", "tune": "zerolatency", "x265-params": "log-level=none"},
    "libvpx-vp9": {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"},
}


def publishing(url: str, announced: str = "") -> OutputContainer:
    """An output that publishes at `url`; `announced` is its fourCcList, with commas, none if empty.

    The announcement is an option of libavformat's rtmp protocol. PyAV gives its options to the muxer alone; the fifo
    muxer is the one that opens the URL itself, and gives on what it is told.
    """
    options = {"fifo_format": "flv"}
    if announced:
        options["format_opts"] = f"rtmp_enhanced_codecs={announced}"
    return av.open(url, "w", format="fifo", options=options)


def with_header_in_front(stream: Any) -> Any:
    """The stream, with the codec's header where FLV wants it; for FLV itself PyAV sees to that."""
    stream.codec_context.flags |= Flags.global_header
    return stream


def broadcast(url: str, announced: str, video_encoder: str, audio_encoder: str, stopped: threading.Event) -> None:
    """Publish in real time until `stopped` is set."""
    with publishing(url, announced) as output:
        video = with_header_in_front(output.add_stream(video_encoder, rate=FPS, options=_LIVE[video_encoder]))
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        audio = with_header_in_front(output.add_stream(audio_encoder, rate=SAMPLE_RATE, layout="stereo"))
        picture = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
        silence = av.AudioFrame("s16", "stereo", SAMPLES)
        silence.sample_rate = SAMPLE_RATE
        for plane in (*picture.planes, *silence.planes):
            plane.update(bytes(plane.buffer_size))
        start, count = time.monotonic(), 0
        while not stopped.wait(max(0.0, start + count / FPS - time.monotonic())):
            picture.pts, silence.pts = count, count * SAMPLES
            output.mux(video.encode(picture))
            output.mux(audio.encode(silence))
            count += 1
        output.mux(video.encode(None))
        output.mux(audio.encode(None))


def main(url: str, announced: str, video_encoder: str, audio_encoder: str) -> None:
    stopped = threading.Event()
    signal.signal(signal.SIGINT, lambda _number, _frame: stopped.set())
    broadcast(url, announced, video_encoder, audio_encoder, stopped)


if __name__ == "__main__":
    main(*sys.argv[1:])
