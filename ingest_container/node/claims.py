"""Claims of channels for this node; one that got no answer is undone as soon as the database answers."""

import asyncio

from aws_lambda_powertools import Logger
from ulid import ULID

from chalicelib.domain.keys import StreamKey
from chalicelib.domain.leases import Grant, Holder
from chalicelib.domain.refusals import StoreUnavailable
from chalicelib.services.streams import admission, lifecycle
from chalicelib.services.streams.holders import HolderInDoubt
from ingest_container.base.clock import now_ms
from ingest_container.base.retry import Backoff, until_available
from ingest_container.base.threads import Threads
from ingest_container.live.carried import Publisher
from ingest_container.node.membership import Membership

UNDO_AFTER = (1.0, 5.0, 20.0)  # seconds before each look for a claim that was not answered
UNDO_BACKOFF = Backoff(1.0, 1.0)


class Claims:
    """Takes channels for this node. `under_way` counts the claims that the database has not answered."""

    def __init__(self, membership: Membership, threads: Threads, log: Logger, first_media_seconds: float) -> None:
        self.under_way = 0
        self.answered = asyncio.Event()  # set with each answer
        self._membership = membership
        self._threads = threads
        self._log = log
        self._first_media = round(first_media_seconds * 1000)
        self._undoing: set[asyncio.Task[None]] = set()

    async def claim(self, key: StreamKey, publisher: Publisher) -> Grant:
        """Raises PublishRefused."""
        node = self._membership.info
        holder = Holder(node.node_id, node.incarnation, str(ULID()))
        self.under_way += 1
        self._log.debug("Claiming the channel", event="claim_started", key_id=key.key_id, channel_id=key.channel_id)
        try:
            return await self._claim(key, holder, publisher)
        except StoreUnavailable:
            undoing = asyncio.create_task(self._undo(key.channel_id, holder))
            self._undoing.add(undoing)
            undoing.add_done_callback(self._undoing.discard)
            raise
        finally:
            self.under_way -= 1
            self.answered.set()

    async def _claim(self, key: StreamKey, holder: Holder, publisher: Publisher) -> Grant:
        async def attempt() -> Grant:
            return await self._threads.run(
                admission.claim,
                key,
                holder,
                publisher.client_ip,
                now_ms(),
                flash_version=publisher.flash_version,
                test=publisher.is_test,
                may_declare_dead=self._membership.may_declare_dead,
                first_media=self._first_media,
            )

        try:
            return await attempt()
        except HolderInDoubt:  # a few seconds tell whether its node lives; a refusal would be final
            self._log.info(
                "Publisher waiting: the node that holds its channel may be dead",
                event="publisher_waits_for_holder",
                key_id=key.key_id,
            )
            await self._membership.until_it_may_declare_dead()
            return await attempt()

    async def _undo(self, channel_id: str, holder: Holder) -> None:
        """The claim's answer did not come. If it went through, the channel would be held by nobody's connection.

        It may go through after it was given up here, so one look that finds nothing is not the last.
        """

        async def give_back() -> bool:
            return await self._threads.run(lifecycle.give_back, channel_id, holder, now_ms())

        for pause in UNDO_AFTER:
            await asyncio.sleep(pause)
            if await until_available(give_back, UNDO_BACKOFF):
                self._log.warning(
                    "Released a channel whose claim got no response", event="claim_undone", channel_id=channel_id
                )
                return
