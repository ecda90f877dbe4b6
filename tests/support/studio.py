"""A channel with a stream key, made in the tables."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from ulid import ULID

from chalicelib.domain import keys as rules
from chalicelib.domain.channels import Channel
from chalicelib.domain.keys import KeyStatus, StreamKey
from chalicelib.domain.streams import ChannelStatus, Stream
from chalicelib.domain.timeline import Entry
from chalicelib.services.reading.discovery import view
from chalicelib.store import channels, keys, streams, timeline

REGION = "us-east-1"


def now_ms() -> int:
    return time.time_ns() // 1_000_000


@dataclass
class Studio:
    """The channel, its key, and what the tables say of it. `now` is the clock in ms."""

    now: Callable[[], int] = now_ms
    channel_id: str = field(default_factory=lambda: f"ch_{ULID()}")
    stream_key: str = field(default_factory=lambda: rules.new_stream_key(secrets.choice), repr=False)

    def __post_init__(self) -> None:
        self.key = self._record(self.stream_key)
        assert channels.create(
            Channel(
                channel_id=self.channel_id, owner=f"owner of {self.channel_id}", region=REGION, created_at=self.now()
            ),
            self.key,
        )

    def _record(self, stream_key: str, not_before: int | None = None, expires_at: int | None = None) -> StreamKey:
        return StreamKey(
            key_hash=rules.hash_key(stream_key),
            key_id=f"key_{ULID()}",
            channel_id=self.channel_id,
            hint=rules.hint_of(stream_key),
            status=KeyStatus.ACTIVE,
            created_at=self.now(),
            not_before=not_before,
            expires_at=expires_at,
        )

    def another_key(self, *, not_before: int | None = None, expires_at: int | None = None) -> tuple[str, StreamKey]:
        """A further key: in full, and its row."""
        stream_key = rules.new_stream_key(secrets.choice)
        key = self._record(stream_key, not_before, expires_at)
        keys.add(key)
        return stream_key, key

    @property
    def channel(self) -> Channel:
        return channels.get(self.channel_id)

    @property
    def status(self) -> ChannelStatus:
        return view(self.channel, self.now()).reading.status

    def is_(self, status: ChannelStatus) -> bool:
        return self.status is status

    @property
    def has_been_live(self) -> bool:
        """Whether its latest stream was LIVE: it may be over before a slow test looks."""
        stream_id = self.channel.stream_id
        return stream_id is not None and "Stream Start" in self.kinds(stream_id)

    def stream(self, stream_id: str | None = None) -> Stream:
        return streams.get(stream_id or self.channel.stream_id or "")

    def timeline(self, stream_id: str | None = None) -> list[Entry]:
        return timeline.of_stream(stream_id or self.channel.stream_id or "")

    def kinds(self, stream_id: str | None = None) -> list[str]:
        return [entry.kind for entry in self.timeline(stream_id)]
