"""An encoder that comes back before its dead connection was noticed: may its new connection replace the old one?

The encoder is the same if its key, its address and its own name are, and the old connection is stale if nothing more
comes from it. Nobody else ever takes a stream over so.
"""

import asyncio
from collections.abc import Callable

from chalicelib.domain.keys import StreamKey
from ingest_container.live.carried import Carried, Publisher
from ingest_container.live.liveness import Liveness

PATIENCE = 1.5  # seconds that the new connection waits at most to learn whether the old one is quiet


async def stale_connection(
    carried: Carried, newcomer: Publisher, key: StreamKey, liveness: Liveness, clock: Callable[[], float]
) -> Publisher | None:
    """The connection that carries the stream, if it is the dead one of the encoder that comes back as `newcomer`."""
    publisher = carried.publisher
    if publisher is None or key.key_id != carried.key.key_id or not _is_same_encoder(publisher, newcomer):
        return None
    until = clock() + PATIENCE
    while (due := liveness.replaceable_at) is not None and (wait := due - clock()) >= 0:
        if clock() + wait > until:
            return None
        await asyncio.sleep(wait + 0.01)
        if carried.publisher is not publisher:
            return None
    return publisher if due is not None and not publisher.has_pending_data() else None


def _is_same_encoder(publisher: Publisher, newcomer: Publisher) -> bool:
    return (
        publisher.client_ip is not None
        and publisher.client_ip == newcomer.client_ip
        and publisher.flash_version != ""
        and publisher.flash_version == newcomer.flash_version
    )
