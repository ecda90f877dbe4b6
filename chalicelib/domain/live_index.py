"""The partitions of the index of streams that have not ended: several for each region.

A partition takes 1,000 writes a second, and a throttled index throttles the claims of its streams. Streams are spread
over the shards by their ids; a list reads all shards and merges them by id, which is the order of their starts.
"""

import zlib
from collections.abc import Iterable

SHARDS = 8  # of a region; readers must know all of them, so a larger number is deployed to the functions first


def shard_of(region: str, stream_id: str) -> str:
    return _name(region, zlib.crc32(stream_id.encode()) % SHARDS)


def shards_of(regions: Iterable[str]) -> list[str]:
    """All shards of these regions."""
    return [_name(region, number) for region in sorted(regions) for number in range(SHARDS)]


def region_of(shard: str) -> str:
    return shard.partition("#")[0]


def _name(region: str, number: int) -> str:
    """The first one has the region's own name, which all streams of versions before 0.3 carry."""
    return f"{region}#{number}" if number else region
