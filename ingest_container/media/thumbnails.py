"""Thumbnails of a node's streams: whose turn it is, one at a time.

    stream starts -> as soon as it has a key frame
                  -> every WATCHED_EVERY_S while viewers ask for it, every UNWATCHED_EVERY_S otherwise
    no picture    -> the pause doubles, up to LONGEST_PAUSE_S: a stream that cannot be decoded takes nobody's turn

Nothing waits in a queue: a turn takes the newest key frame that there is by then. When there are more turns than the
worker can take, the longest overdue is first, and all are late alike.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from aws_lambda_powertools import Logger

from ingest_container.media.packager import Packager
from ingest_container.media.packaging import Packaging
from ingest_container.media.thumbnailer import Thumbnailer

WATCHED_EVERY_S, UNWATCHED_EVERY_S = 15.0, 60.0
WATCHED_FOR_S = 60.0  # after a viewer's last request
LONGEST_PAUSE_S = 600.0
LOOK_EVERY_S = 0.5


@dataclass(slots=True)
class _Turns:
    """Of one stream. `last_at` in ms; `part` is the name of the key frame's part."""

    last_at: int | None = None
    part: str | None = None
    failures: int = 0


class Thumbnails:
    """Sets `latest_thumbnail` of each packager."""

    def __init__(self, packaging: Packaging, worker: Thumbnailer, clock: Callable[[], int], log: Logger) -> None:
        """`clock`: wall-clock time, ms; the packagers' own."""
        self._packaging = packaging
        self._worker = worker
        self._clock = clock
        self._log = log
        self._turns: WeakKeyDictionary[Packager, _Turns] = WeakKeyDictionary()

    async def run(self) -> None:
        """Until it is cancelled."""
        try:
            while True:
                packager = self.next()
                if packager is None:
                    await asyncio.sleep(LOOK_EVERY_S)
                    continue
                try:
                    await self.take(packager)
                except Exception:  # a bug of ours: the turn is over, and the node is not worth it
                    self._log.exception("A thumbnail failed", event="thumbnail_failed", stream_id=packager.stream_id)
        finally:
            await self._worker.close()

    def next(self) -> Packager | None:
        """Whose turn it is: the longest overdue that has a new key frame."""
        now = self._clock()
        due = {packager: self._due_at(packager) for packager in self._packaging.running}
        waiting = [packager for packager, at in due.items() if at <= now and self._has_new_picture(packager)]
        return min(waiting, key=lambda packager: due[packager], default=None)

    async def take(self, packager: Packager) -> None:
        """One thumbnail of this stream's newest key frame."""
        turns = self._turns.setdefault(packager, _Turns())
        picture = packager.key_picture
        turns.last_at = self._clock()
        if picture is None:
            return
        turns.part = picture.name
        made = await self._worker.thumbnail(picture.data)
        if made is None:
            turns.failures += 1
            self._log.info(
                "No thumbnail could be made",
                event="thumbnail_failed",
                stream_id=packager.stream_id,
                failures=turns.failures,
            )
        else:
            turns.failures = 0
            packager.latest_thumbnail = made

    def _due_at(self, packager: Packager) -> float:
        turns = self._turns.get(packager)
        if turns is None or turns.last_at is None:
            return 0.0
        asked_at = packager.asked_at
        is_watched = asked_at is not None and self._clock() - asked_at < WATCHED_FOR_S * 1000
        pause = WATCHED_EVERY_S if is_watched else UNWATCHED_EVERY_S
        if turns.failures:
            pause = min(WATCHED_EVERY_S * 2 ** (turns.failures - 1), LONGEST_PAUSE_S)
        return turns.last_at + pause * 1000

    def _has_new_picture(self, packager: Packager) -> bool:
        turns = self._turns.get(packager)
        return packager.key_part is not None and (turns is None or turns.part != packager.key_part)
