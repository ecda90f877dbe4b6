"""A moving test card with a beep a second, encoded as a well set up encoder does, sent in real time."""

import time
from collections.abc import Callable, Sequence
from fractions import Fraction

import av
from av.audio.frame import AudioFrame
from av.container import OutputContainer
from av.filter import Graph
from av.video.frame import PictureType, VideoFrame

WIDTH, HEIGHT, FPS = 1280, 720, 30
KEYFRAME_EVERY_S = 2
VIDEO_BIT_RATE = 2_340_000
AUDIO_BIT_RATE = 160_000
SAMPLE_RATE = 48_000
SAMPLES = 1024  # an AAC frame


class TestCard:
    """Frames of picture and sound, with their times."""

    __test__ = False  # not a test class, whatever its name makes pytest think

    def __init__(self) -> None:
        self._picture = Graph()
        source = self._picture.add("testsrc2", f"size={WIDTH}x{HEIGHT}:rate={FPS}")
        pixels = self._picture.add("format", "yuv420p")
        self._picture.link_nodes(source, pixels, self._picture.add("buffersink")).configure()
        self._sound = Graph()
        tone = self._sound.add("sine", f"frequency=330:beep_factor=4:sample_rate={SAMPLE_RATE}")
        samples = self._sound.add("aformat", f"sample_fmts=fltp:sample_rates={SAMPLE_RATE}:channel_layouts=stereo")
        frames = self._sound.add("asetnsamples", f"n={SAMPLES}")
        self._sound.link_nodes(tone, samples, frames, self._sound.add("abuffersink")).configure()
        self._pictures = 0
        self._sounds = 0

    @property
    def video_time(self) -> float:
        """Seconds of the next picture."""
        return self._pictures / FPS

    @property
    def audio_time(self) -> float:
        """Seconds of the next sound."""
        return self._sounds * SAMPLES / SAMPLE_RATE

    def picture(self) -> VideoFrame:
        frame = self._picture.vpull()
        # The source marks each picture as an I frame, which the encoder would take for an order.
        frame.pict_type = PictureType.NONE
        frame.pts, frame.time_base = self._pictures, Fraction(1, FPS)
        self._pictures += 1
        return frame

    def sound(self) -> AudioFrame:
        frame = self._sound.pull()
        assert isinstance(frame, AudioFrame)  # noqa: S101
        frame.pts, frame.time_base = self._sounds * SAMPLES, Fraction(1, SAMPLE_RATE)
        self._sounds += 1
        return frame


class Broadcast:
    """One broadcast of the test card. `close` ends it cleanly (FCUnpublish, deleteStream)."""

    def __init__(self, url: str) -> None:
        """Connect and be accepted. Raises av.error.FFmpegError; its text may hold the URL, so the stream key."""
        self._card = TestCard()
        self._output: OutputContainer = av.open(url, "w", format="flv", options={"flvflags": "no_duration_filesize"})
        self._video: av.VideoStream = self._output.add_stream("libx264", rate=FPS)
        self._video.width, self._video.height, self._video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        self._video.bit_rate = VIDEO_BIT_RATE
        self._video.gop_size = KEYFRAME_EVERY_S * FPS
        rate = str(VIDEO_BIT_RATE)
        self._video.options = {
            "preset": "veryfast",
            "tune": "zerolatency",
            "maxrate": rate,
            "bufsize": rate,
            # A still corner of the card must not make the bit rate fall: fill up, as OBS's CBR does.
            "x264-params": "nal-hrd=cbr:force-cfr=1:scenecut=0",
        }
        self._audio = self._output.add_stream("aac", rate=SAMPLE_RATE, layout="stereo")
        self._audio.bit_rate = AUDIO_BIT_RATE
        self._output.start_encoding()  # here libav connects and publishes
        self.bytes_sent = 0

    def run(self, stopped: Callable[[], bool], progress: Callable[[float], None]) -> None:
        """Send until `stopped()`; `progress(seconds of media sent)` is called after every picture."""
        start = time.monotonic()
        while not stopped():
            if self._card.audio_time < self._card.video_time:
                self._send(self._audio.encode(self._card.sound()))
                continue
            time.sleep(max(0.0, start + self._card.video_time - time.monotonic()))
            self._send(self._video.encode(self._card.picture()))
            progress(self._card.video_time)

    def _send(self, packets: "Sequence[av.Packet[av.VideoStream]] | Sequence[av.Packet[av.AudioStream]]") -> None:
        for packet in packets:
            self.bytes_sent += packet.size
            self._output.mux(packet)

    def close(self) -> None:
        self._output.close()
