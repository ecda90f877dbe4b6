"""What an owner reads of a stream that runs or is over: its samples, its summary, and all of it as a file."""

import csv
import io
from collections.abc import Iterable
from typing import Any

import pytest

from chalicelib.contract import StreamSamples
from chalicelib.domain.audience import Audience
from chalicelib.domain.channels import Channel
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.findings import FindingCode, Overall, Severity
from chalicelib.domain.keys import KeyTerms
from chalicelib.domain.measures import Counted, Pulse
from chalicelib.domain.not_found import StreamNotFound
from chalicelib.domain.samples import SAMPLE_MS, SAMPLES_A_ROW, Sample, SampleRow, Spread
from chalicelib.domain.streams import EndReason
from chalicelib.domain.timeline import ConnectionRecord, refused_at
from chalicelib.domain.times import iso
from chalicelib.domain.totals import Raised, StreamTotals
from chalicelib.services.reading import discovery, history, samples
from chalicelib.services.serializers import streams as serializer
from chalicelib.services.streams import lifecycle, orders, records
from chalicelib.services.streams.lifecycle import StreamHold
from chalicelib.store import channels, pulses
from chalicelib.store import samples as sample_rows
from tests.integration.admin.conftest import House

TOTALS = StreamTotals(
    measured_s=100,
    kilobits=600_000,
    peak_kbps=6_500.5,
    interruptions=2,
    raised={
        FindingCode.AUDIO_CODEC: Raised(count=1, severity=Severity.INFO),
        FindingCode.GOP_SIZE_LONG: Raised(count=3, severity=Severity.ERROR),
    },
)
MINUTE = 60_000


def sample(at: int, kbps: float, seconds: int = 10) -> Sample:
    return Sample(at, seconds, {"bitrate_kbps": Spread(kbps - 1, kbps, kbps + 1), "viewers": Spread(3, 3, 3)})


def store(stream_id: str, begins: int, minutes: int) -> None:
    """So many rows, of which each sample has its number as bitrate."""
    records.keep_samples(
        [
            SampleRow(
                stream_id,
                begins + (minute + 1) * MINUTE,
                tuple(
                    sample(begins + number * SAMPLE_MS, number)
                    for number in range(minute * SAMPLES_A_ROW, (minute + 1) * SAMPLES_A_ROW)
                ),
            )
            for minute in range(minutes)
        ]
    )


def pulse(house: House, channel: Channel, hold: StreamHold, recent: Iterable[Sample] = ()) -> None:
    """What the node writes."""
    written = Pulse(
        channel_id=channel.channel_id,
        stream_id=hold.grant.stream_id,
        seq=1,
        at=house.now,
        started_at=house.now,
        bitrate_kbps=2_500.0,
        audience=Audience(viewers=3, peak_viewers=9, watched_s=500, counted_s=100),
        recent=tuple(recent),
        totals=TOTALS,
    )
    pulses.put([written])


def numbers(page: StreamSamples) -> list[float]:
    return [one.bitrate_kbps.average for one in page.samples if one.bitrate_kbps is not None]


def read(house: House, channel: Channel, hold: StreamHold, resolution: int = 10, **more: Any) -> StreamSamples:
    stream = discovery.stream_of(channel, hold.grant.stream_id)
    return samples.page(stream, resolution, more.get("since"), more.get("cursor"))


@pytest.fixture
def begins(house: House) -> int:
    """The start of a half hour, on which samples of every length begin."""
    return house.now // 1_800_000 * 1_800_000


@pytest.mark.requirement("FX-16")
def test_a_running_streams_samples_go_to_the_last_seconds(house: House, begins: int) -> None:
    channel, hold = house.live_channel()
    store(hold.grant.stream_id, begins, 2)
    pulse(house, channel, hold, [sample(begins + 11 * SAMPLE_MS, 99), sample(begins + 12 * SAMPLE_MS, 12, seconds=4)])
    page = read(house, channel, hold)
    assert (page.stream_id, page.bucket_s, page.next_cursor) == (hold.grant.stream_id, 10, None)
    assert numbers(page) == list(range(13))  # of one that is in a row and in the pulse the row's counts
    assert page.started_at is not None
    assert page.samples[0].model_dump() == {
        "at": iso(begins),
        "bitrate_kbps": {"min": -1, "average": 0, "max": 1},
        "viewers": {"min": 3, "average": 3, "max": 3},
        **dict.fromkeys(("video_fps", "keyframe_interval_s", "video_bitrate_kbps", "audio_bitrate_kbps")),
    }


def test_a_stream_that_is_over_has_what_was_stored(house: House, begins: int) -> None:
    channel, hold = house.live_channel()
    store(hold.grant.stream_id, begins, 1)
    pulse(house, channel, hold, [sample(begins + MINUTE, 99)])
    hold.end(EndReason.CLEAN_STOP, house.now, 0)
    assert numbers(read(house, channel, hold)) == list(range(6))


@pytest.mark.requirement("FX-16")
@pytest.mark.parametrize(
    ("resolution", "expected"),
    [(60, [2, 8, 14, 20, 26]), (300, [14]), (1800, [14])],
)
def test_longer_samples_are_made_of_shorter_ones(
    house: House, begins: int, resolution: int, expected: list[float]
) -> None:
    channel, hold = house.live_channel()
    store(hold.grant.stream_id, begins, 5)
    page = read(house, channel, hold, resolution)
    assert (numbers(page), page.bucket_s) == (expected, resolution)
    first = page.samples[0].bitrate_kbps
    assert first is not None
    assert (first.min, first.max) == (-1, 6 if resolution == 60 else 30)


@pytest.mark.requirement("FX-16")
@pytest.mark.parametrize("resolution", [10, 60])
def test_pages_follow_one_another_without_a_gap(
    house: House, begins: int, resolution: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(samples, "MOST", 4)
    monkeypatch.setattr(samples, "MOST_ROWS", 3)
    channel, hold = house.live_channel()
    store(hold.grant.stream_id, begins, 10)
    pulse(house, channel, hold, [sample(begins + 10 * MINUTE, 60)])
    found, cursor = [], None
    for _ in range(40):
        page = read(house, channel, hold, resolution, cursor=cursor)
        assert 0 < len(page.samples) <= 4
        found += [one.at for one in page.samples]
        cursor = page.next_cursor
        if cursor is None:
            break
    expected = range(begins, begins + 10 * MINUTE + 1, resolution * 1000)
    assert found == [iso(at) for at in expected]


def test_since_asks_for_what_came_after(house: House, begins: int) -> None:
    channel, hold = house.live_channel()
    store(hold.grant.stream_id, begins, 3)
    assert numbers(read(house, channel, hold, since=begins + 14 * SAMPLE_MS + 1)) == [14, 15, 16, 17]


@pytest.mark.parametrize("cursor", ["bm90aGluZw", "WyJ4Il0", "WyIxIiwiMiJd"])
def test_a_cursor_of_another_list_is_refused(house: House, cursor: str) -> None:
    channel, hold = house.live_channel()
    with pytest.raises(InvalidInput):
        read(house, channel, hold, cursor=cursor)


def test_anybody_elses_stream_is_not_found(house: House) -> None:
    _, hold = house.live_channel()
    for stream_id in (hold.grant.stream_id, "01JDNT6Z0000000000000000T0", "nothing"):
        for ask in (history.details, history.export, history.export_csv):
            with pytest.raises(StreamNotFound):
                ask(house.channel(), stream_id, house.now)


@pytest.mark.requirement("FX-16")
@pytest.mark.parametrize("how", ["by its node", "by an order to nobody", "by a claim's undoing", "by the node's death"])
def test_what_a_stream_was_is_kept_however_it_ends(house: House, how: str) -> None:
    channel, hold = house.live_channel()
    pulse(house, channel, hold)
    stream_id = hold.grant.stream_id
    match how:
        case "by its node":
            hold.end(EndReason.CLEAN_STOP, house.now, 0, counted=Counted(None, TOTALS))
        case "by an order to nobody":
            hold.lost(house.now, house.now, 0)
            assert orders.order_end(stream_id, EndReason.STOPPED, house.now)
        case "by a claim's undoing":
            assert lifecycle.give_back(channel.channel_id, hold.grant.holder, house.now)
        case _:
            house.node_dies()
            seen = discovery.stream_details(stream_id, house.now)
            present = channels.get(channel.channel_id)
            assert lifecycle.reap(present, seen.stream, house.now, EndReason.NODE_LOST) is not None
    (seen,) = discovery.streams_of(channel, 10, None, house.now)
    summary = serializer.own_stream(seen, house.now).summary
    assert summary is not None
    assert (summary.average_bitrate_kbps, summary.peak_bitrate_kbps, summary.measured_s) == (6_000, 6_500.5, 100)
    assert (summary.interruptions, summary.worst) == (2, Overall.POOR)
    assert [(one.code, one.severity, one.count) for one in summary.findings] == [
        ("gopSizeLong", "error", 3),
        ("audioCodec", "info", 1),
    ]
    assert all(one.title and one.action for one in summary.findings)


def test_who_continues_a_stream_is_told_its_totals(house: House) -> None:
    channel = house.channel()
    key = house.key(channel).stream_key
    hold = house.live(key)
    pulse(house, channel, hold)
    hold.lost(house.now, house.now, 0)
    assert house.claim(key).counted.totals == TOTALS


@pytest.mark.requirement("FX-16")
@pytest.mark.requirement("FX-9")
def test_details_name_the_streams_beside_it_and_who_was_refused_around_it(house: House) -> None:
    channel = house.channel()
    key = house.key(channel, KeyTerms(label="Ann")).stream_key
    ids = []
    for _ in range(3):
        hold = house.live(key)
        ids.append(hold.grant.stream_id)
        house.forward(1_000)
        if len(ids) == 2:
            record = ConnectionRecord(house.node_id, "203.0.113.9", "key_expired", channel_id=channel.channel_id)
            records.keep([record.entry(refused_at(house.node_id), 1, house.now)])
        hold.end(EndReason.GRACE_OVER, house.now, 0)
        house.forward(30 * MINUTE)
    first, second, third = (history.details(channel, one, house.now) for one in ids)
    assert [(one.previous_stream_id, one.next_stream_id) for one in (first, second, third)] == [
        (None, ids[1]),
        (ids[0], ids[2]),
        (ids[1], None),
    ]
    assert [[one.reason for one in stream.refusals] for stream in (first, second, third)] == [[], ["key_expired"], []]
    assert second.end_reason_text == "The connection was lost and the encoder did not reconnect in time."
    assert second.end_reason_action
    assert (second.source, second.client_ip, second.key_label) == ("ingest", "203.0.113.7", "Ann")


@pytest.mark.requirement("FX-16")
@pytest.mark.requirement("FX-11")
def test_an_export_has_everything_and_no_key(house: House, begins: int) -> None:
    channel = house.channel(title='=HYPERLINK("http://x")')
    key = house.key(channel)
    hold = house.live(key.stream_key)
    stream_id = hold.grant.stream_id
    store(stream_id, begins, 2)
    lifecycle.announce([hold.created(house.now, "203.0.113.7")])
    hold.end(EndReason.CLEAN_STOP, house.now, 0, counted=Counted(None, TOTALS))
    found = history.export(channel, stream_id, house.now)
    assert (found.complete, found.bucket_s, len(found.samples)) == (True, 10, 12)
    assert found.stream == history.details(channel, stream_id, house.now)
    assert [one.kind for one in found.timeline] == ["Session Created", "Stream End"]
    text = found.model_dump_json()
    assert key.stream_key not in text
    assert key.key.key_hash not in text


@pytest.mark.requirement("FX-16")
def test_a_csv_has_a_line_a_sample_and_only_times_and_numbers(house: House, begins: int) -> None:
    channel, hold = house.live_channel(title='=HYPERLINK("http://x")')
    store(hold.grant.stream_id, begins, 1)
    hold.end(EndReason.CLEAN_STOP, house.now, 0)
    header, *lines = csv.reader(io.StringIO(history.export_csv(channel, hold.grant.stream_id, house.now)))
    assert header[:7] == [
        "time_utc", "bitrate_min_kbps", "bitrate_average_kbps", "bitrate_max_kbps",
        "video_min_fps", "video_average_fps", "video_max_fps",
    ]  # fmt: skip
    assert {"keyframe_interval_min_s", "viewers_max", "audio_bitrate_average_kbps"} < set(header)
    assert [float(field) for field in lines[3][1:4]] == [2, 3, 4]
    assert (lines[3][0], lines[3][4:7]) == (iso(begins + 3 * SAMPLE_MS), ["", "", ""])
    assert len(lines) == 6
    for line in lines:
        assert len(line) == len(header)
        assert not any(field.startswith(("=", "+", "@", "\t", "\r")) for field in line)


def test_an_export_is_bounded(house: House, begins: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "MOST_SAMPLES", 5)
    monkeypatch.setattr(history, "MOST_ENTRIES", 0)
    channel, hold = house.live_channel()
    store(hold.grant.stream_id, begins, 4)
    house.forward(4 * MINUTE)
    hold.end(EndReason.CLEAN_STOP, house.now, 0)
    found = history.export(channel, hold.grant.stream_id, house.now)
    assert (found.complete, found.timeline, len(found.samples)) == (False, [], 1)
    assert found.bucket_s == 300  # four of a minute would fit only just


def test_the_rows_of_another_stream_are_not_read(house: House, begins: int) -> None:
    _, hold = house.live_channel()
    store(hold.grant.stream_id, begins, 1)
    assert [row.at for row in sample_rows.of_stream(hold.grant.stream_id, 0)] == [begins + MINUTE]
    assert list(sample_rows.of_stream(house.live_channel()[1].grant.stream_id, 0)) == []
