"""The shards of the index of streams that have not ended."""

from collections import Counter

from ulid import ULID

from chalicelib.domain.live_index import SHARDS, region_of, shard_of, shards_of


def test_streams_spread_evenly_over_the_shards() -> None:
    count = Counter(shard_of("eu-west-1", str(ULID())) for _ in range(8_000))
    assert count.keys() == set(shards_of(["eu-west-1"]))
    assert max(count.values()) < 1.25 * 8_000 / SHARDS


def test_a_shard_tells_its_region() -> None:
    assert {region_of(shard) for shard in shards_of(["eu-west-1"])} == {"eu-west-1"}


def test_rows_of_earlier_versions_which_name_the_region_alone_are_in_a_shard() -> None:
    assert "eu-west-1" in shards_of(["eu-west-1"])
