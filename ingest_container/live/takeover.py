"""An encoder that comes back before its dead connection was noticed: may its new connection replace the old one?

The encoder is the same if its address and its own name are (the caller compares the keys), and the old connection is
stale if nothing more comes from it. Nobody else ever takes a stream over so.
"""

import asyncio
from collections.abc import Callable

from ingest_container.live.carried import Publisher
from ingest_container.live.liveness import Liveness

PATIENCE = 1.5  # seconds that the new connection waits at most to learn whether the old one is quiet


async def is_stale(
    publisher: Publisher,
    newcomer: Publisher,
    liveness: Liveness,
    clock: Callable[[], float],
    is_current: Callable[[], bool],
) -> bool:
    """Whether `publisher` is the dead connection of the same encoder; `is_current`: whether it carries the stream."""
    if not _is_same_encoder(publisher, newcomer):
        return False
    until = clock() + PATIENCE
    while (due := liveness.replaceable_at) is not None and (wait := due - clock()) >= 0:
        if clock() + wait > until:
            return False
        await asyncio.sleep(wait + 0.01)
        if not is_current():
            return False
    return due is not None and not publisher.has_pending_data()


def _is_same_encoder(publisher: Publisher, newcomer: Publisher) -> bool:
    return (
        publisher.client_ip is not None
        and publisher.client_ip == newcomer.client_ip
        and publisher.flash_version != ""
        and publisher.flash_version == newcomer.flash_version
    )
