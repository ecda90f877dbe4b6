"""Every version of a live playlist keeps RFC 8216bis: by frame rate, key frame interval, and what encoders do."""

import itertools
import struct
from collections.abc import Iterable, Iterator

import pytest

from ingest_container.media.fmp4 import AudioTrack, VideoTrack
from ingest_container.media.outputs import Output
from ingest_container.media.rendition import Rendition
from ingest_container.media.segmenter import Segmenter
from tests.support.hls_rules import changes, parse, violations

pytestmark = pytest.mark.requirement("FX-13")

EPOCH = 1_790_000_000_000
VIDEO = VideoTrack("h264", b"\x01\x42\xc0\x1e", 1280, 720)
AUDIO = AudioTrack("aac", b"\x11\x90", 48_000, 2)
SOUND_FRAME = 1024 / 48_000


class Live:
    """A stream whose playlist is read at each change."""

    def __init__(self) -> None:
        self.segmenter, self.rendition = Segmenter(0), Rendition("7", EPOCH, 0)
        self.texts: list[str] = []

    def take(self, outputs: Iterable[Output]) -> None:
        for output in outputs:
            self.rendition.add(output)
            self.rendition.set_targets(self.segmenter.part_target, self.segmenter.target_duration)
            for skip in (True, False):
                text = self.rendition.playlist(skip=skip)
            if text is not None:
                self.texts.append(text.plain.decode())

    def stream(self, times: Iterable[float], gop: float, *, start: float = 0.0) -> None:
        """Frames at these seconds, a key frame every `gop` seconds, and sound beside them."""
        pictures = [(start + at, 0) for at in times]
        sounds = [(start + n * SOUND_FRAME, 1) for n in range(round((pictures[-1][0] - start) / SOUND_FRAME))]
        next_key = start
        for at, kind in sorted([*pictures, *sounds]):
            keyframe = kind == 0 and at >= next_key - 1e-6
            if keyframe:
                next_key += gop
            ms, payload = round(at * 1000), struct.pack(">d", at)
            self.take(self.segmenter.audio(ms, payload) if kind else self.segmenter.video(ms, 0, keyframe, payload))

    def end(self) -> None:
        self.take(self.segmenter.flush())
        self.rendition.end()
        text = self.rendition.playlist()
        assert text is not None
        self.texts.append(text.plain.decode())

    def check(self) -> None:
        assert len(self.texts) > 20
        for text in self.texts:
            assert violations(text) == [], text
        for before, after in itertools.pairwise(self.texts):
            assert changes(before, after) == [], f"{before}\n{after}"


def steady(fps: float, seconds: float) -> Iterator[float]:
    return (n / fps for n in range(round(fps * seconds)))


@pytest.mark.parametrize("gop", [0.5, 2.0, 8.3])
@pytest.mark.parametrize("fps", [10, 24, 29.97, 60])
def test_every_playlist_of_a_steady_stream_keeps_the_rules(fps: float, gop: float) -> None:
    live = Live()
    live.take(live.segmenter.configure(VIDEO, AUDIO))
    live.stream(steady(fps, 40), gop)
    live.end()
    live.check()
    assert "EXT-X-ENDLIST" in parse(live.texts[-1]).tags


def test_a_frame_rate_that_varies_keeps_the_rules() -> None:
    """30 fps, then 15, then 30 again: an encoder under load leaves frames out, and PART-TARGET stays."""
    live = Live()
    live.take(live.segmenter.configure(VIDEO, AUDIO))
    times = [*steady(30, 12), *(12 + at for at in steady(15, 12)), *(24 + at for at in steady(30, 12))]
    live.stream(times, 2.0)
    live.end()
    live.check()


def test_an_interruption_and_another_codec_keep_the_rules() -> None:
    live = Live()
    live.take(live.segmenter.configure(VIDEO, AUDIO))
    live.stream(steady(30, 9), 2.0)
    live.take(live.segmenter.restart())
    live.stream(steady(30, 9), 2.0, start=15.0)
    live.take(live.segmenter.configure(VideoTrack("hevc", b"other", 1920, 1080), AUDIO))
    live.stream(steady(30, 30), 2.0, start=24.0)
    live.end()
    live.check()


def test_a_delta_update_is_the_playlist_without_what_it_skips() -> None:
    live = Live()
    live.take(live.segmenter.configure(VIDEO, AUDIO))
    live.stream(steady(30, 40), 0.5)
    text, delta = live.rendition.playlist(), live.rendition.playlist(skip=True)
    assert text is not None
    assert delta is not None
    whole, short = parse(text.plain.decode()), parse(delta.plain.decode())
    skipped = int(short.attributes("EXT-X-SKIP").get("SKIPPED-SEGMENTS", "0"))
    assert short.segments == whole.segments[skipped:]
    assert (short.sequence, short.hint) == (whole.sequence, whole.hint)


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (("EXTINF:2.00000", "EXTINF:4.60000"), "over the target duration"),
        (("PART-TARGET=0.510", "PART-TARGET=0.400"), "over PART-TARGET"),
        (("PART-HOLD-BACK=1.530", "PART-HOLD-BACK=1.000"), "PART-HOLD-BACK"),
        (("#EXT-X-PROGRAM-DATE-TIME", "#EXT-X-OTHER"), "no EXT-X-PROGRAM-DATE-TIME"),
    ],
)
def test_a_broken_playlist_is_found(broken: tuple[str, str], said: str) -> None:
    live = Live()
    live.take(live.segmenter.configure(VIDEO, AUDIO))
    live.stream(steady(30, 20), 2.0)
    text = live.texts[-1]
    assert broken[0] in text
    assert any(said in each for each in violations(text.replace(*broken)))
