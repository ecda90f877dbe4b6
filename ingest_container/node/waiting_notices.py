"""What the owner's page is told while its publisher waits for a place."""

from collections.abc import Callable

from chalicelib.domain.events import PublisherWaiting
from chalicelib.domain.keys import StreamKey
from ingest_container.base.clock import now_ms

REPEAT_AFTER = 10_000  # ms; a page that is opened meanwhile has it then


class WaitingNotices:
    """Of one publisher: its place when it is known and when it changes, again now and then, and the end."""

    def __init__(
        self,
        publish: Callable[[PublisherWaiting], None],
        node_id: str,
        key: StreamKey,
        client_ip: str | None,
        longest_wait: float,
        clock: Callable[[], int] = now_ms,
    ) -> None:
        self._publish = publish
        self._node_id = node_id
        self._key = key
        self._client_ip = client_ip
        self._clock = clock
        self._until = clock() + round(longest_wait * 1000)
        self._told: tuple[int, int] | None = None  # the place, and when

    def waits(self, ahead: int) -> None:
        """So many are before it."""
        place, now = ahead + 1, self._clock()
        if self._told is None or self._told[0] != place or now - self._told[1] >= REPEAT_AFTER:
            self._told = place, now
            self._tell(place, now)

    def ended(self) -> None:
        """It has a place, or gets none."""
        if self._told is not None:
            self._tell(None, self._clock())

    def _tell(self, place: int | None, now: int) -> None:
        self._publish(
            PublisherWaiting(
                channel_id=self._key.channel_id,
                key_id=self._key.key_id,
                node_id=self._node_id,
                at=now,
                place=place,
                until=self._until,
                client_ip=self._client_ip,
            )
        )
