"""Pictures of one colour, coded by real encoders and packaged by a real packager; and colours read back from a JPEG."""

import io
from fractions import Fraction
from typing import cast

import av
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from aws_lambda_powertools import Logger

from ingest_container import rtmp
from ingest_container.media.packager import Origination, Packager
from ingest_container.media.packaging import Packaging
from tests.support import material

AT = 1_790_000_000_000
LOG = Logger(service="test", level="CRITICAL")
RGB = tuple[int, int, int]


class Clock:
    """Wall-clock time, ms."""

    def __init__(self) -> None:
        self.now = AT

    def __call__(self) -> int:
        return self.now


def flv(
    rgb: RGB, size: tuple[int, int] = (320, 180), *, encoder: str = "libx264", seconds: float = 1.5, sar: int = 1
) -> bytes:
    """A still picture; key frames every second."""
    out = io.BytesIO()
    with av.open(out, "w", format="flv") as container:
        options = dict(material.OPTIONS.get(encoder, {}))
        stream = cast(VideoStream, container.add_stream(encoder, rate=10, options=options))
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        stream.codec_context.gop_size = 10
        if sar != 1:
            stream.codec_context.sample_aspect_ratio = Fraction(sar)
        source = VideoFrame(*size, "rgb24")
        plane = source.planes[0]
        plane.update((bytes(rgb) * size[0]).ljust(plane.line_size, b"\0") * size[1])
        for n in range(round(seconds * 10)):
            # As encoders do: HD in BT.709, SD in BT.601.
            frame = source.reformat(format="yuv420p", dst_colorspace="ITU709" if size[1] >= 720 else "ITU601")
            frame.pts, frame.time_base = n, Fraction(1, 10)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return out.getvalue()


def packaged(packaging: Packaging, clock: Clock, data: bytes, channel_id: str = "ch_1") -> Packager:
    """A stream of that channel that has sent this."""
    packager = packaging.take_on(Origination(channel_id, f"st_{channel_id}", 1))
    send(packager, clock, data)
    return packager


def send(packager: Packager, clock: Clock, data: bytes) -> None:
    began = clock.now
    for at, event in material.events(data):
        clock.now = began + at
        packager.feed([event])


def garbage(packager: Packager, clock: Clock, first: int = 0) -> None:
    """A second and a half of what is no H.264, after a sequence header that says it is."""
    header: list[rtmp.Event] = [
        rtmp.Metadata({"videocodecid": 7.0}),
        rtmp.VideoConfig("h264", 640, 360, "Main", "3.1", 25.0),
        rtmp.VideoMessage(first, b"\x17\0\0\0\0" + bytes.fromhex("0164001fffe1"), "h264", False, True, 5, 0, 0),
    ]
    packager.feed(header)
    for n in range(38):
        packager.feed([rtmp.VideoMessage(first + n * 40, b"\x41" * 3000, "h264", n % 25 == 0, False, 5, 0, 0)])
        clock.now += 40


def decoded(jpeg: bytes) -> tuple[int, int, RGB]:
    """Width, height and the colour in the middle."""
    with av.open(io.BytesIO(jpeg), "r") as container:
        assert container.streams.video[0].codec_context.name == "mjpeg"
        frame = next(container.decode(video=0))
    rgb = frame.reformat(format="rgb24", src_colorspace="ITU601", src_color_range="JPEG")
    plane = rgb.planes[0]
    at = (frame.height // 2) * plane.line_size + 3 * (frame.width // 2)
    red, green, blue = bytes(plane)[at : at + 3]
    return frame.width, frame.height, (red, green, blue)


def is_near(one: RGB, other: RGB, within: int = 12) -> bool:
    return all(abs(a - b) <= within for a, b in zip(one, other, strict=True))
