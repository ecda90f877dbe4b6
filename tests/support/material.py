"""Streams of real encoders as the media events of an RTMP session, without a network between.

libavformat writes FLV (with Enhanced RTMP's FourCC packets, where the codec needs them), and each of its tags is what
an RTMP message carries.
"""

import array
import io
import math
from collections.abc import Iterator
from fractions import Fraction
from typing import cast

import av
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.stream import VideoStream

from ingest_container import rtmp
from ingest_container.rtmp.counting import MediaCounter
from ingest_container.rtmp.limits import Limits
from ingest_container.rtmp.media import MediaReader
from ingest_container.rtmp.messages import AUDIO, DATA_AMF0, VIDEO, Message

WIDTH, HEIGHT = 320, 180
OPTIONS = {
    "libx264": {"preset": "ultrafast", "bf": "2", "b_strategy": "0", "sc_threshold": "0"},
    "libx265": {"preset": "ultrafast", "x265-params": "log-level=none:scenecut=0:bframes=2"},
    "libsvtav1": {"preset": "12", "svtav1-params": "pred-struct=1"},
}


def flv(
    video: str | None, audio: str | None, seconds: float, *, fps: int = 30, gop: int = 60, sample_rate: int = 48_000
) -> bytes:
    """What these encoders make of a moving picture and a tone."""
    out = io.BytesIO()
    with av.open(out, "w", format="flv") as container:
        picture = _add_picture(container, video, fps, gop) if video else None
        sound = cast(AudioStream, container.add_stream(audio, rate=sample_rate, layout="stereo")) if audio else None
        for n in range(round(seconds * fps)):
            if picture is not None:
                container.mux(picture.encode(_picture(n, fps)))
            if sound is not None:
                container.mux(sound.encode(_tone(n, fps, sample_rate)))
        if picture is not None:
            container.mux(picture.encode(None))
        if sound is not None:
            container.mux(sound.encode(None))
    return out.getvalue()


def _add_picture(container: OutputContainer, encoder: str, fps: int, gop: int) -> VideoStream:
    picture = cast(VideoStream, container.add_stream(encoder, rate=fps, options=dict(OPTIONS.get(encoder, {}))))
    picture.width, picture.height, picture.pix_fmt = WIDTH, HEIGHT, "yuv420p"
    picture.codec_context.gop_size = gop
    return picture


def _picture(n: int, fps: int) -> av.VideoFrame:
    """Bars that move."""
    frame = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
    for plane, level in zip(frame.planes, (n * 3 % 256, 90, 170), strict=True):
        edge = n * 5 % plane.width
        row = bytes((level,)) * edge + bytes((128,)) * (plane.line_size - edge)
        plane.update(row * plane.height)
    frame.pts, frame.time_base = n, Fraction(1, fps)
    return frame


def _tone(n: int, fps: int, sample_rate: int) -> av.AudioFrame:
    samples = sample_rate // fps
    frame = av.AudioFrame("s16", "stereo", samples)
    wave = array.array("h")
    for at in range(n * samples, (n + 1) * samples):
        wave.extend([round(8_000 * math.sin(2 * math.pi * 440 * at / sample_rate))] * 2)
    frame.planes[0].update(wave.tobytes().ljust(frame.planes[0].buffer_size, b"\0"))
    frame.sample_rate, frame.pts = sample_rate, n * samples
    return frame


def messages(data: bytes) -> Iterator[Message]:
    """The tags of an FLV file as RTMP messages (FLV 10.1, E.4.1)."""
    at = 9 + 4
    while at + 11 <= len(data):
        kind, size = data[at], int.from_bytes(data[at + 1 : at + 4], "big")
        time = int.from_bytes(data[at + 4 : at + 7], "big") | data[at + 7] << 24
        if kind in (AUDIO, VIDEO, DATA_AMF0):
            yield Message(kind, 1, time, data[at + 11 : at + 11 + size])
        at += 11 + size + 4


def events(data: bytes, *, offset: int = 0) -> Iterator[tuple[int, rtmp.Event]]:
    """The session's media events, each with the ms since the beginning at which it would arrive.

    `offset` is added to the encoder's timestamps.
    """
    reader = MediaReader(Limits(), MediaCounter(), lambda _: None, frames=True)
    for message in messages(data):
        found: list[rtmp.Event] = []
        reader.read(Message(message.type_id, message.stream_id, message.timestamp + offset, message.payload), found)
        for event in found:
            yield message.timestamp, event
