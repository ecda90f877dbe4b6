"""One stream of a channel as its owner looks back at it: what it was, what was around it, and all of it as a file."""

import csv
import io
from collections.abc import Iterator, Sequence

from chalicelib.contract import OwnStreamDetails, Refusal, StreamExport, TimelineEntry
from chalicelib.domain.channels import Channel
from chalicelib.domain.samples import SAMPLE_S, SERIES, Sample
from chalicelib.domain.streams import END_REASON_ACTION, END_REASON_TEXT, EndReason, Stream
from chalicelib.domain.times import iso
from chalicelib.services.reading import discovery, refusals, samples
from chalicelib.services.reading.discovery import StreamView
from chalicelib.services.serializers import streams as serializer
from chalicelib.store import keys, streams, timeline

NEARBY = 10 * 60_000  # ms before the start and after the end of a stream
MOST_REFUSALS = 50
# Of an export: what Lambda may answer is 6 MB, and a sample takes 0.5 KB of it.
MOST_SAMPLES = 5_000
MOST_ROWS = 15_000  # ten days
MOST_ENTRIES = 2_000
LENGTHS_S = (SAMPLE_S, 60, 300, 1800)

UNITS = {
    "bitrate_kbps": ("bitrate", "kbps"),
    "video_fps": ("video", "fps"),
    "keyframe_interval_s": ("keyframe_interval", "s"),
    "viewers": ("viewers", ""),
    "video_bitrate_kbps": ("video_bitrate", "kbps"),
    "audio_bitrate_kbps": ("audio_bitrate", "kbps"),
}


def details(channel: Channel, stream_id: str, now: int) -> OwnStreamDetails:
    """Raises StreamNotFound, for anybody else's too."""
    return _details(_seen(channel, stream_id, now), now)


def _seen(channel: Channel, stream_id: str, now: int) -> StreamView:
    return discovery.as_read(channel, [discovery.stream_of(channel, stream_id)], now)[0]


def _details(seen: StreamView, now: int) -> OwnStreamDetails:
    stream = seen.stream
    reason = EndReason(stream.end_reason) if stream.end_reason is not None else None
    return OwnStreamDetails(
        **serializer.own_stream(seen, now).model_dump(),
        source=stream.source,
        client_ip=stream.client_ip,
        key_label=_key_label(stream),
        end_reason_text=END_REASON_TEXT[reason] if reason is not None else None,
        end_reason_action=END_REASON_ACTION[reason] if reason is not None else None,
        previous_stream_id=streams.next_to(stream, later=False),
        next_stream_id=streams.next_to(stream, later=True),
        refusals=_refusals(stream, now),
    )


def _key_label(stream: Stream) -> str | None:
    key = keys.find_by_id(stream.key_id)
    return key.label or None if key is not None and key.channel_id == stream.channel_id else None


def _refusals(stream: Stream, now: int) -> list[Refusal]:
    since, until = stream.connected_at - NEARBY, (stream.ended_at or now) + NEARBY
    asked = refusals.Asked(since=since, until=until, channel_id=stream.channel_id)
    return refusals.page(asked, MOST_REFUSALS, None).refusals


def export(channel: Channel, stream_id: str, now: int) -> StreamExport:
    """Raises StreamNotFound."""
    seen = _seen(channel, stream_id, now)
    seconds, found, is_all = _samples(seen.stream, now)
    entries = timeline.of_stream(stream_id, MOST_ENTRIES + 1)
    return StreamExport(
        exported_at=iso(now),
        complete=is_all and len(entries) <= MOST_ENTRIES,
        stream=_details(seen, now),
        bucket_s=seconds,
        samples=[samples.sample(one) for one in found],
        timeline=[
            TimelineEntry(seq=one.seq, at=iso(one.at), kind=one.kind, facts=one.facts) for one in entries[:MOST_ENTRIES]
        ],
    )


def export_csv(channel: Channel, stream_id: str, now: int) -> str:
    """Its samples, a line each. Every field is a time, a number or empty: no spreadsheet takes one for a formula.

    Raises StreamNotFound.
    """
    _, found, _ = _samples(discovery.stream_of(channel, stream_id), now)
    text = io.StringIO()
    csv.writer(text).writerows(_lines(found))
    return text.getvalue()


def file_name(stream_id: str, kind: str) -> str:
    """Made of the id alone, which has nothing that a header or a file system could take amiss."""
    return f"stream-{stream_id}.{kind}"


def _samples(stream: Stream, now: int) -> tuple[int, list[Sample], bool]:
    """As fine as the limit allows, and whether these are all."""
    lasts = ((stream.ended_at or now) - (stream.started_at or now)) / 1000
    seconds = next((length for length in LENGTHS_S if lasts / length < MOST_SAMPLES - 1), LENGTHS_S[-1])
    found, is_all = samples.read(stream, 0, seconds, MOST_SAMPLES, MOST_ROWS)
    return seconds, found, is_all


def _lines(found: Sequence[Sample]) -> Iterator[Sequence[str | float]]:
    yield ["time_utc", *(_header(name, part) for name in SERIES for part in ("min", "average", "max"))]
    for one in found:
        spreads = (one.spreads.get(name) for name in SERIES)
        yield [iso(one.at), *(value for spread in spreads for value in spread or ("", "", ""))]


def _header(series: str, part: str) -> str:
    name, unit = UNITS[series]
    return "_".join(word for word in (name, part, unit) if word)
