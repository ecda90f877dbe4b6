"""Rows as earlier versions wrote them are read."""

import json
from typing import Any

from boto3.dynamodb.types import TypeSerializer

from chalicelib.domain.measures import StreamFacts
from chalicelib.domain.metadata import Metadata, Visibility
from chalicelib.domain.streams import Stream
from chalicelib.store import models, rows

ROW = {
    "stream_id": "01JDQ0000000000000000000AB",
    "channel_id": "ch_1",
    "key_id": "key_1",
    "source": "ingest",
    "node_id": "node-1",
    "incarnation": "a",
    "fence": 1,
    "state": "LIVE",
    "connected_at": 1_795_165_850_123,
}


def read(**attributes: Any) -> Stream:
    """A stream from a row as DynamoDB answers it."""
    raw = {name: TypeSerializer().serialize(value) for name, value in (ROW | attributes).items()}
    return rows.stream(models.Stream.from_raw_data(raw))


def test_facts_of_one_attribute_each_are_read() -> None:
    columns = {"width": 1920, "height": 1080, "video_codec": "avc1", "audio_sample_rate": 48_000, "encoder": "OBS"}
    assert read(**columns).facts == StreamFacts(**columns)


def test_facts_in_one_attribute_are_read_and_win() -> None:
    assert read(facts='{"width": 640, "fps": 29.97}', width=1920).facts == StreamFacts(width=640, fps=29.97)


def test_a_fact_that_a_newer_version_added_is_passed_over() -> None:
    assert read(facts='{"width": 640, "color_range": "full"}').facts == StreamFacts(width=640)


def test_a_stream_before_its_first_media_has_no_facts() -> None:
    assert read().facts == StreamFacts()


def test_metadata_is_read_where_it_was_called_a_card() -> None:
    read_back = read(card='{"title": "Piano", "visibility": "private", "poster": "a newer field"}', edition=3).metadata
    assert read_back == Metadata(title="Piano", visibility=Visibility.PRIVATE, version=3)


def test_what_is_written_of_metadata_is_read_back() -> None:
    metadata = Metadata(title="Piano", tags=["live"], visibility=Visibility.UNLISTED, display_name="Ann", version=2)
    assert read(card=json.dumps(rows.metadata_row(metadata)), edition=2).metadata == metadata


def test_a_channel_of_an_earlier_version_records_its_streams() -> None:
    row = {"channel_id": "ch_1", "owner": "someone", "region": "us-east-1", "created_at": 1_795_165_850_123}
    raw = {name: TypeSerializer().serialize(value) for name, value in row.items()}
    assert rows.channel(models.Channel.from_raw_data(raw)).recording is True


def test_a_stream_of_an_earlier_version_has_no_recording() -> None:
    assert read().recording is None
