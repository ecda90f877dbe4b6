"""A broadcast as viewers get it: its packager, where the node packages streams."""

from collections.abc import Callable, Sequence

from chalicelib.domain.audience import Audience
from chalicelib.domain.leases import Grant
from chalicelib.services.streams.lifecycle import StreamHold
from ingest_container import rtmp
from ingest_container.media.audience import AudienceCounter
from ingest_container.media.packager import Origination, Packager
from ingest_container.media.packaging import Packaging


class Playable:
    """Without `packaging` nothing is packaged, and there is no audience."""

    def __init__(self, packaging: Packaging | None) -> None:
        self._packaging = packaging
        self._packager: Packager | None = None

    def attach(self, grant: Grant, next_seq: Callable[[], int]) -> None:
        """A connection carries the stream from now on, the first one or another."""
        if self._packaging is not None:
            self._packager = self._packaging.take_on(
                Origination(
                    grant.channel_id,
                    grant.stream_id,
                    grant.fence,
                    grant.started_at,
                    audience=grant.counted.audience,
                    recording=grant.recording,
                    next_seq=next_seq,
                    test=grant.test,
                )
            )

    def feed(self, events: Sequence[rtmp.Event]) -> float | None:
        """What the session read; answers as `Packager.feed`, if there is a packager."""
        return self._packager.feed(events) if self._packager is not None else None

    def interrupted(self) -> None:
        if self._packager is not None:
            self._packager.interrupted()

    def update(self, hold: StreamHold) -> None:
        """Shows viewers the state that the stream's row has."""
        if self._packager is not None:
            self._packager.state, self._packager.started_at = hold.state, hold.started_at

    def end(self, channel_id: str, stream_id: str) -> None:
        if self._packaging is not None:
            self._packaging.end(channel_id, stream_id)

    @property
    def audience(self) -> Audience | None:
        """Who has watched so far; None if viewers are not counted here."""
        counter = self._counter
        return counter.totals if counter is not None else None

    @property
    def viewers(self) -> int | None:
        """Who watches now; None if they are not counted here."""
        counter = self._counter
        return counter.viewers if counter is not None else None

    @property
    def _counter(self) -> AudienceCounter | None:
        packager = self._packager
        return packager.audience if packager is not None and not packager.is_test else None
