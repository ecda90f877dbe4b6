"""What an encoder sent, packaged as a node does it, without a node."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import m3u8

from ingest_container import rtmp
from ingest_container.media.demuxer import Demuxer
from ingest_container.media.outputs import Output
from ingest_container.media.rendition import Rendition
from ingest_container.media.segmenter import Segmenter
from tests.support.material import events, flv

SECONDS = 6
EPOCH = 1_790_000_000_000


class Pipeline:
    """Demuxer, segmenter and rendition, as a packager joins them."""

    def __init__(self) -> None:
        self.segmenter = Segmenter(0)
        self.demuxer = Demuxer(self.segmenter)
        self.rendition = Rendition("1", EPOCH, 0)

    def feed(self, arrivals: Iterable[tuple[int, rtmp.Event]], *, late: int = 0) -> None:
        """`late`: ms of the stream's life that were over when the first arrived."""
        for at, event in arrivals:
            made: list[Output] = []
            self.demuxer.feed([event], at + late, made)
            self.take(made)

    def interrupt(self) -> None:
        self.take(self.demuxer.interrupted())

    def take(self, outputs: Iterable[Output]) -> None:
        for output in outputs:
            self.rendition.add(output)
        self.rendition.set_targets(self.segmenter.part_target, self.segmenter.target_duration)

    @property
    def playlist(self) -> m3u8.M3U8:
        text = self.rendition.playlist()
        assert text is not None
        return m3u8.loads(text.plain.decode())

    def save(self, folder: Path) -> Path:
        """The playlist and all that it names, as files."""
        (folder / "1").mkdir(parents=True)
        playlist = self.playlist
        for each in playlist.segment_map:
            (folder / each.uri).write_bytes(self.rendition.init_segment(each.uri) or b"")
        for segment in (each for each in playlist.segments if each.uri):
            (folder / segment.uri).write_bytes(self.rendition.part_or_segment(segment.uri) or b"")
        text = self.rendition.playlist()
        assert text is not None
        (folder / "v.m3u8").write_bytes(text.plain)
        return folder / "v.m3u8"


@cache
def material(video: str | None, audio: str | None, sample_rate: int = 48_000) -> bytes:
    return flv(video, audio, SECONDS, sample_rate=sample_rate)


def packaged(video: str | None, audio: str | None, sample_rate: int = 48_000) -> Pipeline:
    made = Pipeline()
    made.feed(events(material(video, audio, sample_rate)))
    made.interrupt()
    made.rendition.end()
    return made
