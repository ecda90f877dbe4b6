"""One broadcast's packaging over its life: connections that come and go, nodes, and what goes wrong."""

import logging
from typing import cast

import m3u8
import pytest
from aws_lambda_powertools import Logger

from ingest_container import rtmp
from ingest_container.media.packager import Origination, Packager
from ingest_container.media.packaging import Packaging

FRAME_MS = 40
AT = 1_790_000_000_000
RECORD = bytes.fromhex("0164001fffe1")


class Clock:
    """Wall-clock time, ms."""

    def __init__(self) -> None:
        self.now = AT

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def packaging(clock: Clock) -> Packaging:
    return Packaging(clock, cast(Logger, logging.getLogger("packager")))


def header(record: bytes = RECORD) -> list[rtmp.Event]:
    return [
        rtmp.Metadata({"videocodecid": 7.0}),
        rtmp.VideoConfig("h264", 640, 360, "Main", "3.1", 25.0),
        rtmp.VideoMessage(0, b"\x17\0\0\0\0" + record, "h264", False, True, 5, 0, 0),
    ]


def send(packager: Packager, clock: Clock, seconds: float, *, gop_s: float = 2.0, first: int = 0) -> None:
    """A connection's header and so much of its video, as it comes; its timestamps begin at `first`."""
    packager.feed(header())
    for n in range(round(seconds * 1000 / FRAME_MS)):
        at = n * FRAME_MS
        keyframe = at % round(gop_s * 1000) == 0
        packager.feed([rtmp.VideoMessage(first + at, bytes(300), "h264", keyframe, False, 5, 0, 0)])
        clock.now += FRAME_MS


def playlist(packager: Packager) -> m3u8.M3U8:
    text = packager.rendition.playlist()
    assert text is not None
    return m3u8.loads(text.plain.decode())


async def test_an_encoder_that_reconnects_continues_the_playlist(packaging: Packaging, clock: Clock) -> None:
    first = packaging.take_on(Origination("ch", "st", 5))
    send(first, clock, 5)
    first.interrupted()
    before = playlist(first)
    clock.now += 3_000
    again = packaging.take_on(Origination("ch", "st", 6, AT))
    assert again is first
    send(again, clock, 5, first=77_000)
    after = playlist(again)
    assert [s.uri for s in after.segments][: len(before.segments)] == [s.uri for s in before.segments]
    assert [s.discontinuity for s in after.segments].count(True) == 1


async def test_another_node_goes_on_past_all_numbers(packaging: Packaging, clock: Clock) -> None:
    """Which it does not know."""
    here = packaging.take_on(Origination("ch", "st", 5))
    send(here, clock, 9)
    here.interrupted()
    clock.now += 1_000
    there = Packaging(clock, cast(Logger, logging.getLogger("other"))).take_on(Origination("ch", "st", 6, AT))
    send(there, clock, 5)
    before, after = playlist(here), playlist(there)
    assert after.media_sequence >= before.media_sequence + len(before.segments)
    assert after.discontinuity_sequence > before.discontinuity_sequence
    assert after.segments[0].discontinuity
    assert not {s.uri for s in after.segments} & {s.uri for s in before.segments}
    assert after.segments[0].program_date_time > before.segments[-1].program_date_time


async def test_a_new_stream_of_the_channel_replaces_the_old_one(packaging: Packaging, clock: Clock) -> None:
    old = packaging.take_on(Origination("ch", "old", 5))
    send(old, clock, 5)
    new = packaging.take_on(Origination("ch", "new", 6))
    assert packaging.current("ch") is new
    assert packaging.of_stream("ch", "old") is old


async def test_packaging_that_stops_says_why_and_takes_whatever_still_comes(
    packaging: Packaging, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[dict[str, object]] = []
    log = logging.getLogger("packager")
    monkeypatch.setattr(log, "warning", lambda _, **fields: told.append(fields))
    packager = packaging.take_on(Origination("ch", "st", 5))
    send(packager, clock, 25, gop_s=100)
    assert playlist(packager).is_endlist
    assert [(fields["event"], fields["reason"]) for fields in told] == [("packaging_stopped", "no_key_frame")]


async def test_a_defect_ends_packaging_and_nothing_else(
    packaging: Packaging, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[dict[str, object]] = []
    monkeypatch.setattr(logging.getLogger("packager"), "exception", lambda _, **fields: told.append(fields))
    packager = packaging.take_on(Origination("ch", "st", 5))
    send(packager, clock, 5)

    def broken(_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(packager.rendition, "add", broken)
    send(packager, clock, 3)
    assert packager.rendition.ended
    assert [fields["event"] for fields in told] == ["packaging_failed"]


async def test_ended_streams_are_kept_in_bounded_number(packaging: Packaging, clock: Clock) -> None:
    for n in range(Packaging.MAX_LINGERING + 10):
        packaging.take_on(Origination("ch", f"st{n}", n + 1))
        packaging.end("ch")
    kept = [n for n in range(Packaging.MAX_LINGERING + 10) if packaging.of_stream("ch", f"st{n}")]
    assert kept == list(range(10, Packaging.MAX_LINGERING + 10))


async def test_who_ends_a_stream_that_was_replaced_ends_nothing(packaging: Packaging) -> None:
    packaging.take_on(Origination("ch", "old", 5))
    new = packaging.take_on(Origination("ch", "new", 6))
    packaging.end("ch", "old")
    assert packaging.current("ch") is new


def test_whoever_feeds_it_is_told_what_the_part_lacks_until_packaging_ends(packaging: Packaging, clock: Clock) -> None:
    packager = packaging.take_on(Origination("channel", "stream", 1))
    send(packager, clock, 1.0)
    frame = rtmp.VideoMessage(1_000, bytes(300), "h264", False, False, 5, 0, 0)
    assert packager.feed([frame]) == pytest.approx(11 * FRAME_MS / 1000, abs=0.011)
    packager.end()
    assert packager.feed([frame]) is None
