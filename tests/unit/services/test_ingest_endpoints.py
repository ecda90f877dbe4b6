"""The servers that a broadcaster may publish to."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.config import settings
from chalicelib.domain.channels import Channel
from chalicelib.services.serializers import channels

EU, US = "rtmps://eu.example.com:443/live", "rtmps://us.example.com:443/live"
PLAIN_EU = "rtmp://eu.example.com:1935/live"


@pytest.fixture(autouse=True)
def fresh_settings() -> Iterator[None]:
    settings.cache_clear()
    yield
    settings.cache_clear()


def endpoints(region: str) -> list[dict[str, Any]]:
    channel = Channel(channel_id="ch_1", owner="alice", region=region, created_at=0)
    details = channels.own_details(channel, None)
    assert details.ingest_endpoints[0].url == details.ingest_url
    return [one.model_dump() for one in details.ingest_endpoints]


@pytest.mark.requirement("SS-6.1")
def test_the_channels_region_is_first_and_the_encrypted_url_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STREAM_SYNC_INGEST_URLS", json.dumps({"us-east-1": US, "eu-west-1": EU}))
    monkeypatch.setenv("STREAM_SYNC_PLAIN_INGEST_URLS", json.dumps({"eu-west-1": PLAIN_EU}))
    european = {"region": "eu-west-1", "url": EU, "plain_url": PLAIN_EU}
    american = {"region": "us-east-1", "url": US, "plain_url": None}
    assert endpoints("us-east-1") == [american, european]
    assert endpoints("eu-west-1") == [european, american]


def test_a_channel_of_a_region_that_is_gone_gets_the_home_regions_server_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STREAM_SYNC_REGION", "us-east-1")
    monkeypatch.setenv("STREAM_SYNC_INGEST_URLS", json.dumps({"eu-west-1": EU, "us-east-1": US}))
    assert [one["url"] for one in endpoints("mars-1")] == [US, EU]
