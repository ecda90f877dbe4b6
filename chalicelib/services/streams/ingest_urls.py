"""The ingest URL that an encoder should be given now.

Behind a load balancer a region has one URL, which leads to any node with room. Where nodes have public URLs of their
own, the best one is that of a node with room.
"""

import random

from chalicelib.config import settings
from chalicelib.domain.nodes import roomiest
from chalicelib.domain.refusals import StoreUnavailable
from chalicelib.services.streams import fleet


def best(region: str, now: int) -> str:
    """Of one node with room, each as likely as it has places free; the region's own URL if there is none."""
    if settings().ingest_url_by_node:
        try:
            found = [
                state
                for state, gone in fleet.members(now)
                if not gone and not state.draining and state.info.public_url and state.info.region == region
            ]
        except StoreUnavailable:
            found = []
        if (chosen := roomiest(found, random.random())) is not None:  # noqa: S311
            return chosen.info.public_url
    return settings().ingest_url(region)
