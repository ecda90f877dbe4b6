"""Every byte that viewers and the archive get of some streams, as digests: how it is made must not change it."""

import random
from collections.abc import Callable
from hashlib import sha256
from typing import cast

import pytest

from chalicelib.observability import logger
from ingest_container import rtmp
from ingest_container.media.demuxer import Demuxer
from ingest_container.media.outputs import Output, Part
from ingest_container.media.packager import Origination, Packager
from ingest_container.media.pieces import SegmentBytes
from ingest_container.media.playlist import ListedSegment
from ingest_container.media.recorder import Recorder
from ingest_container.media.segmenter import Segmenter
from ingest_container.rtmp.messages import VIDEO
from tests.support import wire_material as made
from tests.support.rtmp_peer import RtmpPeer
from tests.support.wire_material import Carried, Tag

EPOCH = 1_790_000_000_000
READ_MS = 100


class Digests:
    """Of what viewers fetch as it is listed, and of what the archive is given."""

    def __init__(self, *, fetches: bool) -> None:
        self.viewers, self.archive = sha256(), sha256()
        self.poster: Callable[[], bytes | None] = lambda: None
        self._fetches = fetches
        self._known: set[str] = set()

    def add(self, listed: ListedSegment, data: SegmentBytes, init: bytes) -> None:
        self.archive.update(repr((listed.msn, listed.began_at, listed.duration, listed.discontinuity)).encode())
        self.archive.update(b"".join(data.buffers()))
        self.archive.update(init)

    def continues(self, fence: int) -> None:
        self.archive.update(b"%d" % fence)

    def look(self, packager: Packager) -> None:
        """As a player does that reads every version of the playlist, and all that is new in it."""
        rendition = packager.rendition
        text = rendition.playlist()
        if text is None or not self._fetches:
            return
        self.viewers.update(text.plain + text.tag.encode())
        skipping = rendition.playlist(skip=True)
        assert skipping is not None
        self.viewers.update(skipping.plain)
        self.viewers.update(rendition.multivariant("v.m3u8", packager.frame_rate).encode())
        for line in text.plain.decode().splitlines():
            uri = line if not line.startswith("#") else line.partition('URI="')[2].partition('"')[0]
            if uri and uri not in self._known and (data := self._get(packager, uri)) is not None:
                self._known.add(uri)
                self.viewers.update(uri.encode())
                self.viewers.update(data)

    @staticmethod
    def _get(packager: Packager, uri: str) -> bytes | memoryview | None:
        return packager.rendition.init_segment(uri) or packager.rendition.part_or_segment(uri)


def sound_and_picture(
    picture: Callable[[bool, int, bytes], bytes] = made.avc,
    header: Tag = made.AVC_HEADER,
    *,
    seconds: float = 13,
    fps: float = 30,
    gop: int = 60,
) -> list[Carried]:
    chance = random.Random(1)
    frames = made.in_order(
        made.video(chance, seconds, picture, fps=fps, gop=gop),
        made.audio(chance, seconds, made.aac, every=1024 / 48),
    )
    return [Carried([made.metadata(), header, made.AAC_HEADER], frames)]


def opus_beside_av1() -> list[Carried]:
    chance = random.Random(2)
    frames = made.in_order(made.video(chance, 9, made.av1), made.audio(chance, 9, made.opus, every=20))
    return [Carried([made.metadata(), made.AV1_HEADER, made.OPUS_HEADER], frames)]


def mp3_alone() -> list[Carried]:
    return [Carried([], made.audio(random.Random(3), 9, made.mp3, every=1152 / 44.1))]


def picture_alone() -> list[Carried]:
    return [Carried([made.metadata(), made.AVC_HEADER], made.video(random.Random(4), 9, made.avc, fps=59.94, gop=100))]


def reconnected() -> list[Carried]:
    """Twice; the second time with another codec, and the clock leaps meanwhile."""
    first, hevc = sound_and_picture(seconds=5), sound_and_picture(made.hevc, made.HEVC_HEADER, seconds=7)
    leap = [(kind, time + 60_000 * (time > 4_000), body) for kind, time, body in hevc[0].frames]
    return [*first, *sound_and_picture(seconds=3, gop=25), Carried(hevc[0].opening, leap)]


def reconfigured() -> list[Carried]:
    """The picture's header changes in the midst of the stream, and the sound pauses."""
    (carried,) = sound_and_picture(seconds=8)
    frames = [tag for tag in carried.frames if tag[0] == VIDEO or not 2_000 < tag[1] < 2_700]
    middle = next(n for n, tag in enumerate(frames) if tag[1] >= 3_500)
    header = (VIDEO, frames[middle][1], made.AVC_HEADER[2][:-2] + b"\0\0")
    return [Carried(carried.opening, [*frames[:middle], header, *frames[middle:]])]


def aggregated() -> list[Carried]:
    (carried,) = sound_and_picture(seconds=6)
    return [Carried(carried.opening, made.aggregates(carried.frames))]


STREAMS: dict[str, tuple[Callable[[], list[Carried]], int, str, str]] = {
    # name: what is sent, the chunk size, the digest of what viewers get, and of what the archive gets
    "h264, aac": (sound_and_picture, 4096, "96b1b8d0ba514e4d", "33402ebaf1d86b67"),
    "small chunks": (sound_and_picture, 128, "96b1b8d0ba514e4d", "33402ebaf1d86b67"),
    "60 fps": (lambda: sound_and_picture(fps=60, gop=120, seconds=7), 65_536, "4628d777177109ef", "e74d37eb5100f467"),
    "long groups": (lambda: sound_and_picture(gop=400, seconds=15), 4096, "db7427e5e7a9eccd", "ea4d86c8574c53f0"),
    "hevc": (lambda: sound_and_picture(made.hevc, made.HEVC_HEADER), 4096, "0c03721aba4d5013", "61931c6e1102528a"),
    "av1, opus": (opus_beside_av1, 1000, "154dd730d38b692b", "2d60356a1a99b6a5"),
    "mp3": (mp3_alone, 4096, "efabb4a0c3506377", "9466ce82d443a515"),
    "picture alone": (picture_alone, 4096, "30f6085b1e95fb5b", "bb0e26dae412b4fe"),
    "modifiers": (lambda: sound_and_picture(made.delayed_avc, seconds=5), 4096, "e8888b265c2454ac", "c1d80a9f8c98e7cc"),
    "two tracks": (lambda: sound_and_picture(made.two_tracks, seconds=5), 4096, "f6b46bad8a1068dc", "c1d80a9f8c98e7cc"),
    "reconnected": (reconnected, 4096, "5f5c2c272ac7591d", "c384de4a2cd5eeb4"),
    "reconfigured": (reconfigured, 4096, "c8be4d6415258651", "194d6c15f69b44cc"),
    "aggregates": (aggregated, 4096, "6f8c94ad51a0afe8", "0700fa67a1783180"),
}


def packaged(connections: list[Carried], chunk_size: int, digests: Digests) -> None:
    chance = random.Random(7)
    now = EPOCH
    packager = Packager(Origination("channel", "stream", 1), lambda: now, logger("ingest"), cast(Recorder, digests))
    for number, carried in enumerate(connections, 1):
        if number > 1:
            now += 2_000
            packager.connected(number)
        began, start = now, 1_000 * number
        session = rtmp.Session(now=began / 1000, random_bytes=bytes(1528))
        session.receive_data(RtmpPeer(chunk_size=chunk_size).open(), began / 1000)
        session.accept_publish(began / 1000)
        packager.feed(session.receive_data(made.wire(carried.opening, chunk_size, start), now / 1000))
        for until in range(READ_MS, carried.frames[-1][1] + READ_MS, READ_MS):
            due = [tag for tag in carried.frames if until - READ_MS <= tag[1] < until]
            now = began + until
            for piece in made.reads(made.wire(due, chunk_size, start), chance):
                packager.feed(session.receive_data(bytearray(piece), now / 1000))
                digests.look(packager)
    packager.interrupted()
    packager.rendition.end()
    digests.look(packager)


@pytest.mark.parametrize("name", STREAMS)
def test_viewers_and_the_archive_get_the_same_bytes_as_ever(name: str) -> None:
    stream, chunk_size, viewers, archive = STREAMS[name]
    digests = Digests(fetches=True)
    packaged(stream(), chunk_size, digests)
    assert (digests.viewers.hexdigest()[:16], digests.archive.hexdigest()[:16]) == (viewers, archive)


@pytest.mark.parametrize("name", STREAMS)
def test_the_archive_gets_them_without_viewers(name: str) -> None:
    stream, chunk_size, _, archive = STREAMS[name]
    digests = Digests(fetches=False)
    packaged(stream(), chunk_size, digests)
    assert digests.archive.hexdigest()[:16] == archive


def parts(before: int) -> list[Part]:
    """Of a stream whose frames stand behind so many other bytes."""
    chance, out = random.Random(1), list[Output]()
    demuxer = Demuxer(Segmenter(0))
    opening: list[rtmp.Event] = [
        rtmp.VideoConfig("h264", 640, 360, "Main", "3.1", 30.0),
        rtmp.VideoMessage(0, b"avcC", "h264", False, True, 0, 0, 0),
    ]
    frames = [(n, bytes(before) + chance.randbytes(3_000)) for n in range(150)]
    messages = [rtmp.VideoMessage(33 * n, data, "h264", n % 60 == 0, False, before, 0, 0) for n, data in frames]
    for message in (*opening, *messages):
        demuxer.feed([message], 0, out)
    return [output for output in (*out, *demuxer.interrupted()) if isinstance(output, Part)]


@pytest.mark.parametrize("before", [5, 16, 17, 5_000])
def test_what_stands_before_a_frame_is_neither_sent_nor_kept(before: int) -> None:
    made = parts(before)
    views = [each for part in made for each in part.data.buffers() if isinstance(each, memoryview)]
    assert all(memoryview(view.obj).nbytes - view.nbytes <= 16 for view in views)
    assert [part.data.size for part in made] == [len(part.data.whole()) for part in made]
    assert [bytes(part.data.whole()) for part in made] == [bytes(part.data.whole()) for part in parts(0)]
